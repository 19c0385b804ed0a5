import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planSchema, revenueOf, type Plan } from '../../../../src/cost/plans/plan.ts'
import { formatUsd } from '../../../../src/base/money.ts'

const plan = (written: object): Plan => planSchema.parse(written)
const flat = plan({ kind: 'flat', monthlyUsd: '49' })
const perQuery = plan({ kind: 'per-query', usdPerQuery: '0.037', monthlyUsd: '10' })
const packaged = plan({ kind: 'package', size: 1_000, usdPerPackage: '12.5', monthlyUsd: '5' })
const brackets = [
  { upTo: 100, usdPerQuery: '0.1', flatUsd: '2' },
  { upTo: 200, usdPerQuery: '0.05' },
  { upTo: null, usdPerQuery: '0.01', flatUsd: '1' },
]
const graduated = plan({ kind: 'graduated', brackets, monthlyUsd: '3' })
const volume = plan({ kind: 'volume', brackets })
const commit = plan({
  kind: 'commit',
  commitUsd: '100',
  includedQueries: 500,
  overageUsdPerQuery: '0.3',
})

describe('a month brings in', () => {
  it.each([
    ['flat: the same for none', flat, 0n, '49'],
    ['flat: and for any number', flat, 1_000_000n, '49'],
    ['per query: the base for none', perQuery, 0n, '10'],
    ['per query: one', perQuery, 1n, '10.037'],
    ['per query: 5,000', perQuery, 5_000n, '195'],
    ['package: the base for none', packaged, 0n, '5'],
    ['package: one query begins one', packaged, 1n, '17.5'],
    ['package: a full one', packaged, 1_000n, '17.5'],
    ['package: the next is begun', packaged, 1_001n, '30'],
    ['graduated: no bracket is entered by none', graduated, 0n, '3'],
    ['graduated: 3 + 2 + 0.1', graduated, 1n, '5.1'],
    ['graduated: 3 + 2 + 100 x 0.1', graduated, 100n, '15'],
    ['graduated: the next at its own price', graduated, 101n, '15.05'],
    ['graduated: the end of the second', graduated, 200n, '20'],
    ['graduated: the third with its flat amount', graduated, 201n, '21.01'],
    ['volume: none', volume, 0n, '0'],
    ['volume: one', volume, 1n, '2.1'],
    ['volume: 2 + 100 x 0.1', volume, 100n, '12'],
    ['volume: all 101 at 0.05, the cliff: one query more, and less is paid', volume, 101n, '5.05'],
    ['volume: 200 x 0.05', volume, 200n, '10'],
    ['volume: 1 + 201 x 0.01', volume, 201n, '3.01'],
    ['commit: for none', commit, 0n, '100'],
    ['commit: all that is included', commit, 500n, '100'],
    ['commit: one beyond', commit, 501n, '100.3'],
  ] as const)('%s', (_case, each, queries, usd) =>
    expect(formatUsd(revenueOf(each, queries))).toBe(usd),
  )
})

const usd = fc
  .integer({ min: 0, max: 5_000_000 })
  .map((millionths) => (millionths / 1e6).toFixed(6))
const bracketsOf = fc
  .array(fc.record({ width: fc.integer({ min: 1, max: 50 }), usdPerQuery: usd, flatUsd: usd }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((list) => {
    let upTo = 0
    return list.map(({ width, ...prices }, at) => ({
      ...prices,
      upTo: at === list.length - 1 ? null : (upTo += width),
    }))
  })
const rising = fc.oneof(
  fc.record({ kind: fc.constant('flat'), monthlyUsd: usd }),
  fc.record({ kind: fc.constant('per-query'), usdPerQuery: usd, monthlyUsd: usd }),
  fc.record({
    kind: fc.constant('package'),
    size: fc.integer({ min: 1, max: 30 }),
    usdPerPackage: usd,
    monthlyUsd: usd,
  }),
  fc.record({ kind: fc.constant('graduated'), brackets: bracketsOf, monthlyUsd: usd }),
  fc.record({
    kind: fc.constant('commit'),
    commitUsd: usd,
    includedQueries: fc.integer({ min: 0, max: 100 }),
    overageUsdPerQuery: usd,
  }),
)
const some = fc.bigInt({ min: 0n, max: 300n })

describe('of any plan', () => {
  it('revenue never falls with queries, volume brackets aside', () => {
    fc.assert(
      fc.property(rising, some, some, (written, queries, more) => {
        expect(revenueOf(plan(written), queries + more) >= revenueOf(plan(written), queries)).toBe(
          true,
        )
      }),
    )
  })

  it('one graduated bracket is a price per query', () => {
    fc.assert(
      fc.property(usd, usd, some, (usdPerQuery, monthlyUsd, queries) => {
        const one = plan({ kind: 'graduated', monthlyUsd, brackets: [{ upTo: null, usdPerQuery }] })
        expect(revenueOf(one, queries)).toBe(
          revenueOf(plan({ kind: 'per-query', usdPerQuery, monthlyUsd }), queries),
        )
      }),
    )
  })

  it('graduated brackets are the sum over each query', () => {
    fc.assert(
      fc.property(bracketsOf, some, (list, queries) => {
        const each = plan({ kind: 'graduated', brackets: list })
        let sum = 0
        for (let query = 1; query <= queries; query++) {
          const at = list.findIndex(({ upTo }) => upTo === null || query <= upTo)
          const isFirst = query === (at === 0 ? 1 : (list[at - 1]?.upTo ?? 0) + 1)
          sum += Number(list[at]?.usdPerQuery) + (isFirst ? Number(list[at]?.flatUsd) : 0)
        }
        expect(Number(formatUsd(revenueOf(each, queries)))).toBeCloseTo(sum, 6)
      }),
    )
  })

  it('packages are counted as they are begun', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), some, (size, queries) => {
        let begun = 0n
        for (let query = 0n; query < queries; query++) if (query % BigInt(size) === 0n) begun += 1n
        expect(revenueOf(plan({ kind: 'package', size, usdPerPackage: '1' }), queries)).toBe(
          begun * 1_000_000_000_000n,
        )
      }),
    )
  })
})

const faultsOf = (written: object): readonly string[] =>
  planSchema
    .safeParse(written)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
const ascending = (...bounds: readonly (number | null)[]): readonly string[] =>
  faultsOf({ kind: 'volume', brackets: bounds.map((upTo) => ({ upTo, usdPerQuery: '1' })) })

describe('nonsense is refused', () => {
  it.each([
    [
      'a negative price',
      faultsOf({ kind: 'flat', monthlyUsd: '-1' }),
      ['monthlyUsd: a price is not negative'],
    ],
    [
      'a number for dollars',
      faultsOf({ kind: 'flat', monthlyUsd: 49 }),
      ['monthlyUsd: write dollars as a quoted decimal, e.g. "0.037"'],
    ],
    [
      'words for dollars',
      faultsOf({ kind: 'flat', monthlyUsd: 'free' }),
      [
        'monthlyUsd: write dollars as a quoted decimal under 10^9 with at most 12 places, e.g. "0.037"',
      ],
    ],
    [
      'an unknown kind',
      faultsOf({ kind: 'freemium' }),
      ['kind: kind is one of flat, per-query, package, graduated, volume, commit'],
    ],
    [
      'an unknown key',
      faultsOf({ kind: 'flat', monthlyUsd: '1', perSeat: '2' }),
      [': Unrecognized key: "perSeat"'],
    ],
    [
      'packages of nothing',
      faultsOf({ kind: 'package', size: 0, usdPerPackage: '1' }),
      ['size: at least 1 query'],
    ],
    [
      'a negative inclusion',
      faultsOf({ kind: 'commit', commitUsd: '1', includedQueries: -1, overageUsdPerQuery: '1' }),
      ['includedQueries: not negative'],
    ],
    ['no brackets', ascending(), ['brackets: at least one bracket']],
    ['no open bracket', ascending(10, 20), ['brackets.1.upTo: the last bracket is open: null']],
    [
      'an open bracket in the middle',
      ascending(10, null, 20, null),
      ['brackets.1.upTo: the open bracket (null) is the last one'],
    ],
    [
      'brackets that descend',
      ascending(20, 10, null),
      ['brackets.1.upTo: brackets ascend without overlap: 10 is not after 20'],
    ],
    [
      'brackets that overlap',
      ascending(10, 10, null),
      ['brackets.1.upTo: brackets ascend without overlap: 10 is not after 10'],
    ],
    ['a bracket of nothing', ascending(0, null), ['brackets.0.upTo: at least 1 query']],
  ] as const)('%s', (_case, faults, expected) => expect(faults).toEqual(expected))
})
