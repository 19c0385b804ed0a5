/**
 * How a query ends, the same in both engines: what is counted, which latency is recorded, and who
 * hears of it.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { drawn } from './draws.ts'
import type { EngineOptions } from './engine.ts'
import { bucketOf } from './latency-buckets.ts'
import type { Arrival } from './request.ts'
import type { SeriesTally, Tally } from './tally.ts'

/** The part of an engine in which queries end. */
export interface EndsHere {
  readonly options: EngineOptions
  readonly tally: Tally
}

/** An end that came of being sent. */
export interface Ending {
  readonly latencyMs: number
  /** Null of a query that failed. */
  readonly answerTokens: number | null
}

/** Counts a query that was sent. An answer that comes too late is a failure, and was billed. */
export function settle(
  { options, tally: { counts } }: EndsHere,
  arrival: Arrival,
  { latencyMs, answerTokens }: Ending,
): void {
  const { series } = arrival.asker
  const isLate = options.limits.timeoutMs !== null && latencyMs > options.limits.timeoutMs
  if (answerTokens === null || isLate) {
    counts.failed++
    counts.timedOut += Number(isLate)
    series.failed++
  } else {
    counts.finished++
    series.finished++
    series.promptTokens += arrival.promptTokens
    series.answerTokens += answerTokens
    record(series, latencyMs)
  }
  options.onEnd?.(arrival, latencyMs, answerTokens === null || isLate)
}

/**
 * Counts a query that the service's own cache answers: known before any provider is asked, it takes
 * what the service itself takes.
 */
export function answerFromCache({ options, tally: { counts } }: EndsHere, arrival: Arrival): void {
  counts.finished++
  counts.fromCache++
  arrival.asker.series.finished++
  record(arrival.asker.series, otherMs(options, arrival))
}

/**
 * Counts a query that waited too long for a place and is not sent at all: as a run does, and
 * whoever asked has gone.
 */
export function giveUp(
  { options, tally: { counts } }: EndsHere,
  arrival: Arrival,
  waitedMs: number,
): void {
  counts.failed++
  counts.timedOut++
  arrival.asker.series.failed++
  options.onEnd?.(arrival, waitedMs, true)
}

/** What a query takes beside its stages. */
export function otherMs({ stages }: EngineOptions, { number, asker: { keys } }: Arrival): number {
  return stages.otherMs[drawn(keys[9] as number, keys[8] as number, number) >>> 20] as number
}

/** The bug of an arrival or event before what has happened. */
export function wentBack(nowMs: number, atMs: number): TenantbenchError {
  return new TenantbenchError('TB_BUG', {
    detail: `Virtual time went back from ${nowMs} to ${atMs} ms.`,
  })
}

function record(series: SeriesTally, latencyMs: number): void {
  const bucket = bucketOf(latencyMs)
  series.latency[bucket] = (series.latency[bucket] as number) + 1
}
