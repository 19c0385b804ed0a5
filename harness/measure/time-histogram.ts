/**
 * Times by the million in constant memory: HdrHistogram of microseconds with three significant
 * digits. Two of them add up exactly, bucket by bucket, so that any split of a run has the
 * quantiles of the whole within one bucket (a thousandth). Percentiles are nearest ranks: the least
 * time that so many percent of the samples do not exceed.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'
import { leastSamplesFor, type Percentiles } from './quantiles.ts'

/** Times, in milliseconds. */
export interface TimeHistogram {
  readonly count: number
  record(durationMs: number): void
  /** Adds all times of another. */
  add(other: TimeHistogram): void
  /** The value at a share (0 to 1), whatever the count; null of none. */
  valueAt(share: number): number | null
  /** The largest; null of none. */
  max(): number | null
  /** The percentiles that the count carries. */
  percentiles(): Percentiles
  /** As text, for a file or another thread. */
  encode(): string
}

const microsecondsPerMs = 1_000
// It grows with the largest value seen: a cell of fast answers stays small.
const options = {
  bitBucketSize: 32,
  autoResize: true,
  lowestDiscernibleValue: 1,
  highestTrackableValue: 2,
  numberOfSignificantValueDigits: 3,
  useWebAssembly: false,
} as const

const insides = new WeakMap<TimeHistogram, Histogram>()

/** An empty histogram. */
export function timeHistogram(): TimeHistogram {
  return over(build(options))
}

/** Reads what `encode` wrote. */
export function decodeTimeHistogram(text: string): TimeHistogram {
  const decoded = decodeFromCompressedBase64(text, 32, false)
  decoded.autoResize = true
  return over(decoded)
}

function over(inside: Histogram): TimeHistogram {
  const at = (share: number): number => inside.getValueAtPercentile(100 * share) / microsecondsPerMs
  const carried = (share: number): number | null =>
    inside.totalCount < leastSamplesFor(share) ? null : at(share)
  const histogram: TimeHistogram = {
    get count() {
      return inside.totalCount
    },
    record: (durationMs) =>
      inside.recordValue(Math.max(0, Math.round(durationMs * microsecondsPerMs))),
    add: (other) => inside.add(insides.get(other) as Histogram),
    valueAt: (share) => (inside.totalCount === 0 ? null : at(share)),
    max: () => (inside.totalCount === 0 ? null : inside.maxValue / microsecondsPerMs),
    percentiles: () => ({
      count: inside.totalCount,
      p50: carried(0.5),
      p95: carried(0.95),
      p99: carried(0.99),
    }),
    encode: () => encodeIntoCompressedBase64(inside),
  }
  insides.set(histogram, inside)
  return histogram
}
