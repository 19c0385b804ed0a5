/** Equal gaps, the first arrival at once. Each moment is a product, so that no error adds up. */
import type { ArrivalsOf } from '../../../scenario/load-schema.ts'
import { momentsUntil, type ArrivalProcess } from './process.ts'

/** Arrivals at a constant rate. */
export const constantArrivals: ArrivalProcess<ArrivalsOf<'constant'>> = (
  { ratePerSecond },
  { durationMs },
) => {
  let count = 0
  return momentsUntil(
    durationMs,
    (ratePerSecond * durationMs) / 1000,
    () => (count++ * 1000) / ratePerSecond,
  )
}
