/**
 * One metric in one cell, judged. A tolerance above zero is met when the interval excludes a worsening beyond it, broken when it lies
 * wholly beyond and stays so after correction for the number of comparisons, and else nothing is said. A tolerance of zero is exact:
 * figures that one seed fixes are no sample of anything, and any worsening counts.
 */
import { compareMeans, type ByQuestion, type MeansCompared } from '../../measure/compare-means.ts'
import type { ComparedMetric } from '../../../reports/record/compare-report.ts'
import type { SampleLine } from '../../../reports/record/sample-lines.ts'
import type { CompareMetric } from './metrics.ts'

/** A cell of both runs with its samples. */
export interface CellPair {
  readonly cell: string
  readonly baseline: readonly SampleLine[]
  readonly candidate: readonly SampleLine[]
}

/** How a metric is to be compared. `isSameSeed`: both runs asked the same under one seed. */
export interface MetricQuestion {
  readonly metric: CompareMetric
  readonly pair: CellPair
  readonly tolerancePct: number | null
  readonly isSameSeed: boolean
  readonly seed: number
}

/** A comparison before the others are known. */
export interface RawComparison extends MeansCompared {
  readonly question: MetricQuestion
  readonly reason: string | null
}

/** Compares the means. */
export function compareMetric(question: MetricQuestion): RawComparison {
  const { metric, pair, seed } = question
  const sides = [byQuestion(pair.baseline, metric), byQuestion(pair.candidate, metric)] as const
  const compared = compareMeans({ baseline: sides[0], candidate: sides[1], key: [seed, pair.cell, metric.name] })
  return { ...compared, question, reason: reasonOf(compared, sides, metric) }
}

function byQuestion(samples: readonly SampleLine[], { valueOf }: CompareMetric): ByQuestion {
  return new Map([...Map.groupBy(samples, ({ question }) => question)].map(([question, own]) => [question, own.flatMap((sample) => valueOf(sample) ?? [])]))
}

function reasonOf({ questions, intervalPct, baseline }: MeansCompared, sides: readonly [ByQuestion, ByQuestion], { name }: CompareMetric): string | null {
  const empty = sides.findIndex((side) => [...side.values()].every(({ length }) => length === 0))
  if (empty >= 0) return `the ${empty === 0 ? 'baseline' : 'candidate'} has no ${name} here`
  if (baseline === 0) return 'the baseline is 0, of which nothing is a percentage'
  if (intervalPct === null) return `${questions} questions carry no interval`
  return null
}

/** Judges one comparison; `pValue` is corrected for how many there are. */
export function judgeMetric(raw: RawComparison, pValue: number | null): ComparedMetric {
  const { question: { metric, pair, tolerancePct }, deltaPct, intervalPct, minimumDetectableEffectPct, questions } = raw
  const isEmpty = raw.reason?.startsWith('the ') === true && raw.baseline === 0 && raw.candidate === 0 && raw.questions === 0
  return {
    metric: metric.name,
    unit: metric.unit,
    cell: pair.cell,
    baseline: isEmpty ? null : raw.baseline,
    candidate: isEmpty ? null : raw.candidate,
    deltaPct,
    low95Pct: intervalPct?.low95 ?? null,
    high95Pct: intervalPct?.high95 ?? null,
    tolerancePct,
    minimumDetectableEffectPct,
    questionsNeeded: tolerancePct === null || tolerancePct === 0 || minimumDetectableEffectPct === null ? null : Math.max(questions, Math.ceil(questions * (minimumDetectableEffectPct / tolerancePct) ** 2)),
    questions,
    gates: tolerancePct !== null,
    verdict: isEmpty ? 'inconclusive' : verdictOf(raw, pValue),
    reason: raw.reason,
  }
}

function verdictOf(raw: RawComparison, pValue: number | null): ComparedMetric['verdict'] {
  const { question: { metric, tolerancePct, isSameSeed }, intervalPct, questions } = raw
  const sign = metric.worse === 'higher' ? 1 : -1
  if (questions === 0) return 'inconclusive'
  if (tolerancePct === 0 && isSameSeed) return exactly(sign * (raw.candidate - raw.baseline))
  if (raw.baseline === 0 && raw.candidate === 0) return 'pass'
  if (intervalPct === null || pValue === null) return 'inconclusive'
  const [least, most] = sign === 1 ? [intervalPct.low95, intervalPct.high95] : [-intervalPct.high95, -intervalPct.low95]
  const limit = tolerancePct ?? 0
  const isSure = pValue <= 0.05
  if (least > limit) return isSure ? 'regression' : 'inconclusive'
  if (most < 0 && isSure) return 'improvement'
  if (most <= limit || tolerancePct === null) return 'pass'
  return 'inconclusive'
}

/** Sums in another order differ in their last digits; what one seed fixes differs by nothing or by much more. */
const rounding = 1e-9

function exactly(worsening: number): ComparedMetric['verdict'] {
  if (Math.abs(worsening) <= rounding) return 'pass'
  return worsening > 0 ? 'regression' : 'improvement'
}
