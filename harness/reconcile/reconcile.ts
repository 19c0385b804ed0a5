/**
 * The story of a reconciliation: a month of usage, the bills for it, and whether the two agree well
 * enough to price on. The month is a simulated one on real parts, against the local vendors' books;
 * the user's own needs no parts (harness/reconcile/own-month.ts).
 */
import type { Clock } from '../../src/base/clock.ts'
import { newSuffix } from '../../src/base/random.ts'
import { readBill, readOwnLedger, type AllocationRule, type PriceBook } from '../../src/index.ts'
import { reconcileStored, type ReconciledMonth } from './check-billing.ts'
import { callsPerStatement, openOurSide, type OurSide } from './billing/our-side.ts'
import { openVendorSide, type VendorBill, type VendorSide } from './billing/vendor-side.ts'
import type { BillFault } from '../services/books/bill-faults.ts'
import { startServices } from '../services/services.ts'
import {
  callsOf,
  tenantsOf,
  type BillingMonthPlan,
  type PlannedCall,
} from '../workload/billing-month.ts'

/**
 * How shared cost is given to tenants where nobody says otherwise; taxes and credits have no rule,
 * and stay unallocated.
 */
export const usualRules: ReadonlyMap<string, AllocationRule> = new Map([
  ['pinecone.minimum', { method: 'minimum-top-up' }],
])

/** A simulated month. */
export interface SimulatedMonth {
  readonly plan: BillingMonthPlan
  readonly fault: BillFault | null
  readonly book: PriceBook
  readonly databaseUrl: string | null
  readonly clock: Clock
  readonly signal: AbortSignal
  onProgress(step: string, done: number, of: number): void
}

/** What came of it: the month, what the vendors knew beforehand, and the seconds it took. */
export interface SimulatedResult {
  readonly reconciled: ReconciledMonth
  readonly known: VendorBill
  readonly tenants: number
  /**
   * Whether a tenant's own session read its own ledger, and the same amount that the operator
   * posted.
   */
  readonly ownLedgerAgrees: boolean
  readonly recordSeconds: number
  readonly reconcileSeconds: number
}

/**
 * The usual behaviour of vendors: a stream in a thousand breaks off, a call in two hundred is
 * retried.
 */
export const usualRates = { aborted: 0.001, untold: 0, retried: 0.005 } as const

/** Simulates a month and reconciles it. Throws what services and price book throw. */
export async function reconcileSimulated(options: SimulatedMonth): Promise<SimulatedResult> {
  const { plan, fault, clock, databaseUrl, signal, onProgress } = options
  onProgress('starting PostgreSQL', 0, 1)
  await using services = await startServices(
    {
      runId: `reconcile_${newSuffix()}`,
      seed: plan.seed,
      timeScale: 0,
      faults: { abortedStreams: 0, lateEvents: 0, throttled: 0 },
      namespacesPerIndex: 100,
      databaseUrl,
    },
    clock,
  )
  signal.throwIfAborted()
  await using ours = await openOurSide(services.addresses.adminUrl, tenantsOf(plan), clock)
  const vendors = openVendorSide({ month: plan.month, seed: plan.seed, fault })
  const startedMs = clock.monotonicMs()
  await record(options, ours, vendors)
  const recordedMs = clock.monotonicMs()
  onProgress('reconciling', 0, 1)
  const known = vendors.bill()
  const bill = readBill(known.documents, options.book)
  const reconciled = await reconcileStored(ours.operator, {
    month: plan.month,
    book: options.book,
    bill,
    rules: usualRules,
    nowMs: clock.nowMs(),
  })
  const reconciledMs = clock.monotonicMs()
  return {
    reconciled,
    known,
    tenants: plan.tenants,
    ownLedgerAgrees: await ownLedgerAgrees(ours, reconciled),
    recordSeconds: (recordedMs - startedMs) / 1_000,
    reconcileSeconds: (reconciledMs - recordedMs) / 1_000,
  }
}

/**
 * Every call goes to both sides: into the vendors' books, and into its tenant's session, two
 * statements at a time.
 */
async function record(
  { plan, signal, onProgress }: SimulatedMonth,
  ours: OurSide,
  vendors: VendorSide,
): Promise<void> {
  const names = tenantsOf(plan)
  let underWay: Promise<void> = Promise.resolve()
  const send = async (batch: readonly PlannedCall[]): Promise<void> => {
    const before = underWay
    underWay = ours.record(batch)
    underWay.catch(() => undefined)
    await before
    signal.throwIfAborted()
  }
  for (const [at, tenant] of names.entries()) {
    onProgress('recording usage', at, names.length)
    let batch: PlannedCall[] = []
    for (const call of callsOf(plan, tenant)) {
      vendors.hear(call)
      batch.push(call)
      if (batch.length < callsPerStatement) continue
      await send(batch)
      batch = []
    }
    await send(batch)
  }
  await underWay
}

async function ownLedgerAgrees(
  { tenants }: OurSide,
  { month, adjusted, allocation }: ReconciledMonth,
): Promise<boolean> {
  const { lines } = adjusted ?? allocation
  const [first] = lines
  if (first === undefined) return false
  const own = await readOwnLedger(tenants, first.tenantId, month)
  const expected = lines.filter(({ tenantId }) => tenantId === first.tenantId)
  return (
    own.length === expected.length &&
    expected.every(({ component, method, amount }) =>
      own.some(
        (line) => line.component === component && line.method === method && line.amount === amount,
      ),
    )
  )
}
