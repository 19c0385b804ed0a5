/** The beta and normal distributions, from jstat, which brings no types and is CommonJS. */
import { createRequire } from 'node:module'

interface Distributions {
  readonly beta: { cdf(x: number, alpha: number, beta: number): number }
  readonly normal: { cdf(x: number, mean: number, standardDeviation: number): number }
}

const { jStat } = createRequire(import.meta.url)('jstat') as { readonly jStat: Distributions }

/**
 * Probability that a share is above a floor, after so many right of so many asked: the posterior
 * under Jeffreys' prior, Beta(1/2, 1/2).
 */
export function probabilityAbove(
  floor: number,
  { right, asked }: { readonly right: number; readonly asked: number },
): number {
  return floor <= 0
    ? 1
    : floor >= 1
      ? 0
      : 1 - jStat.beta.cdf(floor, right + 0.5, asked - right + 0.5)
}

/** Probability that a normal quantity is at most so much; without deviation it is or is not. */
export function probabilityAtMost(
  limit: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): number {
  return deviation <= 0 ? (mean <= limit ? 1 : 0) : jStat.normal.cdf(limit, mean, deviation)
}
