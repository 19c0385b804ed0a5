/**
 * A rate that changes linearly over the whole load, warm-up included. A unit Poisson process, its
 * time rescaled by the inverse of the integrated rate (Çinlar 1975; Lewis and Shedler 1979 compare
 * it with thinning, which would draw more at a lower rate).
 */
import type { ArrivalsOf } from '../../../scenario/load-schema.ts'
import { exponential, momentsUntil, type ArrivalProcess } from './process.ts'

/** Poisson arrivals at a linear rate. */
export const rampArrivals: ArrivalProcess<ArrivalsOf<'ramp'>> = (
  { fromPerSecond, toPerSecond },
  { durationMs, random },
) => {
  const seconds = durationMs / 1000
  const slope = (toPerSecond - fromPerSecond) / seconds
  const expected = ((fromPerSecond + toPerSecond) / 2) * seconds
  let passed = 0
  return momentsUntil(durationMs, expected, () => {
    passed += exponential(random)
    // The root of from·t + slope·t²/2 = passed in the form that has no cancellation, and is right
    // for a slope of nothing.
    return passed < expected
      ? (2000 * passed) /
          (fromPerSecond +
            Math.sqrt(Math.max(0, fromPerSecond * fromPerSecond + 2 * slope * passed)))
      : Infinity
  })
}
