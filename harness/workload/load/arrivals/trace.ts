/** Moments that were recorded: what a trace says, faster or slower, until the load ends. */
import type { ArrivalsOf } from '../../../scenario/load-schema.ts'

/** Arrivals of a trace, by the moments in its file. */
export function traceArrivals(
  { speed }: ArrivalsOf<'trace'>,
  { durationMs, recordedMs }: { readonly durationMs: number; readonly recordedMs: Float64Array },
): Float64Array {
  const moments = recordedMs.map((at) => at / speed)
  const end = moments.findIndex((at) => at >= durationMs)
  return end === -1 ? moments : moments.slice(0, end)
}
