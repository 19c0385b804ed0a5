/**
 * Sending a plan at its times. Everything that is due is sent, however late a timer fires: a
 * generator that falls behind shows it as send lag and never as fewer requests. Beyond so many in
 * flight an arrival is held, still counted from its intended start, and given up when it was held
 * longer than anybody would wait.
 */
import type { Clock } from '../../../src/base/clock.ts'

/** When one arrival was to be sent, and when it was. Milliseconds since the load began. */
export interface SendTimes {
  readonly intendedMs: number
  /**
   * When the generator came to it: what is missing to the intended start is the generator's own
   * lag.
   */
  readonly releasedMs: number
  /** When there was room for it. */
  readonly sentMs: number
}

/** How to pace. */
export interface PaceOptions {
  /** Intended starts in milliseconds since the load began, ascending. */
  readonly atMs: Float64Array
  readonly clock: Clock
  /** The load's beginning on the clock's monotonic scale. */
  readonly startMs: number
  readonly maxInFlight: number
  readonly timeoutMs: number
  /** Sends one; never rejects. */
  send(position: number, times: SendTimes): Promise<void>
  /** One that was never sent. */
  drop(position: number, times: Pick<SendTimes, 'intendedMs' | 'releasedMs'>): void
  /** Ends early: what is held is never sent, what is in flight is waited for. */
  readonly stop: AbortSignal
}

// Differences of a clock are a hair off; another sleep for that hair would be a millisecond.
const roundingMs = 1e-7

/**
 * Paces; resolves when everything that was sent has come back, or nobody waits for it any more.
 * Returns how many are still out.
 */
export async function pace(options: PaceOptions): Promise<number> {
  const { atMs, clock, startMs, timeoutMs, stop } = options
  const flight = openFlight(options)
  // Before anything that comes back makes room for the next.
  stop.addEventListener('abort', flight.dropHeld, { once: true })
  let next = 0
  while (next < atMs.length && !stop.aborted) {
    const nowMs = clock.monotonicMs() - startMs
    while (next < atMs.length && (atMs[next] as number) <= nowMs + roundingMs)
      flight.release(next++)
    if (next < atMs.length)
      await clock
        .sleep(Math.max(0, (atMs[next] as number) - (clock.monotonicMs() - startMs)), stop)
        .catch(() => undefined)
  }
  const over = new AbortController()
  await Promise.race([flight.landed(), clock.sleep(timeoutMs, over.signal).catch(() => undefined)])
  over.abort()
  flight.dropHeld()
  stop.removeEventListener('abort', flight.dropHeld)
  return flight.inFlight()
}

interface Flight {
  release(position: number): void
  dropHeld(): void
  inFlight(): number
  /** Resolves when nothing is in flight or held. */
  landed(): Promise<void>
}

function openFlight({
  atMs,
  clock,
  startMs,
  maxInFlight,
  timeoutMs,
  send,
  drop,
}: PaceOptions): Flight {
  const held: { readonly position: number; readonly releasedMs: number }[] = []
  let [firstHeld, inFlight] = [0, 0]
  let onLanded: (() => void) | null = null
  const sinceStart = (): number => clock.monotonicMs() - startMs
  const intended = (position: number): number => atMs[position] as number
  const start = (position: number, releasedMs: number, sentMs: number): void => {
    inFlight++
    void send(position, { intendedMs: intended(position), releasedMs, sentMs }).then(finished)
  }
  const takeHeld = (): (typeof held)[number] | undefined => {
    const taken = held[firstHeld]
    if (taken !== undefined) firstHeld++
    // The list is cut now and then, so that a long queue does not stay in memory and a short one
    // costs nothing.
    if (firstHeld > 1_024 && firstHeld * 2 > held.length) {
      held.splice(0, firstHeld)
      firstHeld = 0
    }
    return taken
  }
  const giveUp = ({ position, releasedMs }: (typeof held)[number]): void =>
    drop(position, { intendedMs: intended(position), releasedMs })
  const finished = (): void => {
    inFlight--
    for (let waiting = takeHeld(); waiting !== undefined; waiting = takeHeld()) {
      if (sinceStart() - intended(waiting.position) > timeoutMs) giveUp(waiting)
      else return start(waiting.position, waiting.releasedMs, sinceStart())
    }
    if (inFlight === 0) onLanded?.()
  }
  return {
    release(position) {
      const nowMs = sinceStart()
      if (inFlight < maxInFlight) start(position, nowMs, nowMs)
      else held.push({ position, releasedMs: nowMs })
    },
    dropHeld() {
      for (let waiting = takeHeld(); waiting !== undefined; waiting = takeHeld()) giveUp(waiting)
      if (inFlight === 0) onLanded?.()
    },
    inFlight: () => inFlight,
    landed: () =>
      new Promise((resolve) => {
        onLanded = resolve
        if (inFlight === 0 && held.length === firstHeld) resolve()
      }),
  }
}
