/**
 * A store as series: the mean of every gating metric in every run, cell by cell, and one series
 * over all cells. That one is the geometric mean of each cell's ratio to its first run, so that a
 * cell of large figures does not drown the others.
 */
import type { HistoryChange } from '../../../reports/record/compare-report.ts'
import { changePointsOf, leastSegment } from '../../measure/change-points.ts'
import { meanOf } from '../../measure/quantiles.ts'
import { baselineRun, samplesByCell, type RecordedRun, type Tolerances } from '../compare-runs.ts'
import { compareMetrics, type CompareMetric } from '../metrics.ts'

/** Fewer runs than this are no history. */
export const leastRuns = 2 * leastSegment
/** Older runs than this many are not looked at. */
export const mostRuns = 30

/**
 * Of a thousand series of noise, 27 of 30 runs and fewer of a shorter history show a change by
 * these.
 */
const thresholds = { pValue: 0.005, magnitudePct: 1 }

/** The name of the series over all cells. */
const allCells = 'all cells'

interface Series {
  readonly cell: string
  /** One value a run; null where a run has none. */
  readonly values: readonly (number | null)[]
}

/**
 * Changes of level in runs from the oldest to the newest, the latest first. Only metrics with a
 * tolerance are looked at.
 */
export function changePointsIn(
  runs: readonly RecordedRun[],
  tolerances: Tolerances,
): readonly HistoryChange[] {
  if (runs.length < leastRuns) return []
  const cells = runs.map(samplesByCell)
  return compareMetrics
    .filter(({ name }) => tolerances[name] !== undefined)
    .flatMap((metric) =>
      seriesOf(cells, metric).flatMap((series) => changesOf(series, runs, metric.name)),
    )
    .toSorted((one, other) =>
      one.startedAt === other.startedAt
        ? Number(other.cell === allCells) - Number(one.cell === allCells)
        : one.startedAt < other.startedAt
          ? 1
          : -1,
    )
}

function seriesOf(
  runs: readonly ReturnType<typeof samplesByCell>[],
  metric: CompareMetric,
): readonly Series[] {
  const names = [...new Set(runs.flatMap((cells) => [...cells.keys()]))]
  const series = names.map((cell) => ({
    cell,
    values: runs.map((cells) =>
      meanOf((cells.get(cell) ?? []).flatMap((sample) => metric.valueOf(sample) ?? [])),
    ),
  }))
  return names.length < 2 ? series : [...series, { cell: allCells, values: geometricMeans(series) }]
}

/**
 * Cells that a run lacks, or that are zero anywhere, have no ratio and are left out of all of them.
 */
function geometricMeans(series: readonly Series[]): readonly (number | null)[] {
  const whole = series.filter(({ values }) => values.every((value) => value !== null && value > 0))
  const runs = series[0]?.values ?? []
  return runs.map((_each, at) =>
    whole.length === 0
      ? null
      : Math.exp(
          whole.reduce(
            (sum, { values }) => sum + Math.log((values[at] ?? 1) / (values[0] ?? 1)),
            0,
          ) / whole.length,
        ),
  )
}

function changesOf(
  { cell, values }: Series,
  runs: readonly RecordedRun[],
  metric: string,
): readonly HistoryChange[] {
  const known = values.flatMap((value, at) => {
    const run = runs[at]
    return value === null || run === undefined ? [] : [{ value, run }]
  })
  return changePointsOf(
    known.map(({ value }) => value),
    thresholds,
  ).flatMap(({ at, beforeMean, afterMean, deltaPct, pValue }) => {
    const run = known[at]?.run
    return run === undefined
      ? []
      : [{ metric, cell, ...baselineRun(run.record), beforeMean, afterMean, deltaPct, pValue }]
  })
}
