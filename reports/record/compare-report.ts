/** What a comparison of two runs says, as others read it. */

/** How a comparison came out. */
export type ComparisonVerdict = 'pass' | 'regression' | 'improvement' | 'inconclusive' | 'invalid'

/** One metric in one cell. Means are in the metric's own unit; percentages are of the baseline, null with a reason. */
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
  /** Questions that a change of the tolerance would need to be found in nine of ten comparisons; null where no tolerance is above 0. */
  readonly questionsNeeded: number | null
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

/** The whole comparison. */
export interface CompareReport {
  readonly verdict: ComparisonVerdict
  readonly exitCode: number
  /** Why the runs cannot be compared at all; empty otherwise. */
  readonly incomparable: readonly string[]
  readonly baseline: { readonly runId: string; readonly verdict: string }
  readonly candidate: { readonly runId: string; readonly verdict: string }
  readonly changes: readonly Change[]
  readonly comparisons: readonly ComparedMetric[]
}
