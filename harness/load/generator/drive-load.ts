/**
 * Driving a load in the run's thread: generators send, and what they tell is judged, recorded and
 * handed on here. Every arrival of the plan comes out as one query: answered, failed, timed out or
 * dropped.
 */
import type { Clock } from '../../../src/base/clock.ts'
import { errorRegistry, type ErrorCode } from '../../../src/base/errors.ts'
import type { EventLoopDelay } from '../../../src/base/event-loop.ts'
import { loadRecorder, type LoadRecorder } from '../../measure/load-recorder.ts'
import type { Observed } from '../../measure/sample.ts'
import type { RunTarget } from '../../target/recipe.ts'
import type { TargetAnswer } from '../../target/target.ts'
import type { PlannedLoad } from '../../workload/planned-load.ts'
import { observedOf, type AnswerObserver } from '../../execute/observe.ts'
import type { LoadEvent } from './generate.ts'
import { shardsOf } from './shard.ts'
import { generateHere, generateInThreads } from './threads.ts'

/** How to drive a load. */
export interface DriveLoadOptions {
  readonly target: RunTarget
  readonly clock: Clock
  readonly observers: readonly AnswerObserver[]
  /**
   * Whether the load may go on; asked before it begins and after every answer. Once it says no, the
   * load is ended.
   */
  readonly mayGoOn?: () => boolean
  /** Fewer in flight than the scenario lets there be. */
  readonly mostInFlight?: number
  readonly onObserved?: (observed: Observed) => void
  readonly signal: AbortSignal
}

/** What a load came to. */
export interface LoadOutcome {
  /** Kept whole: the first, as many as memory is for. */
  readonly observed: readonly Observed[]
  /**
   * Arrivals that came out one way or another; fewer than planned only where the load was ended
   * early.
   */
  readonly count: number
  /** Without warm-up. */
  readonly recorder: LoadRecorder
  /** The event loop of each generator. */
  readonly loops: readonly EventLoopDelay[]
  /** Whether generators had threads of their own. */
  readonly isThreaded: boolean
  /** From the load's beginning to the last send. */
  readonly lastSentMs: number
  /** When the generator came to the last arrival that it came to. */
  readonly lastReleasedMs: number
}

/** Beyond so many, queries are in histograms and counts alone. */
export const mostKept = 200_000

/** Drives it. Rejects with the signal's reason when it is aborted. */
export async function driveLoad(
  load: PlannedLoad,
  options: DriveLoadOptions,
): Promise<LoadOutcome> {
  const { target, clock, signal, mayGoOn } = options
  const stop = new AbortController()
  const book = openBook(load, options)
  const remote = target.remote()
  const { workers, timeoutMs } = load.load
  const maxInFlight = Math.min(load.load.maxInFlight, options.mostInFlight ?? Infinity)
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  const onEvent = (event: LoadEvent): void => {
    try {
      book.take(event, remote?.interpret)
      if (mayGoOn?.() === false) stop.abort()
    } catch (error) {
      // Whoever judges has failed, not the system: the run ends by it, and tidies up.
      stop.abort()
      broken.reject(error)
    }
  }
  const onAbort = (): void => stop.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  const common = { clock, maxInFlight, timeoutMs, stop: stop.signal, onEvent }
  try {
    signal.throwIfAborted()
    if (mayGoOn?.() === false) return { ...book.close(), loops: [], isThreaded: remote !== null }
    const generating =
      remote === null
        ? generateHere(target, { ...common, shards: shardsOf(load, 1) })
        : generateInThreads(remote.recipe, { ...common, shards: shardsOf(load, workers) })
    const aborted = new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    )
    const loops = await Promise.race([generating, aborted, broken.promise])
    return { ...book.close(), loops, isThreaded: remote !== null }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

interface Book {
  /** Makes a query of what came of an arrival. */
  take(
    event: LoadEvent,
    interpret: NonNullable<ReturnType<RunTarget['remote']>>['interpret'] | undefined,
  ): void
  close(): Pick<LoadOutcome, 'observed' | 'count' | 'recorder' | 'lastSentMs' | 'lastReleasedMs'>
}

function openBook(load: PlannedLoad, { observers, onObserved }: DriveLoadOptions): Book {
  const kept = new Map<number, Observed>()
  const recorder = loadRecorder()
  let [count, lastSentMs, lastReleasedMs] = [0, 0, 0]
  return {
    take(event, interpret) {
      const query = load.queryAt(event.position)
      const { cell, question, requestId } = query
      const read = (told: unknown): TargetAnswer =>
        interpret?.(
          { tenantId: cell.tenantId, requestId, text: question.text, variant: null },
          told,
        ) ?? (told as TargetAnswer)
      const answer =
        event.kind === 'answered'
          ? read(event.told)
          : givenUp(event.kind === 'dropped' ? 'TB_LOAD_DROPPED' : 'TB_LOAD_TIMEOUT')
      for (const observe of observers) observe(query, answer)
      const isTooLate = event.times.endedMs - event.times.intendedMs > load.load.timeoutMs
      const judged = observedOf(query, answer, {
        ...event.times,
        ...load.standingAt(event.position),
      })
      // Nobody waits for it any more: an answer that comes after that is none.
      const observed: Observed =
        isTooLate && judged.outcome === 'answered'
          ? { ...judged, outcome: 'failed', errorCode: 'TB_LOAD_TIMEOUT', right: false }
          : judged
      if (!observed.isWarmup) recorder.record(observed)
      if (kept.size < mostKept) kept.set(event.position, observed)
      onObserved?.(observed)
      count++
      lastReleasedMs = Math.max(lastReleasedMs, event.times.releasedMs)
      if (event.kind !== 'dropped') lastSentMs = Math.max(lastSentMs, event.times.sentMs)
    },
    close: () => ({
      observed: [...kept].toSorted(([one], [other]) => one - other).map(([, observed]) => observed),
      count,
      recorder,
      lastSentMs,
      lastReleasedMs,
    }),
  }
}

function givenUp(code: ErrorCode): TargetAnswer {
  return { outcome: 'failed', code, message: errorRegistry[code].means, usage: [], crossings: [] }
}
