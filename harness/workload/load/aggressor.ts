/**
 * The noisy neighbour: extra arrivals of one tenant in windows that alternate with quiet ones, so
 * that each noisy window has a quiet one to be held against.
 */
import { randomFor } from '../../../src/base/random.ts'
import { stayOf, type WrittenLoad } from '../../scenario/load-schema.ts'
import { exponential, momentsUntil } from './arrivals/process.ts'

/**
 * The extra arrivals, ascending; none without an aggressor. Drawn in the time in which it is on, so
 * that longer pauses draw nothing anew.
 */
export function noiseArrivals(load: WrittenLoad, seed: number): Float64Array {
  const { aggressor, warmupSeconds, durationSeconds } = load
  if (aggressor === undefined) return new Float64Array(0)
  const { ratePerSecond, onSeconds, offSeconds, tenant } = aggressor
  const random = randomFor([seed, 'load', 'noise'])
  const expected =
    ((durationSeconds - warmupSeconds) * ratePerSecond * onSeconds) / (onSeconds + offSeconds)
  let on = 0
  const all = momentsUntil(durationSeconds * 1000, expected, () => {
    on += exponential(random) / ratePerSecond
    return (warmupSeconds + on + offSeconds * (1 + Math.floor(on / onSeconds))) * 1000
  })
  const { fromSeconds, untilSeconds } = stayOf(load, tenant)
  return all.filter((at) => fromSeconds * 1000 <= at && at < untilSeconds * 1000)
}
