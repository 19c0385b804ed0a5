/**
 * Two bench reports against each other. The ratio of a case is what is compared, a round is what
 * varies, and rounds of two processes have nothing to do with each other: they are never paired.
 */
import type { BenchReport, MeasuredCase } from '../../reports/record/bench-report.ts'
import type { Change, CompareReport } from '../../reports/record/compare-report.ts'
import { compareMeans } from '../measure/compare-means.ts'
import { judgeAll, reasonOf, type RawComparison } from './judge.ts'
import { exitCodeOfComparison, verdictOfComparison } from './verdict.ts'

/** By how many percent a ratio may fall where nothing else is said. */
export const usualRatioTolerancePct = 10

/** Compares. A case whose peer is another now is another case. */
export function compareBench(
  baseline: BenchReport,
  candidate: BenchReport,
  tolerancePct: number = usualRatioTolerancePct,
): CompareReport {
  const now = new Map(candidate.cases.map((each) => [each.id, each]))
  const isThere = (each: MeasuredCase): boolean => now.get(each.id)?.against === each.against
  const missing = baseline.cases.filter((each) => !isThere(each)).map(({ id }) => id)
  const comparisons = judgeAll(
    baseline.cases
      .filter(isThere)
      .map((each) => compareCase(each, now.get(each.id)?.ratios ?? [], tolerancePct)),
  )
  const incomparable = comparisons.length === 0 ? ['no case is in both'] : []
  const verdict =
    comparisons.length === 0 ? 'invalid' : verdictOfComparison({ comparisons, missing, leaks: 0 })
  const side = ({ code }: BenchReport): CompareReport['baseline'] => ({
    runId: `bench of ${code.version}${code.commit === null ? '' : ` at ${code.commit.slice(0, 12)}`}`,
    verdict: 'measured',
  })
  return {
    kind: 'bench',
    verdict,
    exitCode: exitCodeOfComparison(verdict, { hasLeaked: false }),
    incomparable,
    baseline: side(baseline),
    candidate: side(candidate),
    baselineRuns: [],
    leftOut: [],
    changes: [
      ...changesOf(baseline, candidate),
      ...missing.map((id) => ({
        what: 'case',
        baseline: id,
        candidate: 'is not there, or against another peer',
      })),
    ],
    comparisons,
    changePoints: [],
  }
}

function compareCase(
  { id, ratios }: MeasuredCase,
  now: readonly number[],
  tolerancePct: number,
): RawComparison {
  const rounds = (
    side: string,
    values: readonly number[],
  ): ReadonlyMap<string, readonly number[]> =>
    new Map(values.map((value, at) => [`${side} ${at}`, [value]]))
  const compared = compareMeans({
    baselines: [rounds('baseline', ratios)],
    candidate: rounds('candidate', now),
    key: ['bench', id],
  })
  return {
    ...compared,
    judged: {
      name: 'ratio',
      unit: 'ratio',
      worse: 'lower',
      cell: id,
      tolerancePct,
      isExact: false,
    },
    isPartial: false,
    isEmpty: compared.questions === 0,
    reason: reasonOf(compared, 'rounds'),
  }
}

function changesOf(baseline: BenchReport, candidate: BenchReport): readonly Change[] {
  const facts = ({
    code,
    environment,
    roundMs,
  }: BenchReport): Readonly<Record<string, string>> => ({
    version: code.version,
    commit: `${code.commit ?? 'unknown'}${code.dirty === true ? ' with changes' : ''}`,
    node: environment.node,
    machine:
      `${environment.platform} ${environment.architecture}, ${environment.processors} ` +
      `processors, ${environment.processor}`,
    'milliseconds of a round': String(roundMs),
  })
  const [before, after] = [facts(baseline), facts(candidate)]
  return Object.keys(before)
    .filter((what) => before[what] !== after[what])
    .map((what) => ({ what, baseline: before[what] ?? '', candidate: after[what] ?? '' }))
}
