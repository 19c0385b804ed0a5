/**
 * Discrete events: each query goes through the stages of a request, waits for a place in the
 * service, a connection and the providers' rate limits, is refused, repeated, breaks off or takes
 * too long. A stage that nothing has to be waited for after it is no event.
 */
import { drawn, ofAttempt, strikesBelow } from './draws.ts'
import { answerFromCache, giveUp, otherMs, settle, wentBack } from './endings.ts'
import type { EngineOptions, EventEngine } from './engine.ts'
import { eventHeap, type EventHeap } from './event-heap.ts'
import { isAnsweredFromCache, repeatWaitMs } from './fates.ts'
import { openLimiters, type Limiters, type ProviderName } from './limiters.ts'
import {
  openRequests,
  requestStages as stages,
  type Arrival,
  type Request,
  type Requests,
} from './request.ts'
import { servers, type Servers } from './servers.ts'
import { emptyTally, type Tally } from './tally.ts'

interface Engine {
  readonly options: EngineOptions
  readonly tally: Tally
  readonly heap: EventHeap
  readonly requests: Requests
  readonly service: Servers | null
  readonly pool: Servers | null
  readonly limiters: Limiters
  readonly below: {
    readonly cached: number
    readonly aborted: number
    readonly unavailable: number
  }
  nowMs: number
}

/** An engine without requests. */
export function eventEngine(options: EngineOptions): EventEngine {
  const { limits, rates, startMs } = options
  const engine: Engine = {
    options,
    tally: emptyTally(),
    heap: eventHeap(),
    requests: openRequests(),
    service: limits.maxInFlight === null ? null : servers(limits.maxInFlight),
    pool: limits.connections === null ? null : servers(limits.connections),
    limiters: openLimiters(limits, startMs),
    below: {
      cached: strikesBelow(rates.cachedAnswers),
      aborted: strikesBelow(rates.abortedStreams),
      unavailable: strikesBelow(rates.unavailable),
    },
    nowMs: startMs,
  }
  return {
    tally: engine.tally,
    oldestMs: () => engine.requests.oldestMs(),
    arrive(arrival) {
      runUntil(engine, arrival.atMs)
      if (arrival.atMs < engine.nowMs) throw wentBack(engine.nowMs, arrival.atMs)
      admit(engine, arrival)
    },
    runUntil: (untilMs) => runUntil(engine, untilMs),
  }
}

function runUntil(engine: Engine, untilMs: number): void {
  const { heap } = engine
  for (
    let nextMs = heap.nextMs();
    nextMs <= untilMs && nextMs !== Infinity;
    nextMs = heap.nextMs()
  ) {
    if (nextMs < engine.nowMs) throw wentBack(engine.nowMs, nextMs)
    engine.nowMs = nextMs
    advance(engine, heap.pop(), nextMs)
  }
  if (untilMs !== Infinity) engine.nowMs = Math.max(engine.nowMs, untilMs)
}

function admit(engine: Engine, arrival: Arrival): void {
  const { tally, below, requests, service } = engine
  tally.counts.arrived++
  if (
    below.cached > 0 &&
    isAnsweredFromCache({ keys: arrival.asker.keys, number: arrival.number }, below.cached)
  ) {
    return answerFromCache(engine, arrival)
  }
  tally.counts.inFlight++
  const slot = requests.open(arrival)
  if (service === null || service.enter(slot)) return advance(engine, slot, arrival.atMs)
  tally.waits.admission++
  tally.waits.mostQueued = Math.max(tally.waits.mostQueued, service.waiting)
}

/**
 * Goes on with a request from a moment, as far as nothing has to be waited for. What can be waited
 * for is looked at in the order of time only: a moment to come becomes an event first.
 */
function advance(engine: Engine, slot: number, fromMs: number): void {
  const request = engine.requests.at(slot)
  const { variant, account } = request.arrival.asker
  const tables = engine.options.stages
  let atMs = fromMs
  for (;;) {
    if (atMs > engine.nowMs && isWaitedFor(engine, request)) return engine.heap.push(atMs, slot)
    switch (request.stage) {
      case stages.embed:
        if (isRefused(engine, slot, { provider: 'openai', tokens: 0 })) return
        account.embedded()
        atMs += tables.embedMs[request.first >>> 20] as number
        break
      case stages.retrieve:
        if (isRefused(engine, slot, { provider: 'pinecone', tokens: 0 })) return
        account.retrieved()
        atMs += tables.retrieveMs[request.first & 0xfff] as number
        break
      case stages.hydrate:
        if (engine.pool !== null && !engine.pool.enter(slot)) {
          request.sinceMs = atMs
          return
        }
        atMs += tables.hydrateMs[request.middle >>> 20] as number
        break
      case stages.hydrated:
        releaseConnection(engine)
        request.stage += Number(!variant.rerank)
        break
      case stages.rerank:
        if (isRefused(engine, slot, { provider: 'pinecone', tokens: 0 })) return
        account.reranked()
        atMs += tables.rerankMs[request.middle & 0xfff] as number
        break
      case stages.chat:
        return chat(engine, slot, atMs)
      default:
        return finish(engine, slot)
    }
    request.stage++
    request.attempt = 1
  }
}

/** Whether the next step of a request depends on what others do. */
function isWaitedFor({ pool, limiters }: Engine, { stage, arrival }: Request): boolean {
  switch (stage) {
    case stages.embed:
      return limiters.openai !== null
    case stages.retrieve:
    case stages.rerank:
      return limiters.pinecone !== null
    case stages.hydrate:
    case stages.hydrated:
      return pool !== null
    case stages.chat:
      return limiters[arrival.asker.variant.provider] !== null
    default:
      return true
  }
}

/** Gives a connection to whoever waits for it longest. */
function releaseConnection(engine: Engine): void {
  const { pool, requests, tally, nowMs, options } = engine
  const next = pool === null ? -1 : pool.leave()
  if (next === -1) return
  const request = requests.at(next)
  tally.waits.connection++
  tally.waits.connectionMs += nowMs - request.sinceMs
  request.stage = stages.hydrated
  engine.heap.push(nowMs + (options.stages.hydrateMs[request.middle >>> 20] as number), next)
}

interface Wanted {
  readonly provider: ProviderName
  /** Tokens that count against a limit of tokens a minute. */
  readonly tokens: number
}

/**
 * Whether a limit refuses the call now; then it is repeated after what the provider asks for, or
 * given up.
 */
function isRefused(engine: Engine, slot: number, { provider, tokens }: Wanted): boolean {
  const { nowMs, tally, limiters } = engine
  const waitMs = limiters[provider]?.take(nowMs, tokens) ?? 0
  if (waitMs === 0) return false
  tally.counts.throttled++
  repeat(engine, slot, { failedMs: nowMs, againMs: nowMs + waitMs })
  return true
}

interface Failure {
  readonly failedMs: number
  readonly againMs: number
}

/**
 * Makes the same call again at a moment. After the last attempt nothing is waited for: the query
 * has failed.
 */
function repeat(engine: Engine, slot: number, { failedMs, againMs }: Failure): void {
  const request = engine.requests.at(slot)
  if (request.attempt < engine.options.limits.attempts) {
    request.attempt++
    return engine.heap.push(againMs, slot)
  }
  request.isFailed = true
  request.stage = stages.done
  engine.heap.push(failedMs, slot)
}

/** Asks the model. What it generates is billed, whether or not the stream comes to its end. */
function chat(engine: Engine, slot: number, atMs: number): void {
  const { tally, below, requests } = engine
  const request = requests.at(slot)
  const { arrival, attempt } = request
  const { promptTokens } = arrival
  const { variant, keys, account } = arrival.asker
  const number = ofAttempt(arrival.number, attempt)
  const answerTokens = variant.answerTokens[
    drawn(keys[0] as number, keys[1] as number, number) & 0xfff
  ] as number
  if (isRefused(engine, slot, { provider: variant.provider, tokens: promptTokens + answerTokens }))
    return
  const fate =
    below.aborted + below.unavailable === 0
      ? Infinity
      : drawn(keys[4] as number, keys[5] as number, number) >>> 0
  if (fate < below.unavailable) {
    tally.counts.unavailable++
    return repeat(engine, slot, {
      failedMs: atMs,
      againMs: atMs + repeatWaitMs(attempt, fate / below.unavailable),
    })
  }
  const word = drawn(keys[10] as number, keys[11] as number, number)
  const firstMs = variant.firstTokenMs[word >>> 20] as number
  const restMs = answerTokens * (variant.msPerToken[word & 0xfff] as number)
  account.chatted({ promptTokens, answerTokens, isRepeated: attempt > 1 })
  if (fate < below.unavailable + below.aborted) {
    tally.counts.aborted++
    const brokenMs = atMs + firstMs + restMs / 2
    return repeat(engine, slot, { failedMs: brokenMs, againMs: brokenMs })
  }
  request.answerTokens = answerTokens
  request.stage = stages.done
  engine.heap.push(atMs + firstMs + restMs + otherMs(engine.options, arrival), slot)
}

function finish(engine: Engine, slot: number): void {
  const { requests, tally, service, nowMs } = engine
  const { arrival, isFailed, answerTokens } = requests.at(slot)
  tally.counts.inFlight--
  settle(engine, arrival, {
    latencyMs: nowMs - arrival.atMs,
    answerTokens: isFailed ? null : answerTokens,
  })
  requests.close(slot)
  if (service !== null) handOn(engine, service)
}

/**
 * Gives a place to whoever waits longest. Who has waited too long is not sent at all: as a run
 * does, and whoever asked has gone.
 */
function handOn(engine: Engine, service: Servers): void {
  const {
    requests,
    tally: { counts, waits },
    nowMs,
    options,
  } = engine
  for (let next = service.leave(); next !== -1; next = service.leave()) {
    const { arrival } = requests.at(next)
    const waitedMs = nowMs - arrival.atMs
    waits.admissionMs += waitedMs
    if (options.limits.timeoutMs === null || waitedMs <= options.limits.timeoutMs)
      return advance(engine, next, nowMs)
    counts.inFlight--
    giveUp(engine, arrival, waitedMs)
    requests.close(next)
  }
}
