/** A clock that stands still but for sleeping, and remembers how long it was told to sleep. */
import type { Clock } from '../../../src/base/clock.ts'

/** The clock, and what was slept. */
export interface FakeClock extends Clock {
  readonly sleeps: number[]
  advance(durationMs: number): void
}

/** One that starts at zero. */
export function fakeClock(): FakeClock {
  let passedMs = 0
  const sleeps: number[] = []
  return {
    sleeps,
    nowMs: () => passedMs,
    monotonicMs: () => passedMs,
    advance: (durationMs) => void (passedMs += durationMs),
    async sleep(durationMs, signal) {
      signal?.throwIfAborted()
      sleeps.push(durationMs)
      passedMs += durationMs
    },
  }
}
