import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breakEvenOf } from '../../../../src/cost/plans/break-even.ts'
import { planSchema, revenueOf, type Plan } from '../../../../src/cost/plans/plan.ts'
import { parseUsd, picoUsd } from '../../../../src/base/money.ts'

const plan = (written: object): Plan => planSchema.parse(written)
const at = (written: object, fixed: string, perQuery: string): readonly (number | null)[] => {
  const { fromQueries, upToQueries } = breakEvenOf(plan(written), {
    fixed: parseUsd(fixed),
    perQuery: parseUsd(perQuery),
  })
  return [fromQueries, upToQueries].map((queries) => (queries === null ? null : Number(queries)))
}

describe('break-even by hand', () => {
  it.each([
    [
      'flat $50, $10 fixed, $0.04 a query: from none up to 1,000',
      { kind: 'flat', monthlyUsd: '50' },
      ['10', '0.04'],
      [0, 1_000],
    ],
    [
      'flat under its fixed cost: never',
      { kind: 'flat', monthlyUsd: '5' },
      ['10', '0.04'],
      [null, null],
    ],
    [
      '$0.05 a query, $10 fixed, $0.03: from 500, for good',
      { kind: 'per-query', usdPerQuery: '0.05' },
      ['10', '0.03'],
      [500, null],
    ],
    [
      'one cent short of even: the next query',
      { kind: 'per-query', usdPerQuery: '0.05' },
      ['10.01', '0.03'],
      [501, null],
    ],
    [
      'a price at cost never pays for what is fixed',
      { kind: 'per-query', usdPerQuery: '0.03' },
      ['10', '0.03'],
      [null, null],
    ],
    [
      'a price under cost, with a base: up to 1,000',
      { kind: 'per-query', usdPerQuery: '0.02', monthlyUsd: '20' },
      ['10', '0.03'],
      [0, 1_000],
    ],
    [
      'packages of 100 at $10, $5 fixed, $0.05: the first begun, and on',
      { kind: 'package', size: 100, usdPerPackage: '10' },
      ['5', '0.05'],
      [1, null],
    ],
    [
      'packages that cost more than they bring: till the first is nearly used up',
      { kind: 'package', size: 100, usdPerPackage: '4' },
      ['0', '0.05'],
      [0, 80],
    ],
    [
      'overage under cost eats the commitment up',
      { kind: 'commit', commitUsd: '100', includedQueries: 1_000, overageUsdPerQuery: '0.01' },
      ['10', '0.05'],
      [0, 2_000],
    ],
    [
      'graduated: the second bracket loses',
      {
        kind: 'graduated',
        brackets: [
          { upTo: 100, usdPerQuery: '0.1' },
          { upTo: null, usdPerQuery: '0.01' },
        ],
      },
      ['2', '0.05'],
      [40, 175],
    ],
  ] as const)('%s', (_case, written, [fixed, perQuery], expected) =>
    expect(at(written, fixed, perQuery)).toEqual(expected),
  )

  it('says why there is none', () =>
    expect(
      breakEvenOf(plan({ kind: 'flat', monthlyUsd: '0' }), {
        fixed: parseUsd('1'),
        perQuery: parseUsd('0'),
      }).reason,
    ).toMatch(/at no volume/))
})

const usd = fc.integer({ min: 0, max: 40 }).map((cents) => (cents / 100).toFixed(2))
const brackets = fc.constantFrom(
  [
    { upTo: 7, usdPerQuery: '0.2', flatUsd: '0.5' },
    { upTo: null, usdPerQuery: '0.04' },
  ],
  [
    { upTo: 3, usdPerQuery: '0.01' },
    { upTo: 20, usdPerQuery: '0.3' },
    { upTo: null, usdPerQuery: '0.1', flatUsd: '1' },
  ],
)
const any = fc.oneof(
  fc.record({ kind: fc.constant('flat'), monthlyUsd: usd }),
  fc.record({ kind: fc.constant('per-query'), usdPerQuery: usd, monthlyUsd: usd }),
  fc.record({
    kind: fc.constant('package'),
    size: fc.integer({ min: 1, max: 9 }),
    usdPerPackage: usd,
    monthlyUsd: usd,
  }),
  fc.record({ kind: fc.constantFrom('graduated', 'volume'), brackets, monthlyUsd: usd }),
  fc.record({
    kind: fc.constant('commit'),
    commitUsd: usd,
    includedQueries: fc.integer({ min: 0, max: 20 }),
    overageUsdPerQuery: usd,
  }),
)

it('is what trying every volume finds', () => {
  const most = 400n
  fc.assert(
    fc.property(any, usd, usd, (written, fixed, perQuery) => {
      const each = plan(written)
      const profits = Array.from({ length: Number(most) + 1 }, (_each, queries) =>
        picoUsd(
          revenueOf(each, BigInt(queries)) - parseUsd(fixed) - parseUsd(perQuery) * BigInt(queries),
        ),
      )
      const from = profits.findIndex((profit) => profit >= 0n)
      const loss =
        from < 0 ? -1 : profits.findIndex((profit, queries) => queries > from && profit < 0n)
      const { fromQueries, upToQueries } = breakEvenOf(each, {
        fixed: parseUsd(fixed),
        perQuery: parseUsd(perQuery),
      })
      if (from >= 0) expect(fromQueries).toBe(BigInt(from))
      else expect(fromQueries === null || fromQueries > most).toBe(true)
      if (loss >= 0) expect(upToQueries).toBe(BigInt(loss - 1))
      else if (from >= 0) expect(upToQueries === null || upToQueries >= most).toBe(true)
    }),
    { seed: 5, numRuns: 300 },
  )
})
