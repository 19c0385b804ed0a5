/**
 * Driving a plan without times: so many requests at once, in the plan's order, through a clock,
 * with observers. A closed load: a request is intended for the moment a place is free, and latency
 * counts from there.
 */
import type { Clock } from '../../src/base/clock.ts'
import type { Observed } from '../measure/sample.ts'
import type { Target } from '../target/target.ts'
import type { PlannedQuery } from '../workload/workload.ts'
import { alwaysCounts, observedOf, type AnswerObserver } from './observe.ts'

/** How to drive. */
export interface DriveOptions {
  readonly target: Pick<Target, 'ask'>
  readonly clock: Clock
  readonly concurrency: number
  readonly observers: readonly AnswerObserver[]
  /**
   * Asked before each request, e.g. whether the money lasts; once it says no, nothing more is
   * begun.
   */
  readonly mayAsk?: (query: PlannedQuery) => boolean
  /** Hears of each query when everything about it is known. */
  readonly onObserved?: (observed: Observed) => void
  readonly signal: AbortSignal
}

/**
 * Asks everything; returns what was observed, in the plan's order, without what was never begun.
 * Rejects with the signal's reason when it is aborted.
 */
export async function drive(
  plan: readonly PlannedQuery[],
  options: DriveOptions,
): Promise<readonly Observed[]> {
  const { clock, signal, mayAsk = () => true } = options
  const observed = new Map<number, Observed>()
  const startMs = clock.monotonicMs()
  let [next, isOver] = [0, false]
  const work = async (): Promise<void> => {
    let freeMs = 0
    while (next < plan.length && !isOver) {
      signal.throwIfAborted()
      const at = next++
      const query = plan[at] as PlannedQuery
      isOver ||= !mayAsk(query)
      if (isOver) return
      const asked = await askOne(query, options, { startMs, intendedMs: freeMs })
      observed.set(at, asked)
      freeMs = asked.intendedMs + asked.elapsedMs
    }
  }
  await Promise.race([
    Promise.all(Array.from({ length: Math.min(options.concurrency, plan.length) }, work)),
    rejectedBy(signal),
  ])
  return plan.flatMap((_query, at) => observed.get(at) ?? [])
}

/**
 * Rejects when the signal is aborted: what is under way may take many seconds, and nobody waits for
 * it any more.
 */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
}

async function askOne(
  query: PlannedQuery,
  { target, clock, observers, onObserved, signal }: DriveOptions,
  times: { readonly startMs: number; readonly intendedMs: number },
): Promise<Observed> {
  const { startMs, intendedMs } = times
  const sentMs = clock.monotonicMs() - startMs
  const { cell, question, requestId } = query
  const answer = await target.ask({
    tenantId: cell.tenantId,
    requestId,
    text: question.text,
    variant: cell.isCurrent ? null : cell.variant,
  })
  // What fails because everything is being taken down is no answer of the system's.
  signal.throwIfAborted()
  const endedMs = clock.monotonicMs() - startMs
  for (const observe of observers) observe(query, answer)
  const observed = observedOf(query, answer, {
    intendedMs,
    releasedMs: sentMs,
    sentMs,
    endedMs,
    ...alwaysCounts,
  })
  onObserved?.(observed)
  return observed
}
