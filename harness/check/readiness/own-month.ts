/**
 * A month of the user's own: usage as metered and the bill as it came, priced with a price book and compared before any adjustment.
 * The same formulas and limits as for a run; the bill's lines are named as the price book names its components.
 */
import { monthOf } from '../../../src/base/clock.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import { amountOf, minimumTopUps, priceOf, reconcile, type ComponentAmount, type PriceBook, type Reconciliation } from '../../../src/index.ts'
import type { ReadUsage } from '../../scenario/own-month.ts'
import { checkReconciliation } from '../month.ts'

type DriftVerdict = Reconciliation['verdict']

/** What is compared. */
export interface OwnMonth {
  readonly usage: readonly ReadUsage[]
  readonly bill: readonly ComponentAmount[]
  readonly book: PriceBook
}

/** The check with the verdict on drift that it rests on; null when nothing could be compared. */
export interface OwnMonthResult {
  readonly check: CheckResult
  readonly drift: DriftVerdict | null
}

/** Compares. Throws TB_PRICE_MISSING: usage without a price closes nothing. Usage of two months is not one bill. */
export function checkOwnMonth({ usage, bill, book }: OwnMonth): OwnMonthResult {
  const months = [...new Set(usage.map(({ occurredAtMs }) => monthOf(occurredAtMs)))].sort()
  if (months.length !== 1) return { check: { id: 'cost.reconciliation', verdict: 'inconclusive', evidence: `The usage is of ${months.length} months (${months.join(', ')}, UTC); a bill is of one.` }, drift: null }
  const lines = usage.map(({ provider, sku, unit, quantity, occurredAtMs }) => {
    const price = priceOf(book, { provider, sku, unit, atMs: occurredAtMs })
    return { component: price.component, amount: amountOf({ numerator: quantity, denominator: 1n }, price) }
  })
  const billed = new Set(bill.map(({ component }) => component))
  const minimums = [...minimumTopUps(lines, book)].filter(([component]) => billed.has(component)).map(([component, amount]) => ({ component, amount }))
  const reconciliation = reconcile([...lines, ...minimums], bill)
  const found = checkReconciliation(reconciliation)
  const tenants = new Set(usage.map(({ tenant }) => tenant)).size
  return { check: { ...found, evidence: `Your ${months[0] ?? ''} (${usage.length} lines of usage, ${tenants} tenants, price book ${book.id}): ${found.evidence}` }, drift: reconciliation.verdict }
}
