/**
 * Money, to the pico-dollar: prices that double and that change within a month, tenants that come
 * within one, and every query priced again by hand.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { changedBook } from '../../../../../harness/simulate/bill/changed-book.ts'
import type { ProductAmount } from '../../../../../harness/simulate/bill/group-bill.ts'
import { drawKeys, drawn } from '../../../../../harness/simulate/engine/draws.ts'
import { simulateGroup, type GroupResult } from '../../../../../harness/simulate/engine/group.ts'
import type { SimulationPlan } from '../../../../../harness/simulate/plan.ts'
import { collector, type SimulationOutcome } from '../../../../../harness/simulate/run/outcome.ts'
import { sumFractions, type Fraction } from '../../../../../src/base/fraction.ts'
import { formatUsd, parseUsd } from '../../../../../src/base/money.ts'
import type { Price, PriceBook } from '../../../../../src/index.ts'
import { thrownBy } from '../../../support/failures.ts'
import { testBook } from '../../../support/prices.ts'
import { planOf, silentVariant, someVariant, type WrittenPlan } from '../engine/plans.ts'

const grains = ['event', 'query', 'hour'] as const
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const nothingShared = {
  sharedMonthlyUsd: {},
  allocation: 'even',
  lateEvents: 0,
  hasMinimums: true,
} as const

const tenants = [{ queries: 300 }, { queries: 50 }, { queries: 7 }]
const may: WrittenPlan = { tenants, simulation: { from: '2026-05-01', months: 1 } }

function outcomeOf(plan: SimulationPlan): SimulationOutcome {
  const collected = collector(plan)
  for (let group = 0; group + 1 < plan.fleet.groupStarts.length; group++)
    collected.add(simulateGroup(plan, group))
  return collected.finish(nothingShared)
}

/** What a product's unit came to in a month, exactly. */
function productOf(
  { bills }: GroupResult,
  sku: string,
  unit: string,
): Pick<ProductAmount, 'quantity' | 'amount'> {
  const found = bills.flatMap(({ products }) =>
    products.filter((each) => each.sku === sku && each.unit === unit),
  )
  return {
    quantity: sumFractions(found.map(({ quantity }) => quantity)),
    amount: sumFractions(found.map(({ amount }) => amount)),
  }
}

const whole = ({ numerator, denominator }: Fraction): bigint => {
  expect(numerator % denominator).toBe(0n)
  return numerator / denominator
}

const priced: readonly (readonly [
  Pick<Price, 'provider' | 'sku' | 'unit'>,
  usd: string,
  twice: string,
])[] = [
  [{ provider: 'openai', sku: 'small', unit: 'input-tokens' }, '1', '2'],
  [{ provider: 'openai', sku: 'small', unit: 'output-tokens' }, '4', '8'],
  [{ provider: 'openai', sku: 'embed', unit: 'embedding-tokens' }, '0.02', '0.04'],
  [{ provider: 'pinecone', sku: 'serverless', unit: 'read-units' }, '16', '32'],
  [{ provider: 'pinecone', sku: 'ranker', unit: 'rerank-requests' }, '2', '4'],
]

describe.each(grains)('at grain %s', (grain) => {
  const plan = planOf({ ...may, change: { grain } })
  let [before]: readonly SimulationOutcome[] = []
  beforeAll(() => void (before = outcomeOf(plan)))

  it.each(priced)(
    'twice the price of %o costs exactly as much more as it cost',
    (price, _usd, twice) => {
      const book = changedBook(plan.book, [
        { atMs: at('2026-05-01'), price: { ...price, usd: twice } },
      ])
      const after = outcomeOf(planOf({ ...may, book, change: { grain } }))
      const share =
        before?.products.find(({ sku, unit }) => sku === price.sku && unit === price.unit)
          ?.amount ?? 0n
      expect(share).toBeGreaterThan(0n)
      expect(after.total - (before?.total ?? 0n)).toBe(share)
      // And nobody else's line moves.
      const others = ({ products }: SimulationOutcome): readonly string[] =>
        products
          .filter(({ sku, unit }) => sku !== price.sku || unit !== price.unit)
          .map(({ sku, unit, amount }) => `${sku} ${unit} ${amount}`)
          .toSorted()
      expect(others(after)).toEqual(others(before ?? after))
    },
  )

  it('what tenants cost together is what products come to, exactly; rounded, but for a pico-dollar each', () => {
    const { bills } = simulateGroup(plan, 0)
    for (const { tenants: parts, products } of bills) {
      const [ofTenants, ofProducts] = [
        sumFractions(parts),
        sumFractions(products.map(({ amount }) => amount)),
      ]
      expect(ofTenants.numerator * ofProducts.denominator).toBe(
        ofProducts.numerator * ofTenants.denominator,
      )
    }
    const direct = before?.tenants.reduce((sum, each) => sum + each.direct, 0n) ?? 0n
    expect(Math.abs(Number(direct - (before?.total ?? 0n)))).toBeLessThanOrEqual(tenants.length)
  })

  it(
    'a price that changes on the 15th prices what was asked before at the old one, and what ' +
      'is asked from then on at the new one',
    () => {
      const book = changedBook(plan.book, [
        {
          atMs: at('2026-05-15'),
          price: { provider: 'openai', sku: 'small', unit: 'input-tokens', usd: '3' },
        },
      ])
      const wholeMonth = productOf(
        simulateGroup(planOf({ ...may, book, change: { grain } }), 0),
        'small',
        'input-tokens',
      )
      const firstDays = productOf(
        simulateGroup(
          planOf({ ...may, book, simulation: { from: '2026-05-01', days: 14 }, change: { grain } }),
          0,
        ),
        'small',
        'input-tokens',
      )
      const [all, early] = [whole(wholeMonth.quantity), whole(firstDays.quantity)]
      expect([early > 0n, all > early]).toEqual([true, true])
      expect(whole(wholeMonth.amount)).toBe(early * 1_000_000n + (all - early) * 3_000_000n)
    },
  )

  it('another configuration holds from the beginning of its day', () => {
    const changed: WrittenPlan = {
      ...may,
      variants: [{ ...someVariant, rerank: false }, someVariant],
      epochs: [at('2026-05-21')],
      change: { grain },
    }
    const result = simulateGroup(planOf(changed), 0)
    const early = simulateGroup(
      planOf({ ...changed, simulation: { from: '2026-05-01', days: 20 } }),
      0,
    )
    const asked = (of: GroupResult): number => of.queries.reduce((sum, each) => sum + each, 0)
    expect(whole(productOf(result, 'ranker', 'rerank-requests').quantity)).toBe(
      BigInt(asked(result) - asked(early)),
    )
    expect(early.bills[0]?.products.some(({ sku }) => sku === 'ranker')).toBe(false)
  })

  it(
    'a tenant that signs up in the middle of a month asks in proportion, pays storage by the ' +
      'hour, and ingests once',
    () => {
      const noon = at('2026-05-16') + 12.25 * 3_600_000
      const coming: WrittenPlan = {
        tenants: [{ queries: 1_000, fromMs: noon, isNew: true }],
        simulation: { from: '2026-05-01', months: 3 },
        epochs: [at('2026-05-20')],
        change: { grain },
      }
      const result = simulateGroup(planOf(coming), 0)
      expect(Math.abs((result.queries[0] ?? 0) - (1_000 * 15.49) / 31)).toBeLessThanOrEqual(1)
      expect(result.queries.slice(1)).toEqual(Float64Array.of(1_000, 1_000))
      const asked = result.queries.reduce((sum, each) => sum + each, 0)
      // 14 tokens a question, and 5,000 of documents; two requests of 150,000 bytes, 1,000 of which
      // are a unit.
      expect(whole(productOf(result, 'embed', 'embedding-tokens').quantity)).toBe(
        BigInt(14 * asked + 5_000),
      )
      expect(whole(productOf(result, 'serverless', 'write-units').quantity)).toBe(300n)
      // A quarter of an hour that has begun is an hour: 12 of the 16th, 15 days, and two months.
      const { numerator, denominator } = productOf(
        result,
        'serverless',
        'storage-gb-months',
      ).quantity
      expect((numerator * 730n * 1_000_000_000n) / denominator).toBe(
        300_000n * BigInt(12 + 15 * 24 + 61 * 24),
      )
      expect(
        result.bills.map(({ products }) => products.some(({ unit }) => unit === 'write-units')),
      ).toEqual([true, false, false])
    },
  )
})

it('every query priced by hand comes to the same pico-dollar', () => {
  const plan = planOf({ ...may, change: { grain: 'query' } })
  const { tenants: found } = outcomeOf(plan)
  for (const [tenant, { queries }] of tenants.entries()) {
    const keys = drawKeys(plan.seed, `t${tenant}`)
    let pico = 0n
    for (let number = 0; number < queries; number++) {
      const word = drawn(keys[0] ?? 0, keys[1] ?? 0, number)
      const [prompt, answer] = [
        plan.prompts[word >>> 20] ?? 0,
        someVariant.answerTokens[word & 0xfff] ?? 0,
      ]
      // $1 and $4 a million tokens, $0.02 for embedding 14 of them, a quarter of a read unit at $16
      // a million, reranking at $2 a thousand.
      pico +=
        BigInt(prompt) * 1_000_000n +
        BigInt(answer) * 4_000_000n +
        14n * 20_000n +
        4_000_000n +
        2_000_000_000n
    }
    // Stored bytes for 31 days of a month of 730 hours, at $0.33 a gigabyte.
    const storage =
      (BigInt(300_000 + 1_000 * tenant) * 744n * 330_000_000_000n) / (730n * 1_000_000_000n)
    expect(Math.abs(Number((found[tenant]?.direct ?? 0n) - pico - storage))).toBeLessThanOrEqual(1)
  }
})

it('what is under way at the end of a month is billed with it, though it is used in the next', () => {
  // 100 seconds a query, one at a time, asked in the last hours of a month: most of them wait into
  // the next.
  const slow = {
    ...silentVariant,
    firstTokenMs: new Float64Array(4_096).fill(100_000),
    answerTokens: new Int32Array(4_096).fill(10),
  }
  const last = at('2026-06-01')
  for (const limits of [{ maxInFlight: 1 }, { maxInFlight: 1, connections: 1 }]) {
    const plan = planOf({
      tenants: [{ queries: 74_400, fromMs: last - 3_600_000, untilMs: last }],
      simulation: { from: '2026-05-01', months: 2 },
      variants: [slow],
      limits,
    })
    const { queries, bills, tally } = simulateGroup(plan, 0)
    expect([...queries]).toEqual([100, 0])
    expect(tally.counts).toMatchObject({ arrived: 100, finished: 100, inFlight: 0 })
    expect(
      bills.map((bill) =>
        bill.products
          .filter(({ unit }) => unit === 'output-tokens')
          .map(({ quantity }) => whole(quantity)),
      ),
    ).toEqual([[1_000n], []])
    expect(bills.map(({ month }) => month)).toEqual(['2026-05', '2026-06'])
  }
})

it('ten years at grain hour ask every month what they should, and cost accordingly', () => {
  const plan = planOf({
    tenants,
    simulation: { from: '2026-05-01', months: 120 },
    change: { grain: 'hour' },
  })
  const { queries, bills, tally } = simulateGroup(plan, 0)
  expect(tally.counts.arrived).toBe(120 * 357)
  expect(new Set(queries.subarray(0, 120))).toEqual(new Set([300]))
  expect(bills).toHaveLength(120)
  const [first, other] = [bills[0], bills[120 - 1]].map(
    (bill) =>
      Number(sumFractions(bill?.tenants ?? []).numerator) /
      Number(sumFractions(bill?.tenants ?? []).denominator),
  )
  expect(Math.abs((first ?? 0) / (other ?? 1) - 1)).toBeLessThan(0.001)
})

describe('a changed book', () => {
  const usdOf = (book: PriceBook, day: string): readonly string[] =>
    book.prices
      .filter(
        ({ sku, unit, fromMs, toMs }) =>
          sku === 'small' &&
          unit === 'input-tokens' &&
          fromMs <= at(day) &&
          (toMs === null || at(day) < toMs),
      )
      .map(({ amount }) => formatUsd(amount))
  const change = (day: string, usd: string, more: object = {}) => ({
    atMs: at(day),
    price: { provider: 'openai', sku: 'small', unit: 'input-tokens' as const, usd, ...more },
  })

  it('has the old price until the day and the new one from then on, and leaves the old book as it was', () => {
    const old = testBook()
    const book = changedBook(old, [change('2026-06-01', '5'), change('2026-04-10', '3')])
    expect(
      [
        '2026-02-01',
        '2026-03-01',
        '2026-04-09',
        '2026-04-10',
        '2026-05-31',
        '2026-06-01',
        '2030-01-01',
      ].map((day) => usdOf(book, day)),
    ).toEqual([['2'], ['1'], ['1'], ['3'], ['3'], ['5'], ['5']])
    expect(usdOf(old, '2026-06-01')).toEqual(['1'])
    expect(book.id).toBe('test-book+changes')
    expect(book.sha256).not.toBe(old.sha256)
    expect(changedBook(old, [])).toBe(old)
  })

  it('takes a price to nothing and back', () => {
    const book = changedBook(testBook(), [change('2026-04-10', '0'), change('2026-05-10', '2.5')])
    expect(['2026-04-09', '2026-04-10', '2026-05-10'].map((day) => usdOf(book, day))).toEqual([
      ['1'],
      ['0'],
      ['2.5'],
    ])
  })

  it('raises prices above a cliff by the same factor', () => {
    const book = testBook()
    const price = book.prices.find(
      ({ sku, unit, toMs }) => sku === 'small' && unit === 'input-tokens' && toMs === null,
    )
    const withCliff: PriceBook = {
      ...book,
      prices: [
        ...book.prices,
        ...(price === undefined
          ? []
          : [{ ...price, abovePromptTokens: 1_000, amount: parseUsd('2.2') }]),
      ],
    }
    const changed = changedBook(withCliff, [change('2026-04-10', '1.5')])
    expect(
      changed.prices
        .filter(({ abovePromptTokens, toMs }) => abovePromptTokens > 0 && toMs === null)
        .map(({ amount }) => formatUsd(amount)),
    ).toEqual(['3.3'])
  })

  it.each([[{ sku: 'large' }], [{ provider: 'anthropic' }], [{ unit: 'requests' as const }]])(
    'refuses %o, which has no price, as bad input',
    (more) => {
      expect(
        thrownBy(() => changedBook(testBook(), [change('2026-04-10', '1', more)])),
      ).toMatchObject({
        code: 'TB_SCENARIO_INVALID',
        faults: [
          {
            path: 'simulation.changes',
            message: expect.stringMatching(
              /^no price to change: .*2026-04-10, book test-book$/,
            ) as string,
          },
        ],
      })
    },
  )

  it('refuses a change of a price that is not in force yet', () => {
    expect(thrownBy(() => changedBook(testBook(), [change('2024-12-31', '1')])).code).toBe(
      'TB_SCENARIO_INVALID',
    )
  })
})

describe('prices above a length of prompts', () => {
  const cliff = 1_200
  const book = testBook()
  const withCliff: PriceBook = {
    ...book,
    prices: [
      ...book.prices,
      ...book.prices
        .filter(({ sku, toMs }) => sku === 'small' && toMs === null)
        .map((price) => ({ ...price, abovePromptTokens: cliff, amount: parseUsd('9') })),
    ],
  }

  it('are those of each query, though sums are priced', () => {
    const plan = planOf({
      ...may,
      tenants: [{ queries: 2_000 }],
      book: withCliff,
      change: { grain: 'query', cliffs: [cliff] },
    })
    const keys = drawKeys(plan.seed, 't0')
    let pico = 0n
    for (let number = 0; number < 2_000; number++) {
      const prompt = plan.prompts[drawn(keys[0] ?? 0, keys[1] ?? 0, number) >>> 20] ?? 0
      pico += BigInt(prompt) * (prompt > cliff ? 9_000_000n : 1_000_000n)
    }
    expect(whole(productOf(simulateGroup(plan, 0), 'small', 'input-tokens').amount)).toBe(pico)
    expect(
      productOf(simulateGroup({ ...plan, grain: 'event' }, 0), 'small', 'input-tokens').amount,
    ).toEqual(productOf(simulateGroup(plan, 0), 'small', 'input-tokens').amount)
    const hour = productOf(
      simulateGroup({ ...plan, grain: 'hour' }, 0),
      'small',
      'input-tokens',
    ).amount
    expect(Math.abs(Number(whole(hour)) / Number(pico) - 1)).toBeLessThan(0.03)
  })
})
