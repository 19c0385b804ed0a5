/** A month of the user's own as a check of readiness. */
import type { CheckResult } from '../../src/base/verdict.ts'
import type { DriftVerdict } from '../../src/index.ts'
import { checkReconciliation } from './month.ts'
import { monthsOf, reconcileOwnMonth, type OwnMonth } from './own-month.ts'

/** The check with the verdict on drift that it rests on; null when nothing could be compared. */
export interface OwnMonthResult {
  readonly check: CheckResult
  readonly drift: DriftVerdict | null
}

/**
 * Compares. Throws TB_PRICE_MISSING: usage without a price closes nothing. Usage of two months is
 * not one bill.
 */
export function checkOwnMonth(month: OwnMonth): OwnMonthResult {
  const { usage, book } = month
  const months = monthsOf(usage)
  if (months.length !== 1)
    return {
      check: {
        id: 'cost.reconciliation',
        verdict: 'inconclusive',
        evidence: `The usage is of ${months.length} months (${months.join(', ')}, UTC); a bill is of one.`,
      },
      drift: null,
    }
  const { drift } = reconcileOwnMonth(month, new Map()).explained
  const found = checkReconciliation(drift)
  const tenants = new Set(usage.map(({ tenant }) => tenant)).size
  return {
    check: {
      ...found,
      evidence:
        `Your ${months[0] ?? ''} (${usage.length} lines of usage, ${tenants} tenants, ` +
        `price book ${book.id}): ${found.evidence}`,
    },
    drift: drift.verdict,
  }
}
