/**
 * The same as the event engine where nothing is waited for but a place in the service: whoever
 * comes first is served first, so a query's start and end are known when it arrives (Kiefer and
 * Wolfowitz 1955), and nothing has to be an event. Faster, and the same but for the last digits of
 * sums: a test holds one against the other.
 */
import { drawn, ofAttempt, strikesBelow } from './draws.ts'
import { answerFromCache, giveUp, otherMs, settle, wentBack } from './endings.ts'
import { isAnsweredFromCache, repeatWaitMs } from './fates.ts'
import type { EngineOptions, EventEngine } from './engine.ts'
import type { Arrival } from './request.ts'
import { emptyTally, type Tally } from './tally.ts'

/** Whether nothing but a place in the service is limited. */
export function isFifo({ limits }: Pick<EngineOptions, 'limits'>): boolean {
  return limits.connections === null && limits.providers.length === 0
}

interface Engine {
  readonly options: EngineOptions
  readonly tally: Tally
  readonly places: Places | null
  nowMs: number
  readonly below: { readonly cached: number; readonly unavailable: number; readonly wrong: number }
}

/** An engine without requests. */
export function fifoEngine(options: EngineOptions): EventEngine {
  const { limits, rates } = options
  const unavailable = strikesBelow(rates.unavailable)
  const below = {
    cached: strikesBelow(rates.cachedAnswers),
    unavailable,
    wrong: unavailable + strikesBelow(rates.abortedStreams),
  }
  const engine: Engine = {
    options,
    nowMs: options.startMs,
    tally: emptyTally(),
    places: limits.maxInFlight === null ? null : openPlaces(limits.maxInFlight),
    below,
  }
  // What a query uses is told when it arrives.
  return {
    tally: engine.tally,
    oldestMs: () => Infinity,
    arrive: (arrival) => serve(engine, arrival),
    runUntil: () => undefined,
  }
}

function serve(engine: Engine, arrival: Arrival): void {
  if (arrival.atMs < engine.nowMs) throw wentBack(engine.nowMs, arrival.atMs)
  engine.nowMs = arrival.atMs
  const { tally, places, below, options } = engine
  const {
    atMs,
    number,
    asker: { keys },
  } = arrival
  const { counts, waits } = tally
  counts.arrived++
  if (below.cached > 0 && isAnsweredFromCache({ keys, number }, below.cached))
    return answerFromCache(engine, arrival)
  const startMs = places === null ? atMs : places.startOf(atMs)
  if (startMs > atMs) {
    waits.admission++
    waits.admissionMs += startMs - atMs
    waits.mostQueued = Math.max(waits.mostQueued, places?.waitingAt(atMs) ?? 0)
  }
  if (options.limits.timeoutMs !== null && startMs - atMs > options.limits.timeoutMs)
    return giveUp(engine, arrival, startMs - atMs)
  const { tookMs, answerTokens } = serviceOf(engine, arrival)
  places?.take(startMs + tookMs)
  settle(engine, arrival, { latencyMs: startMs - atMs + tookMs, answerTokens })
}

/**
 * What a query takes once it has its place, all attempts together, and its answer's tokens, null of
 * one that failed. What it uses is told.
 */
function serviceOf(
  engine: Engine,
  arrival: Arrival,
): { readonly tookMs: number; readonly answerTokens: number | null } {
  const {
    tally,
    below,
    options: { stages, limits },
  } = engine
  const {
    number,
    promptTokens,
    asker: { keys, variant, account },
  } = arrival
  const first = drawn(keys[6] as number, keys[7] as number, number)
  const middle = drawn(keys[8] as number, keys[9] as number, number)
  account.embedded()
  account.retrieved()
  let tookMs =
    (stages.embedMs[first >>> 20] as number) +
    (stages.retrieveMs[first & 0xfff] as number) +
    (stages.hydrateMs[middle >>> 20] as number)
  if (variant.rerank) {
    account.reranked()
    tookMs += stages.rerankMs[middle & 0xfff] as number
  }
  for (let attempt = 1; attempt <= limits.attempts; attempt++) {
    const own = ofAttempt(number, attempt)
    const answerTokens = variant.answerTokens[
      drawn(keys[0] as number, keys[1] as number, own) & 0xfff
    ] as number
    const fate =
      below.wrong === 0 ? Infinity : drawn(keys[4] as number, keys[5] as number, own) >>> 0
    if (fate < below.unavailable) {
      tally.counts.unavailable++
      if (attempt < limits.attempts) tookMs += repeatWaitMs(attempt, fate / below.unavailable)
      continue
    }
    const last = drawn(keys[10] as number, keys[11] as number, own)
    const firstMs = variant.firstTokenMs[last >>> 20] as number
    const restMs = answerTokens * (variant.msPerToken[last & 0xfff] as number)
    account.chatted({ promptTokens, answerTokens, isRepeated: attempt > 1 })
    if (fate < below.wrong) {
      tally.counts.aborted++
      tookMs += firstMs + restMs / 2
      continue
    }
    return { answerTokens, tookMs: tookMs + firstMs + restMs + otherMs(engine.options, arrival) }
  }
  return { tookMs, answerTokens: null }
}

/** Places in the service, by when each is free again: a heap, the earliest at the top. */
interface Places {
  /** When whoever comes at a moment has a place. */
  startOf(atMs: number): number
  /** Takes the place that is free first, until a moment. */
  take(untilMs: number): void
  /** How many of those who came have no place yet by then. */
  waitingAt(atMs: number): number
}

function openPlaces(count: number): Places {
  const freeMs = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const starts: number[] = []
  let begun = 0
  return {
    startOf(atMs) {
      const startMs = Math.max(atMs, freeMs[0] as number)
      // Starts come in order, as arrivals do.
      if (startMs > atMs) starts.push(startMs)
      return startMs
    },
    take: (untilMs) => sink(freeMs, untilMs),
    waitingAt(atMs) {
      while (begun < starts.length && (starts[begun] as number) <= atMs) begun++
      if (begun > 1_024 && 2 * begun > starts.length) {
        starts.splice(0, begun)
        begun = 0
      }
      return starts.length - begun
    },
  }
}

/** Puts a time in the place of the earliest. */
function sink(heap: Float64Array, time: number): void {
  const { length } = heap
  let at = 0
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) child++
    if ((heap[child] as number) >= time) break
    heap[at] = heap[child] as number
    at = child
  }
  heap[at] = time
}
