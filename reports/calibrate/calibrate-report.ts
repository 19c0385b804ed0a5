/** What a calibration says, as others read it. */
import type { ExitCode } from '../../src/base/errors.ts'

/** One figure of one configuration at one load: live, simulated, and live again. */
export interface CalibrateCell {
  readonly cell: string
  readonly run: string
  readonly model: string
  /** Null is every one of the model, and so is `rerank`. */
  readonly topK: number | null
  readonly rerank: boolean | null
  readonly ratePerSecond: number
  readonly role: 'fit' | 'held-out'
  /** By what it is held out; a cell may be held out by several. */
  readonly heldOut: readonly ('model' | 'top_k' | 'load')[]
  /** Latencies in milliseconds, tokens and dollars as means of a query. */
  readonly metric: string
  readonly queries: number
  readonly live: number | null
  readonly simulated: number | null
  readonly errorPct: number | null
  readonly repeatPct: number | null
  readonly limitPct: number
  /** Null where it is not judged. */
  readonly verdict: 'pass' | 'fail' | null
}

/** A run that was read. */
export interface CalibrateRun {
  readonly run: string
  readonly runId: string
  readonly seed: number
  readonly arrivals: string
  readonly ratePerSecond: number
  /**
   * Of the rate at which everybody in flight is just enough; null where nothing was ever held back.
   */
  readonly saturationPct: number | null
  readonly queries: number
  readonly use:
    | 'fit'
    | 'profile of the held-out model'
    | 'held out'
    | 'repeat of the held-out level'
    | 'left out'
  /** Why it is left out; null otherwise. */
  readonly reason: string | null
}

/** The whole calibration. */
export interface CalibrateReport {
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
  readonly exitCode: ExitCode
  readonly scenario: string
  readonly heldOut: {
    readonly model: string | null
    readonly topK: number | null
    readonly arrivals: string | null
  }
  /** What was not held out or not judged, and what to do about it. */
  readonly missing: readonly string[]
  readonly notes: readonly string[]
  readonly runs: readonly CalibrateRun[]
  /** The most in flight; null where it was never met. */
  readonly maxInFlight: number | null
  readonly grain: 'event'
  readonly timeScale: 1
  readonly simulations: number
  /** With fewer queries a figure is not judged. */
  readonly leastToJudge: number
  readonly seed: number
  readonly fittedQueries: number
  readonly cells: readonly CalibrateCell[]
}
