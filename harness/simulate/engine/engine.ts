/** What every engine is: a way of letting arrivals happen, in the order of time. */
import type { PlannedLimits, PlannedRates, StageTables } from '../plan.ts'
import type { Arrival } from './request.ts'
import type { Tally } from './tally.ts'

/** What an engine is made of. */
export interface EngineOptions {
  readonly startMs: number
  readonly stages: StageTables
  readonly limits: PlannedLimits
  readonly rates: PlannedRates
  /** Hears of each query once it has finished or failed: for whoever wants more than counts. */
  readonly onEnd?: (arrival: Arrival, latencyMs: number, hasFailed: boolean) => void
}

/** An engine. */
export interface EventEngine {
  readonly tally: Tally
  /** When the first of those that may still use something arrived; Infinity of none. */
  oldestMs(): number
  /**
   * Lets everything happen up to the arrival, and then lets it in. Throws TB_BUG for an arrival
   * before what has happened.
   */
  arrive(arrival: Arrival): void
  /** Lets everything happen up to a moment; Infinity is until nobody is left. */
  runUntil(untilMs: number): void
}
