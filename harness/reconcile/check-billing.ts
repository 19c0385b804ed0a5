/**
 * Closing and reconciling a month: usage to charges, charges to the ledger, drift before any
 * adjustment, every cause of the gap, and then the ledger brought to the bill, to the last unit. A
 * month that must stop is not brought to anything.
 */
import { dayMs, hourMs, monthBounds, type Period } from '../../src/base/clock.ts'
import { sumFractions } from '../../src/base/fraction.ts'
import { sumUsd, type PicoUsd } from '../../src/base/money.ts'
import {
  adjustToBill,
  allocateMonth,
  cliffsOf,
  dayCharges,
  detectShifts,
  explainBill,
  postMonth,
  readBalance,
  readHourlyCounts,
  readUsageGroups,
  readWitnesses,
  roundedUsd,
  type Allocation,
  type AllocationRule,
  type Bill,
  type CauseId,
  type Database,
  type DayCharge,
  type ExplainedBill,
  type PostingResult,
  type PriceBook,
  type TenantActivity,
} from '../../src/index.ts'

/** What is reconciled. */
export interface BillingMonth {
  readonly month: string
  readonly book: PriceBook
  readonly bill: Bill
  readonly rules: ReadonlyMap<string, AllocationRule>
}

/** A month reconciled. */
export interface ReconciledMonth {
  readonly month: string
  readonly charges: readonly DayCharge[]
  readonly events: bigint
  /** As we count it, before the bill was looked at. */
  readonly allocation: Allocation
  readonly explained: ExplainedBill
  /** Brought to the bill; null where the drift says stop. */
  readonly adjusted: Allocation | null
  readonly billed: PicoUsd
  /** What the ledger in the database says the month comes to; null where there is none. */
  readonly balance: PicoUsd | null
  /** After how many hours a provider's days begin, where that is not midnight UTC. */
  readonly shifts: ReadonlyMap<string, number>
  /** Requests behind the largest part of each cause, where the events are at hand. */
  readonly witnesses: ReadonlyMap<CauseId, readonly string[]>
}

/**
 * Reconciles charges with a bill: pure. `shifted` has the charges of providers whose days begin at
 * another hour.
 */
export function reconcileCharges(
  { month, book, bill, rules }: BillingMonth,
  {
    charges,
    shifted,
    shifts,
  }: {
    readonly charges: readonly DayCharge[]
    readonly shifted: ReadonlyMap<string, readonly DayCharge[]>
    readonly shifts: ReadonlyMap<string, number>
  },
): ReconciledMonth {
  const allocation = allocateMonth({
    direct: charges,
    shared: [],
    tenants: activityOf(charges),
    book,
    rules,
  })
  const explained = explainBill({
    month: monthBounds(month),
    charges,
    shifted,
    allocation,
    bill,
    book,
  })
  const billed = sumUsd(bill.lines.map(({ amount }) => amount))
  const adjusted = explained.drift.verdict === 'stop' ? null : adjustToBill(allocation, bill.lines)
  const events = [...new Set(charges.map(({ use }) => use))].reduce(
    (sum, use) => sum + use.events,
    0n,
  )
  return {
    month,
    charges,
    events,
    allocation,
    explained,
    adjusted,
    billed,
    balance: null,
    shifts,
    witnesses: new Map(),
  }
}

/**
 * Closes a month in a database and reconciles it. Throws TB_PRICE_MISSING: usage without a price
 * closes nothing.
 */
export async function reconcileStored(
  operator: Database,
  given: BillingMonth & { readonly nowMs: number },
): Promise<ReconciledMonth & { readonly posted: readonly PostingResult[] }> {
  const { month, book, bill, nowMs } = given
  const period = monthBounds(month)
  const cliffs = cliffsOf([book])
  const charges = dayCharges(await readUsageGroups(operator, period, { cliffs }), book)
  const shifts = detectShifts(
    bill,
    await readHourlyCounts(operator, { fromMs: period.fromMs - dayMs, toMs: period.toMs + dayMs }),
    book,
  )
  const shifted = new Map<string, readonly DayCharge[]>()
  for (const [provider, hours] of shifts)
    shifted.set(
      provider,
      dayCharges(
        await readUsageGroups(operator, moved(period, hours), { cliffs, dayBeginsHours: hours }),
        book,
      ).filter((charge) => charge.provider === provider),
    )
  const reconciled = reconcileCharges(given, { charges, shifted, shifts })
  const posting = { month, postedAtMs: nowMs, book, charges }
  const closed = await postMonth(operator, { ...posting, allocation: reconciled.allocation })
  const corrected =
    reconciled.adjusted === null
      ? null
      : await postMonth(operator, { ...posting, allocation: reconciled.adjusted })
  return {
    ...reconciled,
    balance: await readBalance(operator, month),
    witnesses: await witnessesOf(operator, reconciled.explained, book),
    posted: [closed, corrected],
  }
}

const shownWitnesses = 3

/**
 * Requests behind the largest part of each cause: the product's of that day, by every name that it
 * has.
 */
async function witnessesOf(
  operator: Database,
  { causes }: ExplainedBill,
  { aliases }: PriceBook,
): Promise<ReadonlyMap<CauseId, readonly string[]>> {
  const found = new Map<CauseId, readonly string[]>()
  for (const { cause, parts } of causes) {
    const part = parts.find(({ sku, dayMs: day }) => sku !== null && day !== null)
    if (part === undefined || part.sku === null || part.dayMs === null) continue
    const skus = [
      part.sku,
      ...aliases.filter(({ sku }) => sku === part.sku).map(({ alias }) => alias),
    ]
    found.set(
      cause,
      await readWitnesses(operator, { skus, dayMs: part.dayMs, cause, most: shownWitnesses }),
    )
  }
  return found
}

function moved({ fromMs, toMs }: Period, hours: number): Period {
  return { fromMs: fromMs + hours * hourMs, toMs: toMs + hours * hourMs }
}

/** Weights for shared cost: vector queries, and where there are none, events. */
function activityOf(charges: readonly DayCharge[]): readonly TenantActivity[] {
  const own = Map.groupBy(charges, ({ tenantId }) => tenantId)
  return [...own].map(([tenantId, ofTenant]) => {
    const events = (of: readonly DayCharge[]): bigint =>
      [...new Set(of.map(({ use }) => use))].reduce((sum, use) => sum + use.events, 0n)
    const queries = events(ofTenant.filter(({ unit }) => unit === 'read-units'))
    return { tenantId, queries: Number(queries > 0n ? queries : events(ofTenant)), storedBytes: 0 }
  })
}

/**
 * Whether everything adds up. Ledger: the tenants' own lines are what their use comes to, added up
 * apart from them, and the ledger in the database has the whole. Causes: nothing of the gap is left
 * without one. Bill: the adjusted ledger is the bill.
 */
export function closureOf({
  charges,
  allocation,
  explained,
  adjusted,
  billed,
  balance,
}: ReconciledMonth): {
  readonly ledger: boolean
  readonly causes: boolean
  readonly bill: boolean | null
} {
  const total = ({ lines, unallocated }: Allocation): bigint =>
    sumUsd([...lines.map(({ amount }) => amount), ...unallocated.values()])
  const charged = [...Map.groupBy(charges, ({ component }) => component).values()].map((own) =>
    roundedUsd(sumFractions(own.map(({ exact }) => exact))),
  )
  const own = allocation.lines
    .filter(({ method }) => method === 'direct')
    .map(({ amount }) => amount)
  return {
    ledger:
      sumUsd(own) === sumUsd(charged) &&
      (balance === null || balance === total(adjusted ?? allocation)),
    causes: explained.unexplained === 0n,
    bill: adjusted === null ? null : total(adjusted) === billed,
  }
}
