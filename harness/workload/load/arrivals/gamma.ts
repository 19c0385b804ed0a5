/**
 * Gamma-distributed gaps of mean 1/rate, by their shape (vLLM's `burstiness`): 1 is Poisson, less
 * comes in bursts, more is more even.
 */
import type { Random } from '../../../../src/base/random.ts'
import type { ArrivalsOf } from '../../../scenario/load-schema.ts'
import { momentsUntil, type ArrivalProcess } from './process.ts'

/** Arrivals of a gamma renewal process. */
export const gammaArrivals: ArrivalProcess<ArrivalsOf<'gamma'>> = (
  { ratePerSecond, burstiness },
  { durationMs, random },
) => {
  const draw = gammaVariates(burstiness, random)
  let seconds = 0
  return momentsUntil(
    durationMs,
    (ratePerSecond * durationMs) / 1000,
    () => (seconds += draw() / (burstiness * ratePerSecond)) * 1000,
  )
}

/**
 * Gamma variates of a shape and scale 1. G. Marsaglia and W. W. Tsang, "A simple method for
 * generating gamma variables", ACM Transactions on Mathematical Software 26(3), 2000: a cubed
 * normal, rejected by less than 5 %; a shape below 1 by their note at the end of section 6,
 * G(shape) = G(shape + 1) × U^(1/shape).
 */
function gammaVariates(shape: number, random: Random): () => number {
  const scale = (shape < 1 ? shape + 1 : shape) - 1 / 3
  const spread = 1 / Math.sqrt(9 * scale)
  const large = (): number => {
    for (;;) {
      const normal = random.normal()
      const cubed = (1 + spread * normal) ** 3
      if (
        cubed > 0 &&
        Math.log(1 - random.unit()) < 0.5 * normal * normal + scale * (1 - cubed + Math.log(cubed))
      )
        return scale * cubed
    }
  }
  return shape < 1 ? () => large() * random.unit() ** (1 / shape) : large
}
