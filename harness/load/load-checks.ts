/** Whether a load measured the system, or the generator itself. */
import type { CheckResult } from '../../src/base/verdict.ts'
import type { TimeHistogram } from '../measure/time-histogram.ts'

/** What a generator's honesty is judged on. */
export interface GeneratorFacts {
  readonly requestedPerSecond: number
  /**
   * What the generator came to in time; what it then had to hold or drop is the system's doing, and
   * counts as failed.
   */
  readonly releasedPerSecond: number
  readonly achievedPerSecond: number
  readonly sendLag: TimeHistogram
  /** The median latency; null of nothing. */
  readonly medianMs: number | null
  readonly count: number
}

const mostSendLagMs = 5
/**
 * A lag that is so small a part of what is measured cannot bend it: latency counts from the
 * intended start in any case.
 */
const harmlessShare = 0.01
const leastAchieved = 0.95

/** Why the generator was the bottleneck; null when it kept up. */
export function whyInvalid({
  requestedPerSecond,
  releasedPerSecond,
  sendLag,
  medianMs,
  count,
}: GeneratorFacts): string | null {
  if (count === 0) return null
  const lagMs = sendLag.valueAt(0.99) ?? 0
  const mostMs = Math.max(mostSendLagMs, harmlessShare * (medianMs ?? 0))
  if (lagMs > mostMs)
    return (
      `the generator sent late: p99 of its send lag is ${lagMs.toFixed(1)} ms, at most ` +
      `${mostMs.toFixed(1)} ms (5 ms, or 1 % of the median latency) is honest`
    )
  if (releasedPerSecond < leastAchieved * requestedPerSecond)
    return (
      `the generator came to only ${releasedPerSecond.toFixed(1)} of ` +
      `${requestedPerSecond.toFixed(1)} requests a second`
    )
  return null
}

/** The check of a search for the highest rate. */
export function checkSearch({
  verdict,
  highestPerSecond,
  reason,
}: {
  readonly verdict: 'found' | 'above-range' | 'below-range' | 'invalid'
  readonly highestPerSecond: number | null
  readonly reason: string
}): CheckResult {
  const evidence =
    (highestPerSecond === null
      ? 'No rate met the objectives'
      : `At least ${highestPerSecond.toFixed(1)} requests a second meet the objectives`) +
    `: ${reason}.`
  return {
    id: 'load.search',
    verdict: verdict === 'below-range' ? 'fail' : verdict === 'invalid' ? 'inconclusive' : 'pass',
    evidence,
  }
}

/** The check of a run. */
export function checkGenerator(facts: GeneratorFacts): CheckResult {
  const id = 'load.generator'
  if (facts.count === 0)
    return { id, verdict: 'inconclusive', evidence: 'Nothing was asked after warm-up.' }
  const why = whyInvalid(facts)
  const lag =
    `send lag p99 ${(facts.sendLag.valueAt(0.99) ?? 0).toFixed(2)} ms, ` +
    `${facts.achievedPerSecond.toFixed(1)} of ${facts.requestedPerSecond.toFixed(1)} ` +
    'requests a second'
  return why === null
    ? { id, verdict: 'pass', evidence: `The generator kept up: ${lag}.` }
    : {
        id,
        verdict: 'invalid',
        evidence:
          `No figure of time counts: ${why}. Raise load.workers, lower the rate, or give the ` +
          'machine fewer other things to do.',
      }
}
