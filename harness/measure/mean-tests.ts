/**
 * Tests of "nothing has changed" by Student's t, and what is left of their p-values when there are
 * many.
 */
import { sampleStandardDeviation } from 'simple-statistics'
import { meanOrZero } from './intervals.ts'
import { studentsT } from './students-t.ts'

/**
 * Two-sided p-value of "the ratio of the means is one", of at least two pairs, by the ratio
 * estimator (Cochran 1977, "Sampling Techniques", 6.3): what is noise is how far pairs are from the
 * common ratio. A test on plain differences takes it for noise that a slow question slows down by
 * more milliseconds than a fast one, and finds a doubling of twelve questions unlikely and no more.
 */
export function pairedTest(old: readonly number[], young: readonly number[]): number {
  const base = meanOrZero(old)
  const ratio = meanOrZero(young) / base
  const residuals = old.map((value, at) => ((young[at] ?? 0) - ratio * value) / base)
  return twoSided(ratio - 1, squareErrorOf(residuals), old.length - 1)
}

/**
 * Two-sided p-value of "both have one mean", of two independent lists of at least two values (Welch
 * 1947).
 */
export function welchTest(old: readonly number[], young: readonly number[]): number {
  const parts = [old, young].map((side) => ({
    square: squareErrorOf(side),
    degrees: side.length - 1,
  }))
  const square = parts.reduce((sum, part) => sum + part.square, 0)
  return twoSided(
    meanOrZero(young) - meanOrZero(old),
    square,
    square ** 2 / parts.reduce((sum, part) => sum + part.square ** 2 / part.degrees, 0),
  )
}

function squareErrorOf(values: readonly number[]): number {
  return sampleStandardDeviation([...values]) ** 2 / values.length
}

function twoSided(difference: number, squareError: number, degrees: number): number {
  if (squareError === 0) return difference === 0 ? 1 : 0
  return 2 * studentsT.cdf(-Math.abs(difference) / Math.sqrt(squareError), degrees)
}

/**
 * Holm's correction: p-values of many comparisons so that one in twenty families has a false alarm,
 * not one in twenty comparisons.
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((_each, at) => at)
    .toSorted((one, other) => (pValues[one] ?? 1) - (pValues[other] ?? 1))
  const adjusted = new Array<number>(pValues.length)
  let least = 0
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * (pValues[at] ?? 1)))
    adjusted[at] = least
  }
  return adjusted
}
