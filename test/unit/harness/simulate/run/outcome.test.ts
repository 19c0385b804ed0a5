/** Months closed: minimums, shared cost, what is booked late. */
import { describe, expect, it } from 'vitest'
import { simulateGroup } from '../../../../../harness/simulate/engine/group.ts'
import {
  collector,
  type SharingRules,
  type SimulationOutcome,
} from '../../../../../harness/simulate/run/outcome.ts'
import { formatUsd, parseUsd, sumUsd, usdAsNumber } from '../../../../../src/base/money.ts'
import { testBook } from '../../../support/prices.ts'
import { planOf, type WrittenPlan } from '../engine/plans.ts'

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const written: WrittenPlan = {
  tenants: [{ queries: 300 }, { queries: 100 }],
  simulation: { from: '2026-05-01', months: 3 },
}

function outcomeOf(of: WrittenPlan, rules: Partial<SharingRules> = {}): SimulationOutcome {
  const plan = planOf(of)
  const collected = collector(plan)
  collected.add(simulateGroup(plan, 0))
  return collected.finish({
    sharedMonthlyUsd: {},
    allocation: 'even',
    lateEvents: 0,
    hasMinimums: true,
    ...rules,
  })
}

describe('shared cost', () => {
  it('is given to tenants to the last pico-dollar, evenly or by queries', () => {
    const even = outcomeOf(written, { sharedMonthlyUsd: { a: '10.000000000001', b: '0.5' } })
    expect(even.months.map(({ shared }) => formatUsd(shared))).toEqual(
      Array.from({ length: 3 }, () => '10.500000000001'),
    )
    expect(sumUsd(even.tenants.map(({ shared }) => shared))).toBe(parseUsd('31.500000000003'))
    const byQueries = outcomeOf(written, {
      sharedMonthlyUsd: { a: '40' },
      allocation: 'proportional-to-queries',
    })
    expect(byQueries.tenants.map(({ shared }) => formatUsd(shared))).toEqual(['90', '30'])
  })

  it('of a part of a month is that part, and of a month goes to those who were there', () => {
    const part = outcomeOf(
      { ...written, simulation: { from: '2026-06-25', days: 6 } },
      { sharedMonthlyUsd: { a: '30' } },
    )
    expect(part.months.map(({ shared }) => formatUsd(shared))).toEqual(['6'])
    const coming = outcomeOf(
      {
        ...written,
        tenants: [
          { queries: 10, untilMs: at('2026-06-01') },
          { queries: 10, fromMs: at('2026-06-15') },
        ],
      },
      { sharedMonthlyUsd: { a: '30' } },
    )
    expect(
      coming.tenants.map(({ shared, queriesByMonth }) => [formatUsd(shared), queriesByMonth]),
    ).toEqual([
      ['30', [10, null, null]],
      ['60', [null, expect.any(Number) as number, 10]],
    ])
  })

  it("of a month in which nobody is there is in the total, and nobody's", () => {
    const empty = outcomeOf(
      { ...written, tenants: [{ queries: 10, fromMs: at('2026-06-01') }] },
      { sharedMonthlyUsd: { a: '30' } },
    )
    expect(empty.months.map(({ usage, shared }) => [usage > 0n, formatUsd(shared)])).toEqual([
      [false, '30'],
      [true, '30'],
      [true, '30'],
    ])
    expect(formatUsd(empty.tenants[0]?.shared ?? parseUsd('0'))).toBe('60')
  })
})

describe("a provider's minimum", () => {
  it('is topped up to in each month, and shared like other fixed cost', () => {
    const { months, tenants, total } = outcomeOf({ ...written, book: testBook('50') })
    const ofPinecone = outcomeOf(written).products.filter(({ provider }) => provider === 'pinecone')
    expect(months.every(({ minimum }) => minimum > 0n && minimum < parseUsd('50'))).toBe(true)
    expect(
      Math.abs(
        Number(
          sumUsd(months.map(({ minimum }) => minimum)) +
            sumUsd(ofPinecone.map(({ amount }) => amount)) -
            parseUsd('150'),
        ),
      ),
    ).toBeLessThan(20)
    expect(sumUsd(tenants.map(({ shared }) => shared))).toBe(
      sumUsd(months.map(({ minimum }) => minimum)),
    )
    expect(
      Math.abs(
        Number(
          total -
            sumUsd(tenants.map(({ shared }) => shared)) -
            sumUsd(tenants.map(({ direct }) => direct)),
        ),
      ),
    ).toBeLessThanOrEqual(3)
  })
})

describe('late events', () => {
  it('move from a month to the one after, and nothing is lost but what the last month leaves', () => {
    const { months } = outcomeOf(written, { lateEvents: 0.25 })
    for (const [month, { usage, late, billed, minimum }] of months.entries()) {
      expect(usdAsNumber(late) / usdAsNumber(usage)).toBeCloseTo(0.25, 9)
      expect(billed).toBe(usage - late + (months[month - 1]?.late ?? 0n) + minimum)
    }
    const billed = sumUsd(months.map((month) => month.billed))
    expect(billed + (months.at(-1)?.late ?? 0n)).toBe(sumUsd(months.map(({ usage }) => usage)))
    expect(
      outcomeOf(written).months.every(
        ({ usage, billed: all, late }) => usage === all && late === 0n,
      ),
    ).toBe(true)
  })
})
