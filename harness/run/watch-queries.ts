/**
 * Who watches while a run asks: leak oracle, running total, spend cap, journal, progress. What was
 * done before is not asked again.
 */
import type { CheckResult } from '../../src/base/verdict.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { PlannedQuery } from '../workload/workload.ts'
import type { Asking } from './ask.ts'
import { spentBefore } from './journal/resume.ts'
import type { Interrupted } from './journal/interrupted.ts'
import type { Journal } from './journal/journal.ts'
import type { RunOracle } from './oracle.ts'
import type { Prepared } from './prepare.ts'
import type { RunOptions } from './run-options.ts'
import { holdCap } from './spend-cap.ts'
import type { Spend } from './spend.ts'

/** What is watched, and by whom. */
export interface WatchOptions {
  readonly options: RunOptions
  readonly prepared: Prepared
  readonly plan: readonly PlannedQuery[]
  readonly oracle: RunOracle
  readonly journal: Journal
  readonly interrupted: Interrupted
  readonly spend: Spend
  readonly isMetered: boolean
}

/** The watchers of a run. */
export interface Watched {
  /** What is left to ask. */
  readonly left: readonly PlannedQuery[]
  readonly watchers: Pick<
    Asking,
    'observers' | 'mayAsk' | 'mayGoOn' | 'mostInFlight' | 'onObserved'
  >
  /** What they have to say, once it is known how much was asked. */
  checks(asked: number): readonly CheckResult[]
}

/** Sets them up. */
export function watchQueries({
  options,
  prepared,
  plan,
  oracle,
  journal,
  interrupted,
  spend,
  isMetered,
}: WatchOptions): Watched {
  const { scenario, maxSpend = null, progress } = options
  const clock: Clock = options.clock
  const left = plan.filter(({ requestId }) => !interrupted.done.has(requestId))
  const planned = prepared.load?.plan.atMs.length ?? left.length
  const cap =
    maxSpend === null
      ? null
      : holdCap({
          cap: maxSpend,
          scenario,
          prepared,
          spend,
          before: spentBefore(interrupted, prepared.book),
          clock,
        })
  const mostInFlight = Math.min(
    scenario.load?.maxInFlight ?? Infinity,
    cap?.mostInFlight ?? Infinity,
  )
  // A load is not taken up again, and has its own record of what came when.
  const isJournaled = prepared.load === null
  return {
    left,
    watchers: {
      observers: [
        oracle.observeAnswer,
        spend.observe,
        (query) => void (isJournaled && cap?.settle(query)),
        () =>
          progress.query({
            planned,
            leaks: oracle.leaksSoFar(),
            spent: isMetered ? spend.total() : null,
          }),
      ],
      mayAsk(query) {
        const may = cap?.mayAsk(query) ?? true
        if (may && isJournaled) journal.begun(query.requestId)
        return may
      },
      mayGoOn: () => cap?.hasRoomFor(mostInFlight) ?? true,
      mostInFlight,
      onObserved(observed) {
        const observation = oracle.takeObservation(observed.requestId)
        // Of a load too long to be kept whole, this is where the rest is.
        journal.finished(observed, isJournaled ? observation : null)
      },
    },
    checks: (asked) =>
      [cap?.check(interrupted.done.size + asked, interrupted.done.size + planned) ?? []].flat(),
  }
}
