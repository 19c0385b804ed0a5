/**
 * What the engines are held against: the same requests in the plainest way there is. A list of what
 * is to come, sorted again for each new entry; two queues as lists. Everything a query takes is
 * looked up in the same tables by the same draws.
 */
import type { EngineOptions } from '../../../../../harness/simulate/engine/engine.ts'
import { drawn, ofAttempt, strikesBelow } from '../../../../../harness/simulate/engine/draws.ts'
import { isAnsweredFromCache, repeatWaitMs } from '../../../../../harness/simulate/engine/fates.ts'
import type { Arrival } from '../../../../../harness/simulate/engine/request.ts'

/** What became of a query, and what it used. */
export interface Outcome {
  readonly endMs: number
  readonly outcome: 'finished' | 'failed'
  /**
   * Whether anything was sent for it: neither answered from the cache, nor given up while it waited
   * for a place.
   */
  readonly isSent: boolean
  readonly chatCalls: number
  readonly chatPromptTokens: number
  readonly chatAnswerTokens: number
  /** Of the calls, those that were not a query's first attempt. */
  readonly repeated: number
}

interface Work extends Omit<Outcome, 'endMs' | 'outcome' | 'isSent'> {
  readonly beforeMs: number
  readonly hydrateMs: number
  readonly afterMs: number
  readonly isFailed: boolean
}

/**
 * Lets arrivals happen; places and connections are the only limits it knows. Outcomes are in the
 * order of the arrivals.
 */
export function trivialEngine(
  options: EngineOptions,
  arrivals: readonly Arrival[],
): readonly Outcome[] {
  const outcomes: Outcome[] = []
  const coming: { atMs: number; run: () => void }[] = []
  const at = (atMs: number, run: () => void): void => {
    coming.push({ atMs, run })
    coming.sort((one, other) => one.atMs - other.atMs)
  }
  const places = resource(options.limits.maxInFlight)
  const pool = resource(options.limits.connections)
  for (const [query, arrival] of arrivals.entries()) {
    const work = workOf(options, arrival)
    const end = (nowMs: number): void => {
      const isLate =
        options.limits.timeoutMs !== null && nowMs - arrival.atMs > options.limits.timeoutMs
      const { chatCalls, chatPromptTokens, chatAnswerTokens, repeated } = work
      outcomes[query] = {
        endMs: nowMs,
        outcome: work.isFailed || isLate ? 'failed' : 'finished',
        isSent: true,
        chatCalls,
        chatPromptTokens,
        chatAnswerTokens,
        repeated,
      }
      places.release(nowMs)
    }
    const begin = (nowMs: number): void => {
      if (options.limits.timeoutMs === null || nowMs - arrival.atMs <= options.limits.timeoutMs)
        return serve(nowMs)
      outcomes[query] = {
        endMs: nowMs,
        outcome: 'failed',
        isSent: false,
        chatCalls: 0,
        chatPromptTokens: 0,
        chatAnswerTokens: 0,
        repeated: 0,
      }
      places.release(nowMs)
    }
    const serve = (nowMs: number): void =>
      at(nowMs + work.beforeMs, () => pool.take(nowMs + work.beforeMs, connected))
    const connected = (nowMs: number): void =>
      at(nowMs + work.hydrateMs, () => {
        pool.release(nowMs + work.hydrateMs)
        at(nowMs + work.hydrateMs + work.afterMs, () => end(nowMs + work.hydrateMs + work.afterMs))
      })
    at(arrival.atMs, () => {
      if (
        isAnsweredFromCache(
          { keys: arrival.asker.keys, number: arrival.number },
          strikesBelow(options.rates.cachedAnswers),
        )
      )
        outcomes[query] = {
          endMs: arrival.atMs,
          outcome: 'finished',
          isSent: false,
          chatCalls: 0,
          chatPromptTokens: 0,
          chatAnswerTokens: 0,
          repeated: 0,
        }
      else places.take(arrival.atMs, begin)
    })
  }
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) next.run()
  return outcomes
}

interface Resource {
  take(nowMs: number, then: (nowMs: number) => void): void
  release(nowMs: number): void
}

function resource(count: number | null): Resource {
  let free = count ?? Infinity
  const queue: ((nowMs: number) => void)[] = []
  return {
    take(nowMs, then) {
      if (free === 0) queue.push(then)
      else {
        free--
        then(nowMs)
      }
    },
    release(nowMs) {
      const next = queue.shift()
      if (next === undefined) free++
      else next(nowMs)
    },
  }
}

function workOf(
  { stages, rates, limits }: EngineOptions,
  { number, promptTokens, asker: { keys, variant } }: Arrival,
): Work {
  const draw = (purpose: number, of: number): number =>
    drawn(keys[2 * purpose] ?? 0, keys[2 * purpose + 1] ?? 0, of)
  const [first, middle] = [draw(3, number), draw(4, number)]
  const beforeMs = (stages.embedMs[first >>> 20] ?? 0) + (stages.retrieveMs[first & 0xfff] ?? 0)
  const hydrateMs = stages.hydrateMs[middle >>> 20] ?? 0
  let afterMs = variant.rerank ? (stages.rerankMs[middle & 0xfff] ?? 0) : 0
  let [chatCalls, chatPromptTokens, chatAnswerTokens, repeated] = [0, 0, 0, 0]
  for (let attempt = 1; attempt <= limits.attempts; attempt++) {
    const own = ofAttempt(number, attempt)
    const answer = variant.answerTokens[draw(0, own) & 0xfff] ?? 0
    const [word, fate] = [draw(5, own), (draw(2, own) >>> 0) / 2 ** 32]
    if (fate < rates.unavailable) {
      if (attempt < limits.attempts) afterMs += repeatWaitMs(attempt, fate / rates.unavailable)
      continue
    }
    chatCalls++
    repeated += Number(attempt > 1)
    chatPromptTokens += promptTokens
    chatAnswerTokens += answer
    const [firstMs, restMs] = [
      variant.firstTokenMs[word >>> 20] ?? 0,
      answer * (variant.msPerToken[word & 0xfff] ?? 0),
    ]
    if (fate < rates.unavailable + rates.abortedStreams) {
      afterMs += firstMs + restMs / 2
      continue
    }
    afterMs +=
      firstMs + restMs + (stages.otherMs[drawn(keys[9] ?? 0, keys[8] ?? 0, number) >>> 20] ?? 0)
    return {
      beforeMs,
      hydrateMs,
      afterMs,
      isFailed: false,
      chatCalls,
      chatPromptTokens,
      chatAnswerTokens,
      repeated,
    }
  }
  return {
    beforeMs,
    hydrateMs,
    afterMs,
    isFailed: true,
    chatCalls,
    chatPromptTokens,
    chatAnswerTokens,
    repeated,
  }
}
