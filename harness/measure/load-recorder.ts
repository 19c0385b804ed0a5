/**
 * What a load came to, in constant memory: a histogram for each cell and stage, and counts beside
 * it. Nothing that went wrong is left out of sight: failures have times of their own, and what was
 * given up counts with the time that was waited for it. Two recorders add up to what one would have
 * recorded.
 */
import { stages, type Stage } from '../../src/base/stages.ts'
import type { Observed } from './sample.ts'
import { timeHistogram, type TimeHistogram } from './time-histogram.ts'

/** One query as the series see it. */
export type Recordable = Pick<
  Observed,
  | 'cell'
  | 'tenant'
  | 'outcome'
  | 'errorCode'
  | 'elapsedMs'
  | 'uncorrectedMs'
  | 'sendLagMs'
  | 'heldMs'
  | 'stagesMs'
  | 'failedAttempts'
  | 'window'
>

/** Counts of a series. */
export interface LoadCounts {
  answered: number
  /** Answered with an error, or not at all; with the two below in it. */
  failed: number
  timedOut: number
  dropped: number
  /** Sent more than `lateAfterMs` after the intended start, whoever's fault it was. */
  late: number
  /** Waited for others to come back, because too many were in flight. */
  held: number
  throttled: number
  refused: number
  unanswered: number
}

/** The series of one cell, or of one tenant in one window. */
export interface LoadSeries {
  readonly counts: LoadCounts
  /** Answered, from the intended start; and from the real one. */
  readonly latency: TimeHistogram
  readonly uncorrected: TimeHistogram
  /** Failed ones, as long as they took. */
  readonly failures: TimeHistogram
  readonly stages: Map<Stage, TimeHistogram>
}

/** Records a load. */
export interface LoadRecorder {
  record(query: Recordable): void
  add(other: LoadRecorder): void
  readonly cells: ReadonlyMap<string, LoadSeries>
  /** By tenant and window, `A noisy`; empty without a noisy neighbour. */
  readonly windows: ReadonlyMap<string, LoadSeries>
  /** How late the generators sent, ceilings apart. */
  readonly sendLag: TimeHistogram
}

/** Later than this after its intended start, a request is late. */
export const lateAfterMs = 10

const noCounts: LoadCounts = {
  answered: 0,
  failed: 0,
  timedOut: 0,
  dropped: 0,
  late: 0,
  held: 0,
  throttled: 0,
  refused: 0,
  unanswered: 0,
}

/** An empty recorder. */
export function loadRecorder(): LoadRecorder {
  const [cells, windows] = [new Map<string, LoadSeries>(), new Map<string, LoadSeries>()]
  const sendLag = timeHistogram()
  return {
    cells,
    windows,
    sendLag,
    record(query) {
      sendLag.record(query.sendLagMs)
      recordInto(seriesAt(cells, query.cell), query)
      if (query.window !== null)
        recordInto(seriesAt(windows, `${query.tenant} ${query.window}`), query)
    },
    add(other) {
      sendLag.add(other.sendLag)
      for (const [key, series] of other.cells) addInto(seriesAt(cells, key), series)
      for (const [key, series] of other.windows) addInto(seriesAt(windows, key), series)
    },
  }
}

function seriesAt(all: Map<string, LoadSeries>, key: string): LoadSeries {
  const series = all.get(key) ?? {
    counts: { ...noCounts },
    latency: timeHistogram(),
    uncorrected: timeHistogram(),
    failures: timeHistogram(),
    stages: new Map<Stage, TimeHistogram>(),
  }
  all.set(key, series)
  return series
}

function recordInto(series: LoadSeries, query: Recordable): void {
  const { counts } = series
  const { outcome, errorCode, elapsedMs, uncorrectedMs, failedAttempts } = query
  counts.late += Number(query.sendLagMs + query.heldMs > lateAfterMs)
  counts.held += Number(query.heldMs > 0)
  counts.throttled += failedAttempts?.throttled ?? 0
  counts.refused += failedAttempts?.refused ?? 0
  counts.unanswered += failedAttempts?.unanswered ?? 0
  if (outcome === 'failed') {
    counts.failed++
    counts.timedOut += Number(errorCode === 'TB_LOAD_TIMEOUT')
    counts.dropped += Number(errorCode === 'TB_LOAD_DROPPED')
    series.failures.record(elapsedMs)
    return
  }
  counts.answered++
  series.latency.record(elapsedMs)
  series.uncorrected.record(uncorrectedMs)
  for (const stage of stages) {
    const durationMs = query.stagesMs[stage]
    if (durationMs !== undefined) stageOf(series, stage).record(durationMs)
  }
}

function stageOf({ stages: all }: LoadSeries, stage: Stage): TimeHistogram {
  const known = all.get(stage) ?? timeHistogram()
  all.set(stage, known)
  return known
}

function addInto(series: LoadSeries, other: LoadSeries): void {
  for (const key of Object.keys(noCounts) as (keyof LoadCounts)[])
    series.counts[key] += other.counts[key]
  series.latency.add(other.latency)
  series.uncorrected.add(other.uncorrected)
  series.failures.add(other.failures)
  for (const [stage, histogram] of other.stages) stageOf(series, stage).add(histogram)
}

/** All series together. */
export function togetherOf(all: Iterable<LoadSeries>): LoadSeries {
  const sum = seriesAt(new Map(), '')
  for (const series of all) addInto(sum, series)
  return sum
}
