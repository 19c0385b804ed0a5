/**
 * Latencies by the hundred million: counts by the exponent and the first eight bits of the fraction
 * of a 32-bit float, so that a bucket is at most 0.4 % wide and recording is two loads and one
 * addition. HdrHistogram, which recorded runs use, takes twenty times as long, and would be most of
 * what a simulation costs. Two of them add up exactly.
 */
import { leastSamplesFor, type Percentiles } from '../../measure/quantiles.ts'

const keptBits = 8
const dropped = 23 - keptBits
/** 2^-4 ms is the smallest that is told apart, 2^28 ms (three days) the largest. */
const lowest = (127 - 4) << keptBits
const bucketCount = (28 + 4) << keptBits

/** How many buckets a series has; what records in place needs it. */
export const latencyBucketCount = bucketCount

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The bucket of a latency. */
export function bucketOf(latencyMs: number): number {
  float[0] = latencyMs
  const bucket = ((bits[0] ?? 0) >>> dropped) - lowest
  return bucket < 0 ? 0 : bucket >= bucketCount ? bucketCount - 1 : bucket
}

/** The middle of a bucket, in milliseconds. */
export function middleOf(bucket: number): number {
  const edge = (at: number): number => {
    bits[0] = (at + lowest) << dropped
    return float[0] ?? 0
  }
  return (edge(bucket) + edge(bucket + 1)) / 2
}

/** An empty series; doubles, for counts of hours are fractions and those of years large. */
export function latencySeries(): Float64Array {
  return new Float64Array(bucketCount)
}

/** The latency that a share of the counts does not exceed; null of none. */
export function latencyAt(series: Float64Array, share: number): number | null {
  let count = 0
  for (const each of series) count += each
  if (count <= 0) return null
  let left = share * count
  for (let bucket = 0; bucket < series.length; bucket++) {
    left -= series[bucket] ?? 0
    if (left <= 1e-9 * count && (series[bucket] ?? 0) > 0) return middleOf(bucket)
  }
  return null
}

/** The percentiles that the counts carry. */
export function percentilesOf(series: Float64Array): Percentiles {
  let count = 0
  for (const each of series) count += each
  const carried = (share: number): number | null =>
    count < leastSamplesFor(share) ? null : latencyAt(series, share)
  return { count: Math.round(count), p50: carried(0.5), p95: carried(0.95), p99: carried(0.99) }
}
