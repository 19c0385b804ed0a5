/**
 * What an interrupted run left: queries that are done, what they used, and work that was under way
 * when it ended. That work was asked for and is billed, so it counts as attempts: with what was
 * recorded of it, or, where nothing was, with what the same calls used when they were made again.
 */
import type { Operation } from '../../../src/base/usage.ts'
import type { UsageEvent } from '../../../src/index.ts'
import type { Observation } from '../../oracle/leak-oracle.ts'
import type { Observed } from '../../measure/sample.ts'
import type { JournalLine } from './journal.ts'

/** A query that is done. */
export interface DoneQuery {
  readonly observed: Observed
  readonly observation: Observation | null
}

/** A call that was under way when a session ended, and of which no usage was recorded. */
export interface OpenCall {
  readonly session: number
  /**
   * As usage is recorded: the request of the query, or of the ingest that the call was a part of.
   */
  readonly requestId: string
  readonly operation: Operation
}

/** What is left of all sessions. */
export interface Interrupted {
  readonly sessions: number
  readonly done: ReadonlyMap<string, DoneQuery>
  /** Usage of what is done, as it was recorded. */
  readonly usage: readonly UsageEvent[]
  /** Usage that was recorded of work that is done again, under names of its own. */
  readonly attempts: readonly UsageEvent[]
  readonly openCalls: readonly OpenCall[]
  /** Queries that were under way when a session ended. */
  readonly openQueries: number
}

interface Session {
  readonly begun: Set<string>
  readonly done: Set<string>
  readonly calls: { readonly requestId: string; readonly operation: Operation }[]
  readonly metered: UsageEvent[]
}

/** Adds up the sessions of a journal. */
export function interruptedOf(lines: readonly JournalLine[]): Interrupted {
  const sessions: Session[] = []
  const done = new Map<string, DoneQuery>()
  for (const line of lines) {
    if (line.kind === 'session')
      sessions.push({ begun: new Set(), done: new Set(), calls: [], metered: [] })
    const session = sessions.at(-1)
    if (session === undefined) continue
    if (line.kind === 'begun') session.begun.add(line.requestId)
    if (line.kind === 'call')
      session.calls.push({ requestId: line.requestId, operation: line.operation })
    if (line.kind === 'metered') session.metered.push(...line.events)
    if (line.kind === 'done') {
      session.done.add(line.observed.requestId)
      done.set(line.observed.requestId, line)
    }
  }
  const left = sessions.map(leftOf)
  return {
    sessions: sessions.length,
    done,
    usage: left.flatMap(({ usage }) => usage),
    attempts: left.flatMap(({ attempts }, at) => attempts.map((event) => asAttempt(event, at))),
    openCalls: left.flatMap(({ openCalls }, at) =>
      openCalls.map((call) => ({ ...call, session: at })),
    ),
    openQueries: sessions.reduce(
      (sum, session) =>
        sum + [...session.begun].filter((requestId) => !session.done.has(requestId)).length,
      0,
    ),
  }
}

function leftOf({ done, calls, metered }: Session): {
  readonly usage: readonly UsageEvent[]
  readonly attempts: readonly UsageEvent[]
  readonly openCalls: readonly Omit<OpenCall, 'session'>[]
} {
  const recorded = new Set(metered.map(({ requestId }) => requestId))
  return {
    usage: metered.filter(({ requestId }) => done.has(requestId)),
    attempts: metered.filter(({ requestId }) => !done.has(requestId)),
    openCalls: calls
      .map(({ requestId, operation }) => ({
        requestId: recordedAs(requestId, operation),
        operation,
      }))
      .filter(({ requestId }) => !recorded.has(requestId)),
  }
}

/** An ingest embeds in several calls, each numbered, and is recorded as one request. */
function recordedAs(requestId: string, operation: Operation): string {
  return operation === 'embed' && requestId.startsWith('ingest.')
    ? requestId.replace(/-\d+$/, '')
    : requestId
}

/**
 * The same usage under a name of its own: recorded beside what the repeated work uses, and no part
 * of the cost of the query itself.
 */
function asAttempt(event: UsageEvent, session: number): UsageEvent {
  return {
    ...event,
    requestId: `${event.requestId}~${session + 1}`,
    idempotencyKey: `${event.idempotencyKey}~${session + 1}`,
  }
}

/**
 * What open calls used, as far as the same calls have been made since: one event a call, in the
 * order of their parts.
 */
export function attemptsOf(
  openCalls: readonly OpenCall[],
  since: readonly UsageEvent[],
): readonly UsageEvent[] {
  const made = Map.groupBy(since, ({ requestId, operation }) =>
    JSON.stringify([requestId, operation]),
  )
  const groups = Map.groupBy(openCalls, ({ session, requestId, operation }) =>
    JSON.stringify([session, requestId, operation]),
  )
  return [...groups.values()].flatMap((calls) => {
    const [call] = calls
    if (call === undefined) return []
    const events = made.get(JSON.stringify([call.requestId, call.operation])) ?? []
    // One call stores all vectors of an ingest, in several requests.
    const most = call.operation === 'upsert' ? events.length : calls.length
    return events.slice(0, most).map((event) => ({
      ...asAttempt(event, call.session),
      outcome: 'aborted' as const,
      estimated: true,
    }))
  })
}
