/** Independent arrivals: exponential gaps. */
import type { ArrivalsOf } from '../../../scenario/load-schema.ts'
import { exponential, momentsUntil, type ArrivalProcess } from './process.ts'

/** Arrivals of a Poisson process. */
export const poissonArrivals: ArrivalProcess<Pick<ArrivalsOf<'poisson'>, 'ratePerSecond'>> = (
  { ratePerSecond },
  { durationMs, random },
) => {
  let seconds = 0
  return momentsUntil(
    durationMs,
    (ratePerSecond * durationMs) / 1000,
    () => (seconds += exponential(random) / ratePerSecond) * 1000,
  )
}
