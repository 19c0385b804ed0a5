/**
 * Taps on the provider ports: what really went out and came back, by request. They are the
 * innermost layer, next to the SDKs, so whatever a layer above adds to a prompt or takes from a
 * wrong cache is seen.
 */
import type { Boundary, Crossing } from '../../../src/base/boundaries.ts'
import type { FailedAttempts, Operation, ProviderUsage } from '../../../src/base/usage.ts'
import type { Providers, UsageEvent } from '../../../src/index.ts'

/** What crossed, collected by request id. */
export interface TapLog {
  record(requestId: string, crossing: Crossing): void
  /** What crossed in a request, and forgets it. */
  take(requestId: string): readonly Crossing[]
  /** Keeps what a request has used. */
  noteUsage(events: readonly UsageEvent[]): void
  /** Everything that a request has used, also where it failed, and forgets it. */
  takeUsage(requestId: string): readonly ProviderUsage[]
  /** Counts an attempt that failed, by the status that it was answered with, or null for none. */
  countFailure(requestId: string, status: number | null): void
  /** The failed attempts of a request, and forgets them. */
  takeFailures(requestId: string): FailedAttempts
}

const noFailures: FailedAttempts = { throttled: 0, refused: 0, unanswered: 0 }

/** An empty log. */
export function createTapLog(): TapLog {
  const byRequest = new Map<string, Crossing[]>()
  const failures = new Map<string, FailedAttempts>()
  const used = new Map<string, readonly UsageEvent[]>()
  return {
    record(requestId, crossing) {
      const crossings = byRequest.get(requestId)
      if (crossings === undefined) byRequest.set(requestId, [crossing])
      else crossings.push(crossing)
    },
    take(requestId) {
      const crossings = byRequest.get(requestId) ?? []
      byRequest.delete(requestId)
      return crossings
    },
    noteUsage(events) {
      const [first] = events
      // An ingest is asked by nobody who would take it.
      if (first !== undefined && !first.requestId.startsWith('ingest.'))
        used.set(first.requestId, events)
    },
    takeUsage(requestId) {
      const taken = used.get(requestId) ?? []
      used.delete(requestId)
      return taken
    },
    countFailure(requestId, status) {
      const kind = status === null ? 'unanswered' : status === 429 ? 'throttled' : 'refused'
      const counted = failures.get(requestId) ?? noFailures
      failures.set(requestId, { ...counted, [kind]: counted[kind] + 1 })
    },
    takeFailures(requestId) {
      const counted = failures.get(requestId) ?? noFailures
      failures.delete(requestId)
      return counted
    },
  }
}

const seen = (
  boundary: Boundary,
  texts: readonly string[],
  identifiers: readonly string[] = [],
): Crossing => ({ boundary, texts, identifiers })

/**
 * The providers with taps on matches, reranker, prompt and answer; `onCall` hears of each call
 * before it is made.
 */
export function tapProviders(
  providers: Providers,
  log: TapLog,
  onCall: (requestId: string, operation: Operation) => void,
): Providers {
  const { chat, embedder, vectors, reranker } = providers
  return {
    embedder: {
      async embed(request) {
        onCall(request.requestId, 'embed')
        return embedder.embed(request)
      },
    },
    vectors: {
      ...vectors,
      async upsert(request) {
        onCall(request.requestId, 'upsert')
        return vectors.upsert(request)
      },
      async query(query) {
        onCall(query.requestId, 'query')
        const found = await vectors.query(query)
        log.record(
          query.requestId,
          seen(
            'matches',
            [],
            found.matches.map(({ id }) => id),
          ),
        )
        return found
      },
    },
    reranker: {
      async rerank(request) {
        onCall(request.requestId, 'rerank')
        log.record(request.requestId, seen('rerank', request.documents))
        return reranker.rerank(request)
      },
    },
    chat: {
      async answer(request) {
        onCall(request.requestId, 'chat')
        log.record(
          request.requestId,
          seen(
            'prompt',
            request.messages.map(({ content }) => content),
          ),
        )
        const answer = await chat.answer(request)
        log.record(request.requestId, seen('answer', [answer.text]))
        return answer
      },
    },
  }
}
