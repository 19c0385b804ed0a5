/**
 * Where a series of runs has changed its level: E-divisive with means (Matteson and James 2014, "A
 * Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data") finds the
 * places, and a t-test in place of its permutations says which of them count, as Hunter and Apache
 * Otava do, so that the same series always says the same. Three runs at least make a level: one
 * spike is none.
 */
import { meanOrZero } from './intervals.ts'
import { welchTest } from './mean-tests.ts'

/**
 * A change of level. `at` is the place of the first value of the new one; the p-value is corrected
 * for the places it could have been at.
 */
export interface ChangePoint {
  readonly at: number
  readonly beforeMean: number
  readonly afterMean: number
  /** Null where the level before is zero. */
  readonly deltaPct: number | null
  readonly pValue: number
}

/**
 * The place that divides a series best: between `at - 1` and `at`, judged on the values before
 * `end`.
 */
export interface Split {
  readonly at: number
  readonly end: number
  readonly statistic: number
}

/** Fewer values than this are no level. */
export const leastSegment = 3

/** What counts as a change: its corrected p-value at most, and its size in percent at least. */
export interface ChangeThresholds {
  readonly pValue: number
  readonly magnitudePct: number
}

/**
 * A first split may be blurred by the ones still to be found; only the last look, with every level
 * known, decides.
 */
const firstLook = 0.05

/** All changes of level, in order. */
export function changePointsOf(
  values: readonly number[],
  thresholds: ChangeThresholds,
): readonly ChangePoint[] {
  let found = candidatesIn(values, 0)
  for (;;) {
    const judged = judge(values, found)
    const weakest = judged
      .filter(
        ({ deltaPct, pValue }) =>
          pValue > thresholds.pValue || Math.abs(deltaPct ?? Infinity) < thresholds.magnitudePct,
      )
      .toSorted((one, other) => other.pValue - one.pValue)[0]
    if (weakest === undefined) return judged
    found = found.filter((at) => at !== weakest.at)
  }
}

function candidatesIn(values: readonly number[], offset: number): readonly number[] {
  const split = strongestSplit(values)
  if (split === null || split.statistic <= 0) return []
  if (welchTest(values.slice(0, split.at), values.slice(split.at, split.end)) > firstLook) return []
  return [
    ...candidatesIn(values.slice(0, split.at), offset),
    offset + split.at,
    ...candidatesIn(values.slice(split.at), offset + split.at),
  ]
}

/** Each place against its neighbours: the levels on both sides up to the next change. */
function judge(values: readonly number[], places: readonly number[]): readonly ChangePoint[] {
  const borders = [0, ...places, values.length]
  // Borders were chosen too, so a level may begin and end anywhere in the series.
  const possible = values.length - 2 * leastSegment + 1
  return places.map((at, index) => {
    const [before, after] = [values.slice(borders[index], at), values.slice(at, borders[index + 2])]
    const [beforeMean, afterMean] = [meanOrZero(before), meanOrZero(after)]
    return {
      at,
      beforeMean,
      afterMean,
      deltaPct: beforeMean === 0 ? null : 100 * (afterMean / beforeMean - 1),
      pValue: Math.min(1, possible * welchTest(before, after)),
    }
  })
}

/**
 * The split with the largest statistic: m n / (m + n) times the energy distance (exponent 1)
 * between the values before a place and those from it to an end, over all places and ends. The end
 * keeps a later change from hiding an earlier one. Sums of distances over any rectangle come from
 * one table, which makes it quadratic.
 */
export function strongestSplit(values: readonly number[]): Split | null {
  const sum = distanceSums(values)
  let best: Split | null = null
  for (let at = leastSegment; at <= values.length - leastSegment; at++) {
    const within = sum([0, at], [0, at]) / (at * (at - 1))
    for (let end = at + leastSegment; end <= values.length; end++) {
      const count = end - at
      const energy =
        (2 * sum([0, at], [at, end])) / (at * count) -
        within -
        sum([at, end], [at, end]) / (count * (count - 1))
      const statistic = (energy * at * count) / end
      if (best === null || statistic > best.statistic) best = { at, end, statistic }
    }
  }
  return best
}

type Range = readonly [from: number, to: number]

/**
 * Sum of |x - y| for x in one range of places and y in another, their ends excluded, by a
 * summed-area table.
 */
function distanceSums(values: readonly number[]): (one: Range, other: Range) => number {
  const width = values.length + 1
  const table = new Float64Array(width * width)
  const read = (row: number, column: number): number => table[row * width + column] ?? 0
  for (const [row, x] of values.entries()) {
    for (const [column, y] of values.entries())
      table[(row + 1) * width + column + 1] =
        Math.abs(x - y) + read(row, column + 1) + read(row + 1, column) - read(row, column)
  }
  return ([fromX, toX], [fromY, toY]) =>
    read(toX, toY) - read(fromX, toY) - read(toX, fromY) + read(fromX, fromY)
}
