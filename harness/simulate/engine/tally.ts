/**
 * What happened to the queries of a group: counts, and latencies by series. Two tallies add up
 * exactly.
 */
import { latencySeries } from './latency-buckets.ts'

/**
 * Counts of whole queries, and of attempts. `arrived` is all others up to `inFlight` together, at
 * every moment.
 */
export interface Counts {
  arrived: number
  finished: number
  failed: number
  inFlight: number
  /** Of those finished: answered by the service's own cache. */
  fromCache: number
  /** Of those failed. */
  timedOut: number
  /** Attempts that were refused with 429, broke off, or were answered 503. */
  throttled: number
  aborted: number
  unavailable: number
}

/** A series of latencies: of a tier or a tenant under a variant. */
export interface SeriesTally {
  readonly latency: Float64Array
  finished: number
  failed: number
  /** Of those finished: of the prompts that were answered, and of the answers. */
  promptTokens: number
  answerTokens: number
}

/** What happened. */
export interface Tally {
  readonly counts: Counts
  /** By the number of the series. */
  readonly series: Map<number, SeriesTally>
  /**
   * Of arrivals that had to wait: for a place in the service, for a connection; and for how long
   * all of them together.
   */
  readonly waits: {
    admission: number
    admissionMs: number
    connection: number
    connectionMs: number
    mostQueued: number
  }
}

/** Nothing. */
export function emptyTally(): Tally {
  return {
    counts: {
      arrived: 0,
      finished: 0,
      failed: 0,
      inFlight: 0,
      fromCache: 0,
      timedOut: 0,
      throttled: 0,
      aborted: 0,
      unavailable: 0,
    },
    series: new Map(),
    waits: { admission: 0, admissionMs: 0, connection: 0, connectionMs: 0, mostQueued: 0 },
  }
}

/** A series of nobody. */
export function emptySeries(): SeriesTally {
  return { latency: latencySeries(), finished: 0, failed: 0, promptTokens: 0, answerTokens: 0 }
}

/** The series of a number, made when it is first asked for. */
export function seriesOf(tally: Tally, number: number): SeriesTally {
  const known = tally.series.get(number)
  if (known !== undefined) return known
  const made = emptySeries()
  tally.series.set(number, made)
  return made
}

/** Adds a tally to another. */
export function addTally(to: Tally, from: Tally): void {
  for (const name of Object.keys(to.counts) as (keyof Counts)[])
    to.counts[name] += from.counts[name]
  for (const [number, series] of from.series) addSeries(seriesOf(to, number), series)
  const { mostQueued, ...sums } = from.waits
  for (const name of Object.keys(sums) as (keyof typeof sums)[]) to.waits[name] += sums[name]
  to.waits.mostQueued = Math.max(to.waits.mostQueued, mostQueued)
}

/** Adds a series to another. */
export function addSeries(to: SeriesTally, from: SeriesTally): void {
  for (let bucket = 0; bucket < to.latency.length; bucket++)
    to.latency[bucket] = (to.latency[bucket] as number) + (from.latency[bucket] as number)
  to.finished += from.finished
  to.failed += from.failed
  to.promptTokens += from.promptTokens
  to.answerTokens += from.answerTokens
}
