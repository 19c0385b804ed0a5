/**
 * A run against one run, or against several together: first whether they can be compared at all,
 * then what is not the same in them, then every metric in every cell that both have. Metrics
 * without a tolerance are shown and never decide.
 */
import type {
  BaselineRun,
  ComparedMetric,
  CompareReport,
} from '../../reports/record/compare-report.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import type { SampleLine } from '../../reports/record/sample-lines.ts'
import { cellName, changesBetween, whyIncomparable } from './comparable.ts'
import { compareMetric, judgeAll, type CellPair } from './judge.ts'
import { compareMetrics, type CompareMetricName } from './metrics.ts'
import { exitCodeOfComparison, verdictOfComparison } from './verdict.ts'

/** A run with its samples. */
export interface RecordedRun {
  readonly record: RunRecord
  readonly samples: readonly SampleLine[]
}

/** Tolerances in percent by metric; what is not named does not gate. */
export type Tolerances = Partial<Readonly<Record<CompareMetricName, number>>>

/**
 * Runs that are one baseline: the newest, and the others from newer to older, each comparable with
 * the candidate.
 */
export interface Baselines {
  readonly newest: RecordedRun
  readonly older: readonly RecordedRun[]
}

/**
 * Compares two runs. Never throws for what the runs are: runs that cannot be compared are
 * `invalid`, with why.
 */
export function compareRuns(
  baseline: RecordedRun,
  candidate: RecordedRun,
  tolerances: Tolerances,
): CompareReport {
  return compareToRuns({ newest: baseline, older: [] }, candidate, tolerances)
}

/**
 * Compares a run with several together. Cells, and what one seed fixes, are those of the newest.
 */
export function compareToRuns(
  { newest, older }: Baselines,
  candidate: RecordedRun,
  tolerances: Tolerances,
): CompareReport {
  const { pairs, missing } = pairCells({ newest, older }, candidate)
  const incomparable = whyIncomparable(newest.record, candidate.record)
  const comparisons =
    incomparable.length > 0
      ? []
      : compareAll(pairs, {
          tolerances,
          isSameSeed: newest.record.seed === candidate.record.seed,
          seed: candidate.record.seed,
        })
  const verdict =
    incomparable.length > 0
      ? 'invalid'
      : verdictOfComparison({ comparisons, missing, leaks: candidate.record.isolation.leaks })
  return {
    kind: 'runs',
    verdict,
    exitCode: exitCodeOfComparison(verdict, { hasLeaked: candidate.record.verdict === 'leak' }),
    incomparable,
    baseline: { runId: newest.record.runId, verdict: newest.record.verdict },
    candidate: { runId: candidate.record.runId, verdict: candidate.record.verdict },
    baselineRuns: [newest, ...older].map(({ record }) => baselineRun(record)),
    leftOut: [],
    changes: [
      ...changesBetween(newest.record, candidate.record),
      ...missing.map((cell) => ({ what: 'cell', baseline: cell, candidate: 'is not there' })),
    ],
    comparisons,
    changePoints: [],
  }
}

/** A run as the report names it. */
export function baselineRun({ runId, timing, code }: RunRecord): BaselineRun {
  return { runId, startedAt: timing.startedAt, commit: code.commit }
}

/** The samples of a run by the name of their cell. */
export function samplesByCell({
  record,
  samples,
}: RecordedRun): ReadonlyMap<string, readonly SampleLine[]> {
  // What was asked to warm up is in no figure of the run, and in none here.
  const byId = Map.groupBy(
    samples.filter(({ isWarmup }) => !isWarmup),
    ({ cell }) => cell,
  )
  return new Map(record.cells.map((cell) => [cellName(cell), byId.get(cell.id) ?? []]))
}

function pairCells(
  { newest, older }: Baselines,
  candidate: RecordedRun,
): { readonly pairs: readonly CellPair[]; readonly missing: readonly string[] } {
  const before = [newest, ...older].map(samplesByCell)
  const after = samplesByCell(candidate)
  const names = newest.record.cells.map(cellName)
  return {
    pairs: names.flatMap((cell) => {
      const own = after.get(cell)
      return own === undefined
        ? []
        : [
            {
              cell,
              baselines: before.flatMap((run) => (run.has(cell) ? [run.get(cell) ?? []] : [])),
              candidate: own,
            },
          ]
    }),
    missing: names.filter((cell) => !after.has(cell)),
  }
}

function compareAll(
  pairs: readonly CellPair[],
  {
    tolerances,
    isSameSeed,
    seed,
  }: { readonly tolerances: Tolerances; readonly isSameSeed: boolean; readonly seed: number },
): readonly ComparedMetric[] {
  return judgeAll(
    pairs.flatMap((pair) =>
      compareMetrics.map((metric) =>
        compareMetric({
          metric,
          pair,
          tolerancePct: tolerances[metric.name] ?? null,
          isSameSeed,
          seed,
        }),
      ),
    ),
  )
}
