/**
 * For every fault of a bill: the verdict and the cause. Both are told by the vendors' own books
 * beforehand, never by the reconciler: the verdict from what was heard against what is billed, the
 * cause from the fault itself. Months are small and in memory here; `npm run proof -- reconcile`
 * has them in full size and through PostgreSQL.
 */
import { describe, expect, it } from 'vitest'
import {
  closureOf,
  reconcileCharges,
  type ReconciledMonth,
} from '../../../../../harness/reconcile/check-billing.ts'
import { eventOf } from '../../../../../harness/reconcile/billing/our-side.ts'
import {
  openVendorSide,
  type VendorBill,
} from '../../../../../harness/reconcile/billing/vendor-side.ts'
import { usualRates, usualRules } from '../../../../../harness/reconcile/reconcile.ts'
import { billFaults, type BillFault } from '../../../../../harness/services/books/bill-faults.ts'
import { callsOf, tenantsOf } from '../../../../../harness/workload/billing-month.ts'
import { monthBounds } from '../../../../../src/base/clock.ts'
import { picoUsd, usdAsNumber } from '../../../../../src/base/money.ts'
import {
  cliffsOf,
  dayCharges,
  detectShifts,
  groupUsage,
  loadPriceBook,
  readBill,
  type HourlyCount,
  type UsageEvent,
} from '../../../../../src/index.ts'

const month = '2026-10'
const bounds = monthBounds(month)
const book = await loadPriceBook('list-2026-11')
const hourMs = 3_600_000

function simulate(fault: BillFault | null): {
  readonly known: VendorBill
  readonly reconciled: ReconciledMonth
} {
  const plan = {
    seed: 7,
    month,
    tenants: 10,
    queriesPerTenant: 1_000,
    rates: { ...usualRates, ...fault?.rates },
  }
  const vendors = openVendorSide({ month, seed: plan.seed, fault })
  const events: UsageEvent[] = []
  for (const name of tenantsOf(plan)) {
    for (const call of callsOf(plan, name)) {
      vendors.hear(call)
      events.push(eventOf(call))
    }
  }
  const known = vendors.bill()
  const bill = readBill(known.documents, book)
  const shifts = detectShifts(bill, hourlyOf(events), book)
  const chargesFrom = (hours: number): ReturnType<typeof dayCharges> =>
    dayCharges(
      groupUsage(
        events
          .filter(
            ({ occurredAtMs }) =>
              occurredAtMs >= bounds.fromMs + hours * hourMs &&
              occurredAtMs < bounds.toMs + hours * hourMs,
          )
          .map((event) => ({ ...event, occurredAtMs: event.occurredAtMs - hours * hourMs })),
        cliffsOf([book]),
      ),
      book,
    )
  const shifted = new Map(
    [...shifts].map(([provider, hours]) => [
      provider,
      chargesFrom(hours).filter((charge) => charge.provider === provider),
    ]),
  )
  return {
    known,
    reconciled: reconcileCharges(
      { month, book, bill, rules: usualRules },
      { charges: chargesFrom(0), shifted, shifts },
    ),
  }
}

function hourlyOf(events: readonly UsageEvent[]): readonly HourlyCount[] {
  const groups = Map.groupBy(
    events,
    ({ occurredAtMs, provider, sku }) =>
      `${occurredAtMs - (occurredAtMs % hourMs)}\n${provider}\n${sku}`,
  )
  return [...groups].map(([key, own]) => {
    const [hour = '', provider = '', sku = ''] = key.split('\n')
    return { hourMs: Number(hour), provider, sku, events: own.length }
  })
}

/**
 * The verdict by plain numbers: the worst of all components, their use, and the whole; a dollar is
 * nothing.
 */
function expectedVerdict({ components }: VendorBill): string {
  const judged = (heard: number, billed: number): number => {
    const difference = Math.abs(heard - billed)
    return difference <= 1 || difference <= 0.05 * billed ? 0 : difference <= 0.1 * billed ? 1 : 2
  }
  const numbers = components.map(({ component, heard, billed }) => ({
    component,
    heard: usdAsNumber(heard),
    billed: usdAsNumber(billed),
  }))
  const over = (of: typeof numbers): number =>
    judged(
      of.reduce((sum, { heard }) => sum + heard, 0),
      of.reduce((sum, { billed }) => sum + billed, 0),
    )
  const worst = Math.max(
    ...numbers.map(({ heard, billed }) => judged(heard, billed)),
    over(numbers),
    over(numbers.filter(({ component }) => !component.endsWith('.minimum'))),
  )
  return ['pass', 'warn', 'stop'][worst] ?? ''
}

const honest = simulate(null)

describe('an honest month', () => {
  it('passes, with a small drift that is explained', () => {
    const { explained } = honest.reconciled
    expect(explained.drift.verdict).toBe('pass')
    expect(explained.drift.usage.driftPct).not.toBe(0)
    expect(Math.abs(explained.drift.usage.driftPct ?? 100)).toBeLessThan(1)
    expect(closureOf(honest.reconciled)).toEqual({ ledger: true, causes: true, bill: true })
  })
})

describe('that it closes', () => {
  const { reconciled } = honest
  const [first, ...others] = reconciled.allocation.lines
  const less =
    first === undefined ? [] : [{ ...first, amount: picoUsd(first.amount - 1n) }, ...others]

  it.each([
    [
      'a line that lacks a pico-dollar',
      { allocation: { ...reconciled.allocation, lines: less } },
      { ledger: false },
    ],
    [
      'a ledger in the database that has another sum',
      { balance: picoUsd((reconciled.adjusted?.total ?? 0n) + 1n) },
      { ledger: false },
    ],
    [
      'a part of the gap without a cause',
      { explained: { ...reconciled.explained, unexplained: picoUsd(1n) } },
      { causes: false },
    ],
    [
      'an adjusted ledger that is not the bill',
      { billed: picoUsd(reconciled.billed + 1n) },
      { bill: false },
    ],
  ])('is denied for %s', (_case, change, denied) =>
    expect(closureOf({ ...reconciled, ...change })).toMatchObject(denied),
  )
})

describe.each(billFaults)('$id: $what', (fault) => {
  const { known, reconciled } = simulate(fault)
  const gap = usdAsNumber(known.heardTotal) - usdAsNumber(known.billedTotal)

  it("has the verdict that the vendors' books give", () =>
    expect(reconciled.explained.drift.verdict).toBe(expectedVerdict(known)))

  it('has the gap that they give, and closes', () => {
    expect(usdAsNumber(reconciled.explained.gap)).toBeCloseTo(gap, 8)
    expect(closureOf(reconciled)).toMatchObject({ ledger: true, causes: true })
    expect(closureOf(reconciled).bill).not.toBe(false)
  })

  it(`is named ${fault.cause}: the cause that grew most against an honest month, by about what it is worth`, () => {
    const before = new Map(
      honest.reconciled.explained.causes.map(({ cause, usd }) => [cause, usdAsNumber(usd)]),
    )
    const grown = reconciled.explained.causes
      .filter(({ cause }) => cause !== 'minimum' || fault.cause === 'minimum')
      .map(({ cause, usd }) => ({ cause, usd: usdAsNumber(usd) - (before.get(cause) ?? 0) }))
      .toSorted((one, other) => Math.abs(other.usd) - Math.abs(one.usd))
    expect(grown[0]?.cause).toBe(fault.cause)
    const minimum = (of: VendorBill): number =>
      of.components
        .filter(({ component }) => component.endsWith('.minimum'))
        .reduce((sum, { heard, billed }) => sum + usdAsNumber(heard) - usdAsNumber(billed), 0)
    const worth =
      gap -
      (usdAsNumber(honest.known.heardTotal) - usdAsNumber(honest.known.billedTotal)) -
      (fault.cause === 'minimum' ? 0 : minimum(known) - minimum(honest.known))
    expect(Math.abs((grown[0]?.usd ?? 0) - worth)).toBeLessThan(
      Math.max(0.5, Math.abs(worth) * 0.2),
    )
  })
})

it('there are at least fourteen, and one for every cause', () => {
  expect(billFaults.length).toBeGreaterThanOrEqual(14)
  expect(new Set(billFaults.map(({ cause }) => cause)).size).toBe(10)
})
