/** What is earned on an amount of revenue. */
import { picoUsd, usdAsNumber, type PicoUsd } from '../../base/money.ts'

/** Revenue against cost. Margins are null where there is nothing to divide by, with the reason. */
export interface Margin {
  readonly revenueUsd: PicoUsd | null
  readonly costUsd: PicoUsd
  /** (revenue - cost) / revenue. */
  readonly grossMarginPct: number | null
  /** (revenue - cost) / cost. */
  readonly markupPct: number | null
  readonly reason: string | null
}

/** Margins of an amount paid and an amount spent. */
export function marginOf(revenueUsd: PicoUsd | null, costUsd: PicoUsd): Margin {
  if (revenueUsd === null)
    return {
      revenueUsd,
      costUsd,
      grossMarginPct: null,
      markupPct: null,
      reason: 'there is no plan, so no revenue',
    }
  const profit = usdAsNumber(picoUsd(revenueUsd - costUsd))
  const over = (amount: PicoUsd): number | null =>
    amount === 0n ? null : (100 * profit) / usdAsNumber(amount)
  const missing = [
    ...(revenueUsd === 0n ? ['no revenue'] : []),
    ...(costUsd === 0n ? ['no cost'] : []),
  ]
  return {
    revenueUsd,
    costUsd,
    grossMarginPct: over(revenueUsd),
    markupPct: over(costUsd),
    reason: missing.length === 0 ? null : `there is ${missing.join(' and ')}`,
  }
}
