/**
 * What every arrival process is: a function from what the scenario says to ascending moments.
 * Nothing is rescaled to hit the mean: the spread of counts belongs to the process.
 */
import type { Random } from '../../../../src/base/random.ts'

/** How long, and by which draws. */
export interface Span {
  readonly durationMs: number
  readonly random: Random
}

/** Ascending moments in [0, durationMs). */
export type ArrivalProcess<A> = (arrivals: A, span: Span) => Float64Array

/** Collects moments until one is not before the end. `expected` only spares copies. */
export function momentsUntil(endMs: number, expected: number, nextMs: () => number): Float64Array {
  let moments = new Float64Array(Math.max(16, Math.ceil(expected + 5 * Math.sqrt(expected))))
  let count = 0
  for (let at = nextMs(); at < endMs; at = nextMs()) {
    if (count === moments.length) {
      const larger = new Float64Array(2 * count)
      larger.set(moments)
      moments = larger
    }
    moments[count++] = at
  }
  return moments.slice(0, count)
}

/** A unit exponential variate, by inversion. */
export function exponential(random: Random): number {
  return -Math.log(1 - random.unit())
}
