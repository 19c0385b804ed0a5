import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatUsd, parseUsd, picoUsd } from '../../../../src/base/money.ts'
import {
  reconcile,
  runDriftLimits,
  type ComponentAmount,
  type DriftVerdict,
} from '../../../../src/cost/reconcile/drift.ts'

const line = (component: string, usd: string): ComponentAmount => ({
  component,
  amount: parseUsd(usd),
})
const one = (allocated: string, billed: string): ReturnType<typeof reconcile> =>
  reconcile([line('chat', allocated)], [line('chat', billed)], runDriftLimits)

describe('drift', () => {
  it.each([
    ['100', '100', 0, 'pass'],
    ['105', '100', 5, 'pass'],
    ['95', '100', -5, 'pass'],
    ['105.000001', '100', 5.000001, 'warn'],
    ['94.999999', '100', -5.000001, 'warn'],
    ['110', '100', 10, 'warn'],
    ['90', '100', -10, 'warn'],
    ['110.000001', '100', 10.000001, 'stop'],
    ['89.999999', '100', -10.000001, 'stop'],
    ['0', '100', -100, 'stop'],
    ['0.01', '0', null, 'pass'],
    ['0.010000000001', '0', null, 'stop'],
    ['0.03', '0.02', 50, 'pass'],
    ['0.030000000001', '0.02', 50.000000005, 'stop'],
    ['0.01', '0.02', -50, 'pass'],
    ['0.009999999999', '0.02', -50.000000005, 'stop'],
    ['0', '0', null, 'pass'],
  ] as const)(
    'of $%s allocated against $%s billed is %s %%: %s',
    (allocated, billed, driftPct, verdict) => {
      const { components, verdict: whole } = one(allocated, billed)
      expect(components).toHaveLength(1)
      expect(components[0]?.verdict).toBe(verdict)
      expect(whole).toBe(verdict)
      if (driftPct === null) expect(components[0]?.driftPct).toBeNull()
      else expect(components[0]?.driftPct).toBeCloseTo(driftPct, 9)
    },
  )

  it('is judged exactly, also where a floating-point percentage would be a hair beside the limit', () => {
    const dollar = 1_000_000_000_000n
    const exact = (difference: bigint, billed: bigint): DriftVerdict => {
      const size = difference < 0n ? -difference : difference
      if (size <= dollar || 100n * size <= 5n * billed) return 'pass'
      return 100n * size <= 10n * billed ? 'warn' : 'stop'
    }
    const near = fc.tuple(
      fc.bigInt({ min: 1n, max: 10n ** 16n }),
      fc.constantFrom(1n, 2n),
      fc.bigInt({ min: -1n, max: 1n }),
      fc.constantFrom(1n, -1n),
    )
    fc.assert(
      fc.property(near, ([twentieth, times, beside, sign]) => {
        const billed = 20n * twentieth
        const difference = sign * (times * twentieth + beside)
        const { components } = reconcile(
          [{ component: 'chat', amount: picoUsd(billed + difference) }],
          [{ component: 'chat', amount: picoUsd(billed) }],
        )
        expect(components[0]?.verdict).toBe(exact(difference, billed))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a month', () => {
  it('compares what only one side has with nothing', () => {
    const { components, verdict } = reconcile(
      [line('ours', '20'), line('both', '80')],
      [line('theirs', '20'), line('both', '80')],
    )
    expect(components.map(({ component, verdict: each }) => [component, each])).toEqual([
      ['both', 'pass'],
      ['ours', 'stop'],
      ['theirs', 'stop'],
    ])
    expect(verdict).toBe('stop')
  })

  it('shows errors that cancel in the total', () => {
    const { components, total, verdict } = reconcile(
      [line('chat', '130'), line('read', '70')],
      [line('chat', '100'), line('read', '100')],
    )
    expect(total).toMatchObject({ driftPct: 0, verdict: 'pass' })
    expect(components.map((each) => each.verdict)).toEqual(['stop', 'stop'])
    expect(verdict).toBe('stop')
  })

  it('shows many small errors that add up in the total', () => {
    const names = Array.from({ length: 200 }, (_each, at) => `c${at}`)
    const { components, total, verdict } = reconcile(
      names.map((name) => line(name, '0.03')),
      names.map((name) => line(name, '0.02')),
      runDriftLimits,
    )
    expect(components.every((each) => each.verdict === 'pass')).toBe(true)
    expect([total.verdict, verdict]).toEqual(['stop', 'stop'])
  })

  it('adds up lines of one component', () => {
    const { components } = reconcile(
      [line('chat', '40'), line('chat', '60')],
      [line('chat', '99.5'), line('chat', '0.5')],
    )
    expect(components).toHaveLength(1)
    expect(
      [components[0]?.allocated, components[0]?.billed].map((each) =>
        formatUsd(each ?? picoUsd(0n)),
      ),
    ).toEqual(['100', '100'])
  })

  it('passes when there is nothing on either side', () =>
    expect(reconcile([], [])).toMatchObject({ verdict: 'pass', components: [] }))
})

it('of a bill a difference of a dollar is none, whatever its percentage', () => {
  expect(reconcile([line('chat', '1')], [line('chat', '0.01')]).verdict).toBe('pass')
  expect(reconcile([line('chat', '1.000000000001')], [line('chat', '0')]).verdict).toBe('stop')
})
