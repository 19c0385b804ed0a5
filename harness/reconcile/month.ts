/**
 * Closing the month of a run: usage to charges, charges to the ledger, the ledger against the
 * providers' own bill.
 */
import type { Clock } from '../../src/base/clock.ts'
import { monthBounds } from '../../src/base/clock.ts'
import { parseUsd, type PicoUsd, picoUsd, zeroUsd } from '../../src/base/money.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import {
  allocateMonth,
  chargesOf,
  cliffsOf,
  dayCharges,
  groupUsage,
  hoursPerMonth,
  postMonth,
  readStoredBytes,
  readUsage,
  reconcile,
  runDriftLimits,
  storageGroup,
  type Allocation,
  type AllocationMethod,
  type Charge,
  type Database,
  type PriceBook,
  type Reconciliation,
  type TenantActivity,
  type UsageEvent,
} from '../../src/index.ts'

/** What is closed. */
export interface MonthOptions {
  readonly operator: Database
  readonly clock: Clock
  readonly book: PriceBook
  readonly month: string
  readonly method: AllocationMethod
}

/** A closed month. */
export interface ClosedMonth {
  readonly charges: readonly Charge[]
  readonly allocation: Allocation
  readonly activity: readonly TenantActivity[]
}

/**
 * Prices all usage of the month and posts charges and ledger. Throws TB_PRICE_MISSING: usage
 * without a price closes nothing.
 */
export async function closeMonth({
  operator,
  clock,
  book,
  month,
  method,
}: MonthOptions): Promise<ClosedMonth> {
  const period = monthBounds(month)
  const usage = await readUsage(operator, period)
  const activity = activityOf(usage, await readStoredBytes(operator))
  // What is stored at the end of a run is taken to be held for a month: a run is a sample of one.
  const storage = activity
    .filter(({ storedBytes }) => storedBytes > 0)
    .map(({ tenantId, storedBytes }) =>
      storageGroup(tenantId, {
        bytes: BigInt(storedBytes),
        hours: hoursPerMonth,
        fromMs: clock.nowMs(),
      }),
    )
  const charges = dayCharges([...groupUsage(usage, cliffsOf([book])), ...storage], book)
  const allocation = allocateMonth({
    direct: charges,
    shared: [],
    tenants: activity,
    book,
    rules: new Map([['*', { method }]]),
  })
  await postMonth(operator, { month, postedAtMs: clock.nowMs(), book, charges, allocation })
  return { charges: usage.flatMap((event) => chargesOf(event, book)), allocation, activity }
}

function activityOf(
  usage: readonly UsageEvent[],
  storedBytes: ReadonlyMap<string, number>,
): readonly TenantActivity[] {
  const tenants = new Map<UsageEvent['tenantId'], number>()
  for (const { tenantId, quantities } of usage)
    tenants.set(tenantId, (tenants.get(tenantId) ?? 0) + (quantities.queries ?? 0))
  return [...tenants]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tenantId, queries]) => ({
      tenantId,
      queries,
      storedBytes: storedBytes.get(tenantId) ?? 0,
    }))
}

/** What each request cost, over all its attempts. */
export function costByRequest(charges: readonly Charge[]): (requestId: string) => PicoUsd {
  const costs = new Map<string, bigint>()
  for (const { requestId, amount } of charges)
    costs.set(requestId, (costs.get(requestId) ?? 0n) + amount)
  return (requestId) => picoUsd(costs.get(requestId) ?? zeroUsd)
}

/** Compares the month's ledger with the bill. */
export function reconcileMonth(
  closed: ClosedMonth,
  bill: readonly { readonly component: string; readonly usd: string }[],
): Reconciliation {
  const unallocated = [...closed.allocation.unallocated].map(([component, amount]) => ({
    component,
    amount,
  }))
  return reconcile(
    [...closed.allocation.lines, ...unallocated],
    bill.map(({ component, usd }) => ({ component, amount: parseUsd(usd) })),
    runDriftLimits,
  )
}

/** What the services say went wrong in the month: it explains a small drift. */
export interface Incidents {
  readonly abortedStreams: number
  readonly lateEvents: number
}

/**
 * The verdict on drift: over 5 % in any component is not a pass. A component of less than a cent on
 * both sides is not judged, and said not to be; when none is left, nothing was compared.
 */
export function checkReconciliation(
  reconciliation: Reconciliation,
  incidents: Incidents = { abortedStreams: 0, lateEvents: 0 },
): CheckResult {
  const id = 'cost.reconciliation'
  const { floor } = runDriftLimits
  const judged = reconciliation.components.filter(
    ({ allocated, billed }) => allocated > floor || billed > floor,
  )
  const [first] = judged
  if (first === undefined)
    return {
      id,
      verdict: 'inconclusive',
      evidence: 'No component came to a cent, so nothing was compared.',
    }
  const size = ({ driftPct, allocated }: (typeof judged)[number]): number =>
    driftPct === null ? (allocated === 0n ? 0 : Number.POSITIVE_INFINITY) : Math.abs(driftPct)
  const worst = judged.reduce((most, each) => (size(each) > size(most) ? each : most), first)
  const small = reconciliation.components
    .filter((each) => !judged.includes(each))
    .map(({ component }) => component)
  const evidence = [
    `Drift of what was used ${percentage(reconciliation.usage.driftPct)}, at most ` +
      `${percentage(worst.driftPct)} (${worst.component}) over ${judged.length} components; ` +
      'limits 5 % and 10 %.',
    ...(small.length === 0 ? [] : [`Under a cent and not judged: ${small.join(', ')}.`]),
    ...(incidents.abortedStreams + incidents.lateEvents === 0
      ? []
      : [
          `The vendors had ${incidents.abortedStreams} broken streams and book ${incidents.lateEvents} events late.`,
        ]),
    ...judged
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ component, verdict }) => `${component}: ${verdict}.`),
  ]
  return {
    id,
    verdict: reconciliation.verdict === 'pass' ? 'pass' : 'fail',
    evidence: evidence.join(' '),
  }
}

function percentage(share: number | null): string {
  if (share === null) return 'not defined'
  return share !== 0 && Math.abs(share) < 0.001 ? 'under 0.001 %' : `${share.toFixed(3)} %`
}
