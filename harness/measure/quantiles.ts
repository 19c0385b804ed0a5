/**
 * Quantiles of samples, and none where there are too few: a p95 of 20 samples is their maximum
 * under another name. Exact, over sorted samples, by simple-statistics.
 */
import { mean, quantileSorted } from 'simple-statistics'

/** Percentiles of one cell; `null` where the count does not carry them. */
export interface Percentiles {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** The least number of samples that carries each percentile (DESIGN law 6). */
export const leastSamples = { p50: 5, p95: 60, p99: 300 } as const

/**
 * The least number of samples that carries any percentile: three beyond it, and five for those up
 * to the median.
 */
export function leastSamplesFor(share: number): number {
  return share <= 0.5 ? leastSamples.p50 : Math.ceil(Number((3 / (1 - share)).toFixed(6)))
}

/** The percentiles of samples. */
export function percentilesOf(samples: readonly number[]): Percentiles {
  const sorted = samples.toSorted((one, other) => one - other)
  const at = (share: number, least: number): number | null =>
    sorted.length < least ? null : quantileSorted(sorted, share)
  return {
    count: sorted.length,
    p50: at(0.5, leastSamples.p50),
    p95: at(0.95, leastSamples.p95),
    p99: at(0.99, leastSamples.p99),
  }
}

/** The mean, or null of nothing. */
export function meanOf(samples: readonly number[]): number | null {
  return samples.length === 0 ? null : mean([...samples])
}
