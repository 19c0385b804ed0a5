/**
 * Taking up an interrupted run: what it had done goes into books and oracle as it was, and what was
 * under way as attempts.
 */
import { sumUsd, picoUsd, zeroUsd, type PicoUsd } from '../../../src/base/money.ts'
import { costOfUsage, recordUsage, type PriceBook, type UsageEvent } from '../../../src/index.ts'
import type { Clock } from '../../../src/base/clock.ts'
import type { Observed } from '../../measure/sample.ts'
import type { RunOracle } from '../oracle.ts'
import type { ReferenceParts } from '../system/system.ts'
import type { PlannedQuery } from '../../workload/workload.ts'
import { attemptsOf, type Interrupted } from './interrupted.ts'

/** What interruptions cost, for the record. */
export interface Interruptions {
  readonly count: number
  /** Queries that were under way when the run was interrupted. */
  readonly queries: number
  /** What was asked twice because of it; null where nobody knows. */
  readonly usd: PicoUsd | null
}

/** A run without any. */
export const uninterrupted: Interruptions = { count: 0, queries: 0, usd: zeroUsd }

/** Where what is taken up goes. */
export interface ResumeInto {
  readonly reference: ReferenceParts | null
  readonly oracle: Pick<RunOracle, 'restore'>
  readonly clock: Clock
}

/** What earlier sessions have spent, as far as it was recorded. */
export function spentBefore(
  { usage, attempts }: Pick<Interrupted, 'usage' | 'attempts'>,
  book: PriceBook,
): PicoUsd {
  return picoUsd(
    sumUsd([...usage, ...attempts].map((event) => costOfUsage(event, book, event.occurredAtMs))),
  )
}

/** Puts back what is done. To be called once tenants are there, before anything is asked. */
export async function putBack(
  { done, usage, attempts }: Interrupted,
  { reference, oracle, clock }: ResumeInto,
): Promise<void> {
  for (const { observation } of done.values()) if (observation !== null) oracle.restore(observation)
  if (reference !== null) await record([...usage, ...attempts], reference, clock)
}

/**
 * Counts what was under way: to be called once it has been asked again. `since` is what this
 * session has recorded.
 */
export async function countAttempts(
  interrupted: Interrupted,
  since: readonly UsageEvent[],
  into: Omit<ResumeInto, 'oracle'> & { readonly book: PriceBook },
): Promise<Interruptions> {
  const { reference, clock, book } = into
  const { sessions, openQueries, openCalls, attempts, usage } = interrupted
  if (reference === null)
    return { count: sessions, queries: openQueries, usd: openQueries === 0 ? zeroUsd : null }
  const open = attemptsOf(openCalls, [...usage, ...since])
  await record(open, reference, clock)
  return {
    count: sessions,
    queries: openQueries,
    usd: picoUsd(
      sumUsd([...attempts, ...open].map((event) => costOfUsage(event, book, event.occurredAtMs))),
    ),
  }
}

async function record(
  events: readonly UsageEvent[],
  { target }: ReferenceParts,
  clock: Clock,
): Promise<void> {
  for (const own of Map.groupBy(events, ({ tenantId }) => tenantId).values())
    await recordUsage(target.database, own, clock.nowMs())
}

/** All queries of a plan in its order: those that were done before, and those of this session. */
export function inPlanOrder(
  plan: readonly PlannedQuery[],
  { done }: Pick<Interrupted, 'done'>,
  observed: readonly Observed[],
): readonly Observed[] {
  const asked = new Map(observed.map((each) => [each.requestId, each]))
  return plan.flatMap(({ requestId, question }) => {
    const before = done.get(requestId)?.observed
    if (before === undefined) return asked.get(requestId) ?? []
    return before.texts.question === ''
      ? { ...before, texts: { ...before.texts, question: question.text } }
      : before
  })
}
