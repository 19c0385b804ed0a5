/** The verdict of a whole comparison, and the exit code that goes with it. */
import { exitCodes, type ExitCode } from '../../src/base/errors.ts'
import type { ComparedMetric, ComparisonVerdict } from '../../reports/record/compare-report.ts'

/** What was found. */
export interface Found {
  readonly comparisons: readonly ComparedMetric[]
  /** What the baseline has and the candidate lacks. */
  readonly missing: readonly string[]
  readonly leaks: number
}

/** What is gone is not judged, and so nothing passes; without a single gate nothing was asked. */
export function verdictOfComparison({ comparisons, missing, leaks }: Found): ComparisonVerdict {
  const gating = comparisons.filter(({ gates }) => gates).map(({ verdict }) => verdict)
  if (leaks > 0 || gating.includes('regression')) return 'regression'
  if (gating.length === 0 || missing.length > 0 || gating.includes('inconclusive'))
    return 'inconclusive'
  return gating.includes('improvement') ? 'improvement' : 'pass'
}

/** A candidate that leaked is a leak here too: no comparison averages it away. */
export function exitCodeOfComparison(
  verdict: ComparisonVerdict,
  { hasLeaked }: { readonly hasLeaked: boolean },
): ExitCode {
  if (hasLeaked) return exitCodes.leak
  if (verdict === 'regression') return exitCodes.failed
  return verdict === 'inconclusive' || verdict === 'invalid'
    ? exitCodes.inconclusive
    : exitCodes.pass
}
