/** Closing the month of a run: usage to charges, charges to the ledger, the ledger against the providers' own bill. */
import type { Clock } from '../../src/base/clock.ts'
import { monthBounds } from '../../src/base/clock.ts'
import { parseUsd, type PicoUsd, picoUsd, zeroUsd } from '../../src/base/money.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import {
  allocateMonth,
  chargesOf,
  postCharges,
  postLedger,
  readStoredBytes,
  readUsage,
  reconcile,
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

/** Prices all usage of the month and posts charges and ledger. Throws TB_PRICE_MISSING: usage without a price closes nothing. */
export async function closeMonth({ operator, clock, book, month, method }: MonthOptions): Promise<ClosedMonth> {
  const period = monthBounds(month)
  const usage = await readUsage(operator, period)
  const charges = usage.flatMap((event) => chargesOf(event, book))
  await postCharges(operator, charges, book.id)
  const activity = activityOf(usage, await readStoredBytes(operator))
  const allocation = allocateMonth({ charges, tenants: activity, book, method, atMs: clock.nowMs() })
  await postLedger(operator, allocation.lines, { month, postedAtMs: clock.nowMs() })
  return { charges, allocation, activity }
}

function activityOf(usage: readonly UsageEvent[], storedBytes: ReadonlyMap<string, number>): readonly TenantActivity[] {
  const tenants = new Map<UsageEvent['tenantId'], number>()
  for (const { tenantId, quantities } of usage) tenants.set(tenantId, (tenants.get(tenantId) ?? 0) + (quantities.queries ?? 0))
  return [...tenants].sort(([one], [other]) => (one < other ? -1 : 1)).map(([tenantId, queries]) => ({ tenantId, queries, storedBytes: storedBytes.get(tenantId) ?? 0 }))
}

/** What each request cost, over all its attempts. */
export function costByRequest(charges: readonly Charge[]): (requestId: string) => PicoUsd {
  const costs = new Map<string, bigint>()
  for (const { requestId, amount } of charges) costs.set(requestId, (costs.get(requestId) ?? 0n) + amount)
  return (requestId) => picoUsd(costs.get(requestId) ?? zeroUsd)
}

/** Compares the month's ledger with the bill. */
export function reconcileMonth(closed: ClosedMonth, bill: readonly { readonly component: string; readonly usd: string }[]): Reconciliation {
  const unallocated = [...closed.allocation.unallocated].map(([component, amount]) => ({ component, amount }))
  return reconcile([...closed.allocation.lines, ...unallocated], bill.map(({ component, usd }) => ({ component, amount: parseUsd(usd) })))
}

/** The verdict on drift: over 5 % in any component is not a pass. Without a bill nothing was compared. */
export function checkReconciliation(reconciliation: Reconciliation): CheckResult {
  const id = 'cost.reconciliation'
  if (reconciliation.components.length === 0) return { id, verdict: 'inconclusive', evidence: 'Nothing was used and nothing billed.' }
  const size = ({ driftPct, allocated }: (typeof reconciliation.components)[number]): number => (driftPct === null ? (allocated === 0n ? 0 : Number.POSITIVE_INFINITY) : Math.abs(driftPct))
  const worst = reconciliation.components.reduce((most, each) => (size(each) > size(most) ? each : most))
  const written = (percentage: number | null): string => (percentage === null ? 'not defined' : percentage !== 0 && Math.abs(percentage) < 0.001 ? 'under 0.001 %' : `${percentage.toFixed(3)} %`)
  const evidence = `Drift ${written(reconciliation.total.driftPct)} in total, at most ${written(worst.driftPct)} (${worst.component}) over ${reconciliation.components.length} components; limits 5 % and 10 %, and a cent in any component.`
  const bad = reconciliation.components.filter(({ verdict }) => verdict !== 'pass').map(({ component, verdict }) => `${component}: ${verdict}`)
  return reconciliation.verdict === 'pass' ? { id, verdict: 'pass', evidence } : { id, verdict: 'fail', evidence: `${evidence} ${bad.join(', ')}.` }
}
