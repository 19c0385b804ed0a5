/**
 * Time comes in from outside (DESIGN law 2). Everything that needs the time or has to wait is
 * handed a Clock; only this file reads the system's. A virtual clock is another implementation of
 * the same three methods.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** Where time comes from. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC: for stamps and months, never for durations. */
  nowMs(): number
  /** Milliseconds from an arbitrary start, never going back: for durations. */
  monotonicMs(): number
  /** Waits; rejects with the signal's reason when it is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(durationMs, signal) {
    if (durationMs > 0) await delay(durationMs, undefined, signal === undefined ? {} : { signal })
  },
}

/** A stamp as ISO 8601 in UTC. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Milliseconds of an hour. */
export const hourMs = 3_600_000
/** Milliseconds of a day, as bills count it. */
export const dayMs = 24 * hourMs

/** The UTC calendar day of a stamp as `YYYY-MM-DD`. */
export function dayOf(epochMs: number): string {
  return isoTime(epochMs).slice(0, 10)
}

/** The instant at which the UTC day of a stamp begins. */
export function dayStart(epochMs: number): number {
  return epochMs - (((epochMs % dayMs) + dayMs) % dayMs)
}

/** The UTC calendar month of a stamp as `YYYY-MM`; bills are cut there. */
export function monthOf(epochMs: number): string {
  return isoTime(epochMs).slice(0, 7)
}

/** An interval of time, half open. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

/** The instant a month begins (inclusive) and ends (exclusive), in UTC. */
export function monthBounds(month: string): Period {
  const fromMs = Date.parse(`${month}-01T00:00:00Z`)
  const from = new Date(fromMs)
  return { fromMs, toMs: Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1) }
}
