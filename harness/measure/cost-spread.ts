/**
 * How far the cost of queries spreads, and how it concentrates. Means alone say nothing of heavy
 * tails: a few queries, or a few tenants, may be most of the bill.
 */
import { quantileSorted } from 'simple-statistics'
import { meanOrZero } from './intervals.ts'
import { leastSamples } from './quantiles.ts'

/** The spread of one cell's queries, in dollars; null where there are too few to say. */
export interface CostSpread {
  readonly p50: number | null
  readonly p95: number | null
  readonly max: number | null
  /** Standard deviation over mean. */
  readonly coefficientOfVariation: number | null
  /** The part of all cost that the dearest hundredth of the queries is, in percent. */
  readonly topHundredthPct: number | null
}

const leastForHundredth = 100

/** The spread of costs. */
export function costSpread(costs: readonly number[]): CostSpread {
  const sorted = costs.toSorted((one, other) => one - other)
  const mean = meanOrZero(sorted)
  const total = sorted.reduce((sum, cost) => sum + cost, 0)
  const deviation = Math.sqrt(meanOrZero(sorted.map((cost) => (cost - mean) ** 2)))
  const top = sorted.slice(-Math.ceil(sorted.length / 100)).reduce((sum, cost) => sum + cost, 0)
  const at = (share: number, least: number): number | null =>
    sorted.length < least ? null : quantileSorted(sorted, share)
  return {
    p50: at(0.5, leastSamples.p50),
    p95: at(0.95, leastSamples.p95),
    max: sorted.at(-1) ?? null,
    coefficientOfVariation: mean === 0 ? null : deviation / mean,
    topHundredthPct: sorted.length < leastForHundredth || total === 0 ? null : (100 * top) / total,
  }
}

/** How unevenly an amount lies on tenants. */
export interface Concentration {
  readonly tenants: number
  readonly largestSharePct: number
  /** The part of the dearest tenth of the tenants, at least one. */
  readonly topTenthSharePct: number
  /** 0 when all have the same, towards 1 when one has all (Gini 1912). */
  readonly gini: number
}

/**
 * The concentration of amounts that are not negative; null where there is nothing to concentrate.
 */
export function concentrationOf(amounts: readonly number[]): Concentration | null {
  const sorted = amounts.toSorted((one, other) => one - other)
  const total = sorted.reduce((sum, amount) => sum + amount, 0)
  if (total <= 0) return null
  const share = (count: number): number =>
    (100 * sorted.slice(-count).reduce((sum, amount) => sum + amount, 0)) / total
  const ranked = sorted.reduce((sum, amount, at) => sum + (at + 1) * amount, 0)
  return {
    tenants: sorted.length,
    largestSharePct: share(1),
    topTenthSharePct: share(Math.ceil(sorted.length / 10)),
    gini: (2 * ranked) / (sorted.length * total) - (sorted.length + 1) / sorted.length,
  }
}
