import { describe, expect, it } from 'vitest'
import { TenantbenchError } from '../../../../src/base/errors.ts'
import { parsePlans } from '../../../../src/cost/plans/plans-file.ts'

function faultsOf(text: string, tiers: readonly string[] = ['starter']): readonly string[] {
  try {
    parsePlans(text, 'plans.yaml', tiers)
    return []
  } catch (error) {
    if (!(error instanceof TenantbenchError) || error.code !== 'TB_PLANS_INVALID') throw error
    return error.faults.map(({ path, line, message }) => `${line}: ${path}: ${message}`)
  }
}

describe('a file of plans', () => {
  it('gives each tier its plan', () => {
    const plans = parsePlans(
      'plans:\n  starter: { kind: flat, monthlyUsd: "49" }\n  pro: { kind: per-query, usdPerQuery: "0.1" }\n',
      'plans.yaml',
      ['starter'],
    )
    expect([...plans]).toEqual([
      ['starter', { kind: 'flat', monthlyUsd: '49' }],
      ['pro', { kind: 'per-query', usdPerQuery: '0.1', monthlyUsd: '0' }],
    ])
  })

  it.each([
    [
      'every fault at once, with its line',
      'plans:\n  starter:\n    kind: flat\n    monthlyUsd: "-1"\n  pro:\n    kind: package\n   ' +
        ' size: 0\n    usdPerPackage: "1"\n',
      [
        '4: plans.starter.monthlyUsd: a price is not negative',
        '7: plans.pro.size: at least 1 query',
      ],
    ],
    [
      'a tier without a plan',
      'plans:\n  pro: { kind: flat, monthlyUsd: "1" }\n',
      ['2: plans: the tier "starter" has no plan'],
    ],
    [
      'no tiers',
      'plans: {}\n',
      ['1: plans: at least one tier with a plan', '1: plans: the tier "starter" has no plan'],
    ],
    [
      'another key',
      'plans:\n  starter: { kind: flat, monthlyUsd: "1" }\ncurrency: EUR\n',
      ['3: currency: unknown key'],
    ],
    [
      'a tier twice',
      'plans:\n  starter: { kind: flat, monthlyUsd: "1" }\n  starter: { kind: flat, monthlyUsd: "2" }\n',
      ['3: : Map keys must be unique at line 3, column 3:'],
    ],
  ])('tells %s', (_case, text, expected) => expect(faultsOf(text)).toEqual(expected))

  it('refuses what is no map', () => expect(faultsOf('')[0]).toMatch(/expected object/))
  it('refuses a list', () => expect(faultsOf('- 1\n')[0]).toMatch(/expected object/))
  it('takes a tier of any name', () =>
    expect(
      faultsOf('plans:\n  __proto__x: { kind: flat, monthlyUsd: "1" }\n', ['__proto__x']),
    ).toEqual([]))
})
