/**
 * A day in the life of a service: a sinusoidal rate. A unit Poisson process, its time rescaled by
 * the inverse of the integrated rate, found numerically.
 */
import { expectedByDay, type ArrivalsOf } from '../../../scenario/load-schema.ts'
import { exponential, momentsUntil, type ArrivalProcess } from './process.ts'

// A millionth of a millisecond is finer than any clock here.
const nearEnoughSeconds = 1e-9

/** Poisson arrivals at a sinusoidal rate. */
export const diurnalArrivals: ArrivalProcess<ArrivalsOf<'diurnal'>> = (
  arrivals,
  { durationMs, random },
) => {
  const end = durationMs / 1000
  const expected = expectedByDay(arrivals, end)
  let passed = 0
  let seconds = 0
  return momentsUntil(durationMs, expected, () => {
    passed += exponential(random)
    if (passed >= expected) return Infinity
    seconds = secondsAt(arrivals, passed, { low: seconds, high: end })
    return seconds * 1000
  })
}

/**
 * When so many arrivals are expected: Newton's steps, and a bisection wherever one would leave the
 * bracket.
 */
function secondsAt(
  arrivals: ArrivalsOf<'diurnal'>,
  passed: number,
  bracket: { readonly low: number; readonly high: number },
): number {
  let { low, high } = bracket
  let at = low
  for (let step = 0; step < 100 && high - low > nearEnoughSeconds; step++) {
    const tooMany = expectedByDay(arrivals, at) - passed
    if (tooMany > 0) high = at
    else low = at
    const newton = at - tooMany / rateAt(arrivals, at)
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - at) < nearEnoughSeconds) return next
    at = next
  }
  return at
}

function rateAt(
  { meanPerSecond, peakToTrough, periodSeconds, peakAtSeconds }: ArrivalsOf<'diurnal'>,
  seconds: number,
): number {
  return (
    meanPerSecond *
    (1 +
      ((peakToTrough - 1) / (peakToTrough + 1)) *
        Math.cos((2 * Math.PI * (seconds - peakAtSeconds)) / periodSeconds))
  )
}
