import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sumFractions, type Fraction } from '../../../../src/base/fraction.ts'
import { divideHalfEven, formatUsd, parseUsd, picoUsd, sumUsd } from '../../../../src/base/money.ts'
import { adjustToBill } from '../../../../src/cost/allocation/adjustment.ts'
import {
  allocateMonth,
  minimumTopUps,
  shareOut,
  type AllocationInput,
  type DirectCost,
  type TenantActivity,
} from '../../../../src/cost/allocation/allocate.ts'
import type { AllocationRule, Claimant } from '../../../../src/cost/allocation/method.ts'
import { tenant, testBook } from '../../support/prices.ts'

const ids = ['A', 'B', 'C', 'D', 'E'] as const
const cost = (id: string, component: string, numerator: bigint, denominator = 1n): DirectCost => ({
  tenantId: tenant(id),
  component,
  exact: { numerator, denominator },
})
const active = (id: string, queries: number, storedBytes = 0): TenantActivity => ({
  tenantId: tenant(id),
  queries,
  storedBytes,
})
const month = (change: Partial<AllocationInput>): AllocationInput => ({
  direct: [],
  shared: [],
  tenants: [],
  book: testBook(),
  rules: new Map([['*', { method: 'even' }]]),
  ...change,
})
const half: Fraction = { numerator: 1n, denominator: 2n }
const claimant = (id: string, change: Partial<Claimant> = {}): Claimant => ({
  tenantId: tenant(id),
  queries: 0,
  storedBytes: 0,
  ownCost: 0n,
  ...change,
})

const rule: fc.Arbitrary<AllocationRule> = fc.oneof(
  fc
    .constantFrom(
      'even',
      'proportional-to-queries',
      'proportional-to-cost',
      'proportional-to-stored-bytes',
      'minimum-top-up',
    )
    .map((method) => ({ method }) as const),
  fc
    .bigInt({ min: 0n, max: 100n })
    .map(
      (percent) =>
        ({ method: 'idle', utilisation: { numerator: percent, denominator: 100n } }) as const,
    ),
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...ids), fc.bigInt({ min: 0n, max: 20n })), {
      selector: ([id]) => id,
    })
    .map(
      (shares) =>
        ({
          method: 'fixed-share',
          shares: new Map(
            shares.map(([id, percent]) => [tenant(id), { numerator: percent, denominator: 100n }]),
          ),
        }) as const,
    ),
)
const direct = fc.array(
  fc.tuple(
    fc.constantFrom(...ids),
    fc.constantFrom('openai.chat', 'pinecone.read', 'pinecone.write'),
    fc.bigInt({ min: 0n, max: 10n ** 14n }),
    fc.constantFrom(1n, 3n, 4n, 730_000_000_000n),
  ),
  { maxLength: 40 },
)
const shared = fc.array(
  fc.tuple(
    fc.constantFrom('postgres.instance', 'app.fixed', 'openai.credit', 'openai.tax'),
    fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
  ),
  { maxLength: 5 },
)
const tenants = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...ids), fc.nat(10_000), fc.nat(10 ** 11)),
  { selector: ([id]) => id },
)

describe('any month', () => {
  it(
    'adds up to the pico-dollar: own use rounded once a component, credits and amounts below ' +
      'the smallest unit too',
    () => {
      fc.assert(
        fc.property(
          fc.tuple(direct, shared, tenants, rule, fc.constantFrom('0', '0.000000000007', '50')),
          ([spent, pools, present, method, minimum]) => {
            const input = month({
              direct: spent.map(([id, component, numerator, denominator]) =>
                cost(id, component, numerator, denominator),
              ),
              shared: pools.map(([component, amount]) => ({ component, amount: picoUsd(amount) })),
              tenants: present.map(([id, queries, bytes]) => active(id, queries, bytes)),
              rules: new Map([['*', method]]),
              book: testBook(minimum),
            })
            const { lines, unallocated, total } = allocateMonth(input)
            expect(sumUsd([...lines.map(({ amount }) => amount), ...unallocated.values()])).toBe(
              total,
            )
            const used = [...Map.groupBy(input.direct, ({ component }) => component)].map(
              ([component, group]) => {
                const { numerator, denominator } = sumFractions(group.map(({ exact }) => exact))
                return { component, amount: picoUsd(divideHalfEven(numerator, denominator)) }
              },
            )
            const topUp = sumUsd(minimumTopUps(used, input.book).values())
            expect(total).toBe(
              sumUsd([
                ...used.map(({ amount }) => amount),
                ...input.shared.map(({ amount }) => amount),
              ]) + topUp,
            )
          },
        ),
      )
    },
  )

  it('is the bill to the last unit once it has been adjusted to it', () => {
    fc.assert(
      fc.property(direct, tenants, shared, rule, (spent, present, bill, method) => {
        const allocation = allocateMonth(
          month({
            direct: spent.map(([id, component, numerator]) => cost(id, component, numerator)),
            tenants: present.map(([id, queries]) => active(id, queries)),
            rules: new Map([['*', method]]),
            book: testBook('1'),
          }),
        )
        const billed = [
          ...bill.map(([component, amount]) => ({ component, amount: picoUsd(amount) })),
          { component: 'openai.chat', amount: parseUsd('3.000000000001') },
        ]
        const adjusted = adjustToBill(allocation, billed)
        expect(adjusted.total).toBe(sumUsd(billed.map(({ amount }) => amount)))
        expect(adjusted.lines.slice(0, allocation.lines.length)).toEqual(allocation.lines)
      }),
    )
  })
})

describe('own use', () => {
  it('is added up by tenant and component and says its part', () => {
    const { lines } = allocateMonth(
      month({
        direct: [
          cost('A', 'openai.chat', 5n),
          cost('A', 'openai.chat', 7n),
          cost('B', 'openai.chat', 4n),
        ],
      }),
    )
    expect(
      lines.map(({ tenantId, method, amount, ratio }) => [
        tenantId,
        method,
        amount,
        `${ratio.numerator}/${ratio.denominator}`,
      ]),
    ).toEqual([
      ['A', 'direct', 12n, '3/4'],
      ['B', 'direct', 4n, '1/4'],
    ])
  })

  it('of a third of a unit each is one unit for three, to the first by name', () => {
    const { lines, total } = allocateMonth(
      month({ direct: ['C', 'A', 'B'].map((id) => cost(id, 'openai.chat', 1n, 3n)) }),
    )
    expect([total, lines.map(({ tenantId, amount }) => [tenantId, amount])]).toEqual([
      1n,
      [
        ['C', 0n],
        ['A', 1n],
        ['B', 0n],
      ],
    ])
  })

  it('does not mix tenants whose names begin alike', () => {
    const both = month({
      direct: [
        cost('A', 'openai.chat', 1n),
        cost('A.b', 'openai.chat', 2n),
        cost('a', 'openai.chat', 4n),
      ],
    })
    expect(allocateMonth(both).lines.map(({ tenantId, amount }) => [tenantId, amount])).toEqual([
      ['A', 1n],
      ['A.b', 2n],
      ['a', 4n],
    ])
  })
})

const split = (
  amount: string,
  by: AllocationRule | null,
  claimants: readonly Claimant[],
): readonly [readonly string[], string] => {
  const { lines, left } = shareOut(
    { component: 'x.y', amount: parseUsd(amount) },
    { rule: by, claimants },
  )
  return [lines.map((line) => `${line.tenantId} ${formatUsd(line.amount)}`), formatUsd(left)]
}
const [a, b] = [
  claimant('A', { queries: 3, storedBytes: 1, ownCost: 30n * 10n ** 12n }),
  claimant('B', { queries: 1, storedBytes: 4, ownCost: 0n }),
]

describe('what is shared', () => {
  it.each([
    ['even', { method: 'even' }, ['A 10', 'B 10'], '0'],
    ['by queries', { method: 'proportional-to-queries' }, ['A 15', 'B 5'], '0'],
    ['by bytes', { method: 'proportional-to-stored-bytes' }, ['A 4', 'B 16'], '0'],
    ['by cost', { method: 'proportional-to-cost' }, ['A 20', 'B 0'], '0'],
    [
      'to whoever falls short of an even part of the minimum',
      { method: 'minimum-top-up' },
      ['A 0', 'B 20'],
      '0',
    ],
    [
      'by agreement, the rest unallocated',
      {
        method: 'fixed-share',
        shares: new Map([
          [tenant('A'), half],
          [tenant('Z'), half],
        ]),
      },
      ['A 10'],
      '10',
    ],
    [
      'by use of what was in use, the idle part unallocated',
      { method: 'idle', utilisation: half },
      ['A 7.5', 'B 2.5'],
      '10',
    ],
    ['by no rule', null, [], '20'],
  ] as const)('is split %s', (_case, by, parts, left) =>
    expect(split('20', by, [a, b])).toEqual([parts, left]),
  )

  it.each([
    ['-20', ['A -15', 'B -5']],
    ['0.000000000001', ['A 0.000000000001', 'B 0']],
    ['0', ['A 0', 'B 0']],
  ])('%s dollars by queries', (amount, parts) => {
    expect(split(amount, { method: 'proportional-to-queries' }, [a, b])).toEqual([parts, '0'])
  })

  it('is split the same when nobody has any weight', () =>
    expect(
      split('1', { method: 'proportional-to-queries' }, [claimant('A'), claimant('B')]),
    ).toEqual([['A 0.5', 'B 0.5'], '0']))

  it('stays in sight when there is nobody to carry it', () => {
    const { lines, unallocated } = allocateMonth(
      month({ direct: [cost('A', 'pinecone.read', 10n ** 12n)], book: testBook('50') }),
    )
    expect(lines.map(({ component }) => component)).toEqual(['pinecone.read'])
    expect([...unallocated].map(([component, amount]) => [component, formatUsd(amount)])).toEqual([
      ['pinecone.minimum', '49'],
    ])
  })
})

describe('a minimum', () => {
  it.each([
    ['49.999999999999', [['pinecone.minimum', '0.000000000001']]],
    ['50', []],
    ['50.1', []],
  ])('after $%s of use is topped up by %j', (used, topUps) => {
    const lines = [
      { component: 'pinecone.read', amount: parseUsd(used) },
      { component: 'openai.chat', amount: parseUsd('1000') },
      { component: 'pineconelike.x', amount: parseUsd('1000') },
    ]
    expect(
      [...minimumTopUps(lines, testBook('50'))].map(([component, amount]) => [
        component,
        formatUsd(amount),
      ]),
    ).toEqual(topUps)
  })
})
