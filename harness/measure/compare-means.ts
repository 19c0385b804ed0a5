/**
 * Whether a mean has changed between two runs. The unit is the question with all its trials: repetitions of one question are not
 * independent. Where both runs asked the same questions they are paired, which takes away what questions differ in by themselves.
 */
import { cumulativeStdNormalProbability, quantileSorted, sampleStandardDeviation } from 'simple-statistics'
import { randomFor, type Random, type RandomKey } from '../../src/base/random.ts'
import { meanOrZero, type Interval } from './intervals.ts'
import { studentsT } from './students-t.ts'

/** Values of one run by question. */
export type ByQuestion = ReadonlyMap<string, readonly number[]>

/** What is compared; `key` seeds the bootstrap. */
export interface MeansQuestion {
  readonly baseline: ByQuestion
  readonly candidate: ByQuestion
  readonly key: RandomKey
}

/** How two means differ. Percentages are of the baseline's mean; null where that is zero or there are too few questions. */
export interface MeansCompared {
  readonly baseline: number
  readonly candidate: number
  /** Questions that the interval rests on: pairs, or the smaller of both sides. */
  readonly questions: number
  readonly isPaired: boolean
  readonly deltaPct: number | null
  readonly intervalPct: Interval | null
  /** The change that would be found in nine of ten comparisons like this one. */
  readonly minimumDetectableEffectPct: number | null
  /** Two-sided p-value of "nothing has changed" (t-test on the questions); null as above. */
  readonly pValue: number | null
}

/** Fewer questions than this carry no interval. */
export const leastQuestions = 5

const resamples = 2_000

/** How many standard errors a change must be away to be found at 5 %, two-sided, in nine of ten comparisons. */
function detectable(degrees: number): number {
  return studentsT.inv(0.975, degrees) + studentsT.inv(0.9, degrees)
}

/** Compares. Values of a question that only one side has count when fewer than `leastQuestions` are shared, unpaired. */
export function compareMeans({ baseline, candidate, key }: MeansQuestion): MeansCompared {
  const sides = [sumsOf(baseline), sumsOf(candidate)] as const
  const shared = [...sides[0].keys()].filter((question) => sides[1].has(question))
  const isPaired = shared.length >= leastQuestions || shared.length === Math.max(sides[0].size, sides[1].size)
  const used = isPaired ? sides.map((side) => shared.map((question) => side.get(question) as Sums)) : sides.map((side) => [...side.values()])
  const [before = [], after = []] = used
  const means = { baseline: ratioOf(before), candidate: ratioOf(after) }
  const questions = Math.min(before.length, after.length)
  const blank = { ...means, questions, isPaired, deltaPct: null, intervalPct: null, minimumDetectableEffectPct: null, pValue: null }
  if (means.baseline === 0 || questions === 0) return blank
  const deltaPct = 100 * (means.candidate / means.baseline - 1)
  if (questions < leastQuestions) return { ...blank, deltaPct }
  const drawn = { before, after, isPaired, random: randomFor([...key, 'compare']) }
  return { ...blank, deltaPct, ...bootstrapRatio(drawn), pValue: pValueOf(drawn) }
}

interface Sums {
  readonly sum: number
  readonly count: number
}

function sumsOf(values: ByQuestion): ReadonlyMap<string, Sums> {
  return new Map([...values].filter(([, own]) => own.length > 0).map(([question, own]) => [question, { sum: own.reduce((total, value) => total + value, 0), count: own.length }]))
}

function ratioOf(groups: readonly Sums[]): number {
  let [sum, count] = [0, 0]
  for (const group of groups) {
    sum += group.sum
    count += group.count
  }
  return count === 0 ? 0 : sum / count
}

interface Drawn {
  readonly before: readonly Sums[]
  readonly after: readonly Sums[]
  readonly isPaired: boolean
  readonly random: Random
}

/**
 * Percentile interval of the ratio of means, expanded for small numbers (Hesterberg 2015, "What Teachers Should Know About the
 * Bootstrap", 5.3.3): plain percentiles are too narrow by sqrt((n-1)/n) and a normal quantile in place of Student's.
 */
function bootstrapRatio(drawn: Drawn): Pick<MeansCompared, 'intervalPct' | 'minimumDetectableEffectPct'> {
  const changes = Array.from({ length: resamples }, () => resample(drawn)).filter((value) => Number.isFinite(value)).toSorted((one, other) => one - other)
  if (changes.length < resamples / 2) return { intervalPct: null, minimumDetectableEffectPct: null }
  const questions = Math.min(drawn.before.length, drawn.after.length)
  const tail = cumulativeStdNormalProbability(-Math.sqrt(questions / (questions - 1)) * studentsT.inv(0.975, questions - 1))
  return {
    intervalPct: { low95: quantileSorted(changes, tail), high95: quantileSorted(changes, 1 - tail) },
    minimumDetectableEffectPct: grown(detectable(questions - 1) * sampleStandardDeviation(changes) * Math.sqrt(questions / (questions - 1))),
  }
}

/** The noise of a ratio grows with the ratio: an effect of e is seen through noise of (1 + e) times that of no effect. */
function grown(effectPct: number): number | null {
  return effectPct >= 100 ? null : effectPct / (1 - effectPct / 100)
}

function resample({ before, after, isPaired, random }: Drawn): number {
  const places = (length: number): readonly number[] => Array.from({ length }, () => random.integer(0, length - 1))
  const drawn = places(before.length)
  const other = isPaired ? drawn : places(after.length)
  return 100 * (ratioOf(other.map((at) => after[at] as Sums)) / ratioOf(drawn.map((at) => before[at] as Sums)) - 1)
}

/** Student's t on the differences of questions, or Welch's where they are not paired. */
function pValueOf({ before, after, isPaired }: Drawn): number {
  const values = (groups: readonly Sums[]): readonly number[] => groups.map(({ sum, count }) => sum / count)
  const [old, young] = [values(before), values(after)]
  if (isPaired) return tTest(old.map((value, at) => (young[at] ?? value) - value))
  const parts = [old, young].map((side) => ({ mean: meanOrZero(side), square: sampleStandardDeviation([...side]) ** 2 / side.length, degrees: side.length - 1 }))
  const square = parts.reduce((sum, part) => sum + part.square, 0)
  const difference = (parts[1]?.mean ?? 0) - (parts[0]?.mean ?? 0)
  if (square === 0) return difference === 0 ? 1 : 0
  const degrees = square ** 2 / parts.reduce((sum, part) => sum + part.square ** 2 / part.degrees, 0)
  return 2 * studentsT.cdf(-Math.abs(difference) / Math.sqrt(square), degrees)
}

function tTest(differences: readonly number[]): number {
  const error = sampleStandardDeviation([...differences]) / Math.sqrt(differences.length)
  const difference = meanOrZero(differences)
  if (error === 0) return difference === 0 ? 1 : 0
  return 2 * studentsT.cdf(-Math.abs(difference) / error, differences.length - 1)
}

/** Holm's correction: p-values of many comparisons so that one in twenty families has a false alarm, not one in twenty comparisons. */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_each, at) => at).toSorted((one, other) => (pValues[one] ?? 1) - (pValues[other] ?? 1))
  const adjusted = new Array<number>(pValues.length)
  let least = 0
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * (pValues[at] ?? 1)))
    adjusted[at] = least
  }
  return adjusted
}
