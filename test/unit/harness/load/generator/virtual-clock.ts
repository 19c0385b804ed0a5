/**
 * A clock whose time is that of the next thing that somebody waits for: a load of hours passes in a
 * moment, and nothing really sleeps.
 */
import type { Clock } from '../../../../../src/base/clock.ts'

/** The clock. */
export interface VirtualClock extends Clock {
  /**
   * Lets happen what is waited for, in the order of its times, until the work is done. Throws where
   * nothing is left that could end it.
   */
  during<T>(work: Promise<T>): Promise<T>
  /** The same time, on which every sleep ends so much too late. */
  lateBy(lateMs: (sleep: number) => number): Clock
}

interface Alarm {
  readonly atMs: number
  ring(): void
}

const leastMs = 0.001

/**
 * What a clock's time begins at: not zero, so that nobody takes it for the time since a load began.
 */
export const clockBegan = 5_000

/** One that stands still until somebody waits. */
export function virtualClock(): VirtualClock {
  let [nowMs, sleeps] = [clockBegan, 0]
  const alarms = new Set<Alarm>()
  const wait = (durationMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const alarm: Alarm = {
        // What is less than time can be told by would not pass at all.
        atMs: nowMs + (durationMs > 0 ? Math.max(durationMs, leastMs) : 0),
        ring() {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = (): void => {
        alarms.delete(alarm)
        reject(signal?.reason)
      }
      if (signal?.aborted === true) return reject(signal.reason)
      alarms.add(alarm)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  const now = { nowMs: () => nowMs, monotonicMs: () => nowMs }
  return {
    ...now,
    sleep: wait,
    lateBy: (lateMs) => ({
      ...now,
      sleep: (durationMs, signal) => wait(durationMs + lateMs(sleeps++), signal),
    }),
    async during(work) {
      let isOver = false
      const over = (): void => void (isOver = true)
      work.then(over, over)
      for (;;) {
        // Everything that follows of itself has happened by then.
        await new Promise((resolve) => setImmediate(resolve))
        if (isOver) return work
        const first = [...alarms].reduce<Alarm | null>(
          (least, each) => (least === null || each.atMs < least.atMs ? each : least),
          null,
        )
        if (first === null) throw new Error('nobody waits for anything, and it is not over')
        alarms.delete(first)
        nowMs = Math.max(nowMs, first.atMs)
        first.ring()
      }
    },
  }
}
