/**
 * A run against a store of runs: the newest comparable ones together are the baseline, and what
 * runs differ in by themselves is part of the noise. A store without one is inconclusive and says
 * how to fill it. Changes of level in the history are told, and decide nothing: they are about runs
 * that are accepted already.
 */
import type { CompareReport } from '../../../reports/record/compare-report.ts'
import { compareToRuns, type RecordedRun, type Tolerances } from '../compare-runs.ts'
import { exitCodeOfComparison } from '../verdict.ts'
import type { Chosen } from './choose.ts'
import { changePointsIn } from './series.ts'

/** What a candidate is held against. */
export interface History {
  /** Comparable runs with their samples, the newest first. */
  readonly runs: readonly RecordedRun[]
  readonly leftOut: Chosen['leftOut']
  /** How many of the newest runs are the baseline. */
  readonly last: number
}

/** Compares a run with its history. */
export function compareWithHistory(
  { runs, leftOut, last }: History,
  candidate: RecordedRun,
  tolerances: Tolerances,
): CompareReport {
  const [newest, ...older] = runs.slice(0, last)
  if (newest === undefined) return { ...nothingToCompare(candidate), leftOut }
  return {
    ...compareToRuns({ newest, older }, candidate, tolerances),
    leftOut,
    changePoints: changePointsIn(runs.toReversed(), tolerances),
  }
}

function nothingToCompare({ record }: RecordedRun): CompareReport {
  const verdict =
    record.verdict === 'invalid'
      ? 'invalid'
      : record.isolation.leaks > 0
        ? 'regression'
        : 'inconclusive'
  return {
    kind: 'runs',
    verdict,
    exitCode: exitCodeOfComparison(verdict, { hasLeaked: record.verdict === 'leak' }),
    incomparable: verdict === 'invalid' ? ['the candidate is an invalid run'] : [],
    baseline: { runId: 'none', verdict: 'none' },
    candidate: { runId: record.runId, verdict: record.verdict },
    baselineRuns: [],
    leftOut: [],
    changes: [],
    comparisons: [],
    changePoints: [],
  }
}
