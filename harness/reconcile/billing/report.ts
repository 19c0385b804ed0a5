/** A reconciled month as the report that others read. */
import { absolute } from '../../../src/base/fraction.ts'
import { dayOf } from '../../../src/base/clock.ts'
import { formatUsd, picoUsd, sumUsd } from '../../../src/base/money.ts'
import type { Cause, PriceBook, Reconciliation } from '../../../src/index.ts'
import { closureOf, type ReconciledMonth } from '../check-billing.ts'
import type {
  ReconcileCause,
  ReconcileComponent,
  ReconcileReport,
} from '../../../reports/reconcile/reconcile-report.ts'

/** What the report says beside the month. */
export type BesideTheMonth = Pick<ReconcileReport, 'subject' | 'simulation' | 'timing'> & {
  readonly book: PriceBook
}

const shownParts = 5

/** Writes the report. Tenants carry the adjusted ledger where there is one. */
export function reconcileReport(
  reconciled: ReconciledMonth,
  { book, ...beside }: BesideTheMonth,
): ReconcileReport {
  const { month, explained, allocation, adjusted, events, shifts } = reconciled
  const { drift, gap, causes } = explained
  const { lines, unallocated } = adjusted ?? allocation
  const tenants = [...Map.groupBy(lines, ({ tenantId }) => tenantId)].map(([tenant, own]) => ({
    tenant: String(tenant),
    usd: formatUsd(sumUsd(own.map(({ amount }) => amount))),
  }))
  return {
    month,
    verdict: drift.verdict,
    components: drift.components.map(componentOf),
    usage: componentOf(drift.usage),
    total: componentOf(drift.total),
    gapUsd: formatUsd(gap),
    causes: causes.map((each) => causeOf(each, reconciled.witnesses.get(each.cause) ?? [])),
    unallocatedUsd: formatUsd(sumUsd(unallocated.values())),
    unallocated: [...unallocated]
      .filter(([, amount]) => amount !== 0n)
      .map(([component, amount]) => ({ component, usd: formatUsd(amount) })),
    closes: closureOf(reconciled),
    events: Number(events),
    tenants: tenants.toSorted((one, other) => (one.tenant < other.tenant ? -1 : 1)),
    priceBook: { id: book.id, sha256: book.sha256 },
    dayBegins: [...shifts].map(([provider, hours]) => ({ provider, hours })),
    ...beside,
  }
}

function componentOf({
  component,
  allocated,
  billed,
  driftPct,
  verdict,
}: Reconciliation['total']): ReconcileComponent {
  return {
    component,
    allocatedUsd: formatUsd(allocated),
    billedUsd: formatUsd(billed),
    driftPct,
    verdict,
  }
}

/** Parts of one kind at one product are told together, the largest first. */
function causeOf(
  { cause, usd, events, parts }: Cause,
  requests: readonly string[],
): ReconcileCause {
  const kinds = [
    ...Map.groupBy(
      parts,
      ({ component, sku, why }) => `${component}\n${sku ?? ''}\n${parts.length > 60 ? '' : why}`,
    ).values(),
  ].map((own) => ({ own, amount: sumUsd(own.map((each) => each.usd)) }))
  kinds.sort((one, other) => (absolute(one.amount) > absolute(other.amount) ? -1 : 1))
  return {
    cause,
    usd: formatUsd(usd),
    events: Number(events),
    requests,
    where: kinds.slice(0, shownParts).flatMap(({ own, amount }) => {
      const [first] = own
      return first === undefined
        ? []
        : [
            {
              component: first.component,
              product: first.sku,
              day: first.dayMs === null ? null : dayOf(first.dayMs),
              usd: formatUsd(picoUsd(amount)),
              events: Number(own.reduce((sum, each) => sum + each.events, 0n)),
              why: first.why,
            },
          ]
    }),
  }
}
