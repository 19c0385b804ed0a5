/**
 * What a comparison says, of two runs, of a run and a store of them, or of two bench reports, as
 * others read it.
 */

/** How a comparison came out. */
export type ComparisonVerdict = 'pass' | 'regression' | 'improvement' | 'inconclusive' | 'invalid'

/**
 * One metric in one cell. Means are in the metric's own unit; percentages are of the baseline, null
 * with a reason.
 */
export interface ComparedMetric {
  readonly metric: string
  readonly unit: string
  readonly cell: string
  readonly baseline: number | null
  readonly candidate: number | null
  readonly deltaPct: number | null
  readonly low95Pct: number | null
  readonly high95Pct: number | null
  /** Null where the metric does not gate. */
  readonly tolerancePct: number | null
  readonly minimumDetectableEffectPct: number | null
  /**
   * Questions that a change of the tolerance would need to be found in nine of ten comparisons;
   * null where no tolerance is above 0, or where runs differ so much that no number would do.
   */
  readonly questionsNeeded: number | null
  /** What the interval rests on: questions, or rounds of a benchmark. */
  readonly questions: number
  readonly gates: boolean
  readonly verdict: Exclude<ComparisonVerdict, 'invalid'>
  readonly reason: string | null
}

/** Something that is not the same in both runs. */
export interface Change {
  readonly what: string
  readonly baseline: string
  readonly candidate: string
}

/** A run that the candidate was compared with. */
export interface BaselineRun {
  readonly runId: string
  readonly startedAt: string
  readonly commit: string | null
}

/**
 * A place in the history where a metric has changed its level; the run is the first of the new one.
 * It never decides.
 */
export interface HistoryChange extends BaselineRun {
  readonly metric: string
  readonly cell: string
  readonly beforeMean: number
  readonly afterMean: number
  /** Null where the level before is zero. */
  readonly deltaPct: number | null
  /** Corrected for the places at which the change could have been. */
  readonly pValue: number
}

/** The whole comparison. */
export interface CompareReport {
  readonly kind: 'runs' | 'bench'
  readonly verdict: ComparisonVerdict
  readonly exitCode: number
  /** Why they cannot be compared at all; empty otherwise. */
  readonly incomparable: readonly string[]
  /** The newest run of a store; `none` where it holds none to compare with. */
  readonly baseline: { readonly runId: string; readonly verdict: string }
  readonly candidate: { readonly runId: string; readonly verdict: string }
  /** All runs behind the baseline's figures, the newest first; none of a benchmark. */
  readonly baselineRuns: readonly BaselineRun[]
  /** Runs of the store that were left out, with why. */
  readonly leftOut: readonly { readonly run: string; readonly reason: string }[]
  readonly changes: readonly Change[]
  readonly comparisons: readonly ComparedMetric[]
  readonly changePoints: readonly HistoryChange[]
}
