/**
 * One metric in one cell, judged. A tolerance above zero is met when the interval excludes a
 * worsening beyond it, broken when it lies wholly beyond and stays so after correction for the
 * number of comparisons, and else nothing is said. A tolerance of zero is exact: figures that one
 * seed fixes are no sample of anything, and any worsening counts.
 */
import {
  compareMeans,
  questionsNeeded,
  type ByQuestion,
  type MeansCompared,
} from '../measure/compare-means.ts'
import type { ComparedMetric } from '../../reports/record/compare-report.ts'
import type { SampleLine } from '../../reports/record/sample-lines.ts'
import { holmAdjusted } from '../measure/mean-tests.ts'
import type { CompareMetric } from './metrics.ts'

/**
 * A cell with its samples: of each baseline run that has it, the newest first, and of the
 * candidate.
 */
export interface CellPair {
  readonly cell: string
  readonly baselines: readonly (readonly SampleLine[])[]
  readonly candidate: readonly SampleLine[]
}

/**
 * How a metric is to be compared. `isSameSeed`: the newest baseline run and the candidate asked the
 * same under one seed.
 */
export interface MetricQuestion {
  readonly metric: CompareMetric
  readonly pair: CellPair
  readonly tolerancePct: number | null
  readonly isSameSeed: boolean
  readonly seed: number
}

/** What is judged, of a run or of a benchmark. `isExact`: one seed fixes the figure. */
export interface Judged extends Pick<CompareMetric, 'worse'> {
  readonly name: string
  readonly unit: string
  readonly cell: string
  readonly tolerancePct: number | null
  readonly isExact: boolean
}

/** A comparison before the others are known. */
export interface RawComparison extends MeansCompared {
  readonly judged: Judged
  readonly isEmpty: boolean
  /** A figure that the seed fixes, of runs that did not ask the same. */
  readonly isPartial: boolean
  readonly reason: string | null
}

/** Compares the means. */
export function compareMetric(question: MetricQuestion): RawComparison {
  const {
    metric: { name, unit, worse },
    metric,
    pair,
    seed,
    tolerancePct,
  } = question
  const judged = { name, unit, worse, cell: pair.cell, tolerancePct, isExact: isFixed(question) }
  const baselines = (judged.isExact ? pair.baselines.slice(0, 1) : pair.baselines).map((samples) =>
    byQuestion(samples, metric),
  )
  const candidate = byQuestion(pair.candidate, metric)
  const compared = compareMeans({ baselines, candidate, key: [seed, pair.cell, name] })
  const partial = judged.isExact ? partlyAsked(pair) : null
  const emptySide = baselines.every(isNothing)
    ? 'baseline'
    : isNothing(candidate)
      ? 'candidate'
      : null
  return {
    ...compared,
    judged,
    isPartial: partial !== null,
    isEmpty: emptySide !== null,
    reason:
      emptySide === null
        ? (partial ?? reasonOf(compared, 'questions'))
        : `the ${emptySide} has no ${name} here`,
  }
}

/**
 * Why a figure that the seed fixes is not to be compared: both runs must have asked the same, each
 * as often.
 */
function partlyAsked({ baselines: [newest = []], candidate }: CellPair): string | null {
  const asked = (samples: readonly SampleLine[]): ReadonlySet<string> =>
    new Set(samples.map(({ question, trial }) => JSON.stringify([question, trial])))
  const [before, now] = [asked(newest), asked(candidate)]
  const both = [...before].filter((each) => now.has(each)).length
  return both === before.size && both === now.size
    ? null
    : `${both} queries are in both runs, of ${before.size} in the baseline and ${now.size} in the candidate`
}

/**
 * A figure that the seed fixes is compared with the newest run alone: older ones may have had other
 * prices, and no noise to share.
 */
function isFixed({ tolerancePct, isSameSeed }: MetricQuestion): boolean {
  return tolerancePct === 0 && isSameSeed
}

function byQuestion(samples: readonly SampleLine[], { valueOf }: CompareMetric): ByQuestion {
  return new Map(
    [...Map.groupBy(samples, ({ question }) => question)].map(([question, own]) => [
      question,
      own.flatMap((sample) => valueOf(sample) ?? []),
    ]),
  )
}

function isNothing(side: ByQuestion): boolean {
  return [...side.values()].every(({ length }) => length === 0)
}

/**
 * Why there is no percentage or no interval; null where there are both. `units` is what was
 * counted.
 */
export function reasonOf(
  { questions, intervalPct, baseline }: MeansCompared,
  units: string,
): string | null {
  if (baseline === 0) return 'the baseline is 0, of which nothing is a percentage'
  return intervalPct === null ? `${questions} ${units} carry no interval` : null
}

/**
 * Judges all of a report. What gates is one family; what is only shown must not make it harder to
 * find a regression.
 */
export function judgeAll(raw: readonly RawComparison[]): readonly ComparedMetric[] {
  const families = [true, false].map((gates) =>
    raw.filter(({ judged, pValue }) => (judged.tolerancePct !== null) === gates && pValue !== null),
  )
  const adjusted = new Map(
    families.flatMap((family) =>
      holmAdjusted(family.map(({ pValue }) => pValue ?? 1)).map(
        (pValue, at) => [family[at], pValue] as const,
      ),
    ),
  )
  return raw.map((each) => judgeMetric(each, adjusted.get(each) ?? null))
}

function judgeMetric(raw: RawComparison, pValue: number | null): ComparedMetric {
  const {
    judged: { name, unit, cell, tolerancePct },
    deltaPct,
    intervalPct,
    minimumDetectableEffectPct,
    questions,
    isEmpty,
  } = raw
  return {
    metric: name,
    unit,
    cell,
    baseline: isEmpty ? null : raw.baseline,
    candidate: isEmpty ? null : raw.candidate,
    deltaPct,
    low95Pct: intervalPct?.low95 ?? null,
    high95Pct: intervalPct?.high95 ?? null,
    tolerancePct,
    minimumDetectableEffectPct,
    questionsNeeded: tolerancePct === null ? null : questionsNeeded(raw, tolerancePct),
    questions,
    gates: tolerancePct !== null,
    verdict: isEmpty ? 'inconclusive' : verdictOf(raw, pValue),
    reason: raw.reason,
  }
}

/** The usual level; of equal runs one report in twenty may say that something changed. */
const likely = 0.05
/**
 * A build that is called broken beyond a tolerance must be one in all but a thousandth of cases.
 * Where noise is small against the tolerance, an interval beyond it is surer than that by itself;
 * this holds back those that are beyond it only because all is noise.
 */
const surely = 0.001

function verdictOf(raw: RawComparison, pValue: number | null): ComparedMetric['verdict'] {
  const {
    judged: { worse, tolerancePct, isExact },
    intervalPct,
    questions,
  } = raw
  const sign = worse === 'higher' ? 1 : -1
  if (questions === 0) return 'inconclusive'
  if (raw.isPartial) return 'inconclusive'
  if (isExact)
    return exactly(
      sign * (raw.candidate - raw.baseline),
      Math.max(Math.abs(raw.candidate), Math.abs(raw.baseline)),
    )
  if (raw.baseline === 0 && raw.candidate === 0) return 'pass'
  if (intervalPct === null || pValue === null) return 'inconclusive'
  const [least, most] =
    sign === 1 ? [intervalPct.low95, intervalPct.high95] : [-intervalPct.high95, -intervalPct.low95]
  const limit = tolerancePct ?? 0
  const level = limit > 0 ? surely : likely
  if (least > limit) return pValue <= level ? 'regression' : 'inconclusive'
  if (most < betterThan(limit) && pValue <= level) return 'improvement'
  if (most <= limit || tolerancePct === null) return 'pass'
  return 'inconclusive'
}

/**
 * What is news for the better is as far from 1, as a ratio, as what is for the worse: a machine
 * that was quicker for a minute improved nothing. 50 % slower is x 1.5, and as far the other way is
 * / 1.5, a third less.
 */
function betterThan(limitPct: number): number {
  return 100 / (1 + limitPct / 100) - 100
}

/**
 * Sums in another order differ in their last digits; what one seed fixes differs by nothing or by
 * much more.
 */
const rounding = 1e-9

function exactly(worsening: number, size: number): ComparedMetric['verdict'] {
  if (Math.abs(worsening) <= rounding * size) return 'pass'
  return worsening > 0 ? 'regression' : 'improvement'
}
