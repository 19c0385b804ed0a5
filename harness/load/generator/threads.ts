/**
 * Generators as the run's thread has them: one here, or several in threads of their own, all
 * beginning at one moment.
 */
import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { EventLoopDelay } from '../../../src/base/event-loop.ts'
import type { Asker, TargetRecipe } from '../../target/recipe.ts'
import { generate, type LoadEvent } from './generate.ts'
import type { Shard } from './shard.ts'
import { makeRoomForThreads } from './thread-room.ts'
import type { FromThread, ThreadTask, ToThread } from './thread-protocol.ts'

/** How generators are run. */
export interface GeneratorOptions {
  readonly shards: readonly Shard[]
  readonly clock: Clock
  readonly maxInFlight: number
  readonly timeoutMs: number
  /** Ends the load early: what is in flight is waited for. */
  readonly stop: AbortSignal
  onEvent(event: LoadEvent): void
}

/** One generator in this thread: for a target that only this thread can ask. */
export async function generateHere(
  asker: Pick<Asker, 'ask'>,
  options: GeneratorOptions,
): Promise<readonly EventLoopDelay[]> {
  const { shards, clock, maxInFlight, timeoutMs, stop, onEvent } = options
  const startMs = clock.monotonicMs()
  return Promise.all(
    shards.map((shard) =>
      generate({ shard, asker, clock, startMs, maxInFlight, timeoutMs, stop, onEvent }),
    ),
  )
}

// Long enough for every thread to have heard of it.
const leadMs = 100

/** A thread for each shard. Rejects with what made one fail; no thread is left then. */
export async function generateInThreads(
  recipe: TargetRecipe,
  options: GeneratorOptions,
): Promise<readonly EventLoopDelay[]> {
  const { shards, clock, maxInFlight, timeoutMs, stop, onEvent } = options
  makeRoomForThreads()
  const threads = shards.map((shard) =>
    startThread(
      { recipe, shard, maxInFlight: Math.ceil(maxInFlight / shards.length), timeoutMs },
      onEvent,
    ),
  )
  const say = (message: ToThread): void =>
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin; windows do
    threads.forEach(({ worker }) => worker.postMessage(message))
  const onStop = (): void => say({ kind: 'stop' })
  try {
    await Promise.all(threads.map(({ ready }) => ready))
    stop.addEventListener('abort', onStop, { once: true })
    say({ kind: 'begin', atEpochMs: clock.nowMs() + leadMs })
    if (stop.aborted) onStop()
    return await Promise.all(threads.map(({ ended }) => ended))
  } finally {
    stop.removeEventListener('abort', onStop)
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
  }
}

interface Thread {
  readonly worker: Worker
  readonly ready: Promise<void>
  readonly ended: Promise<EventLoopDelay>
}

function startThread(task: ThreadTask, onEvent: (event: LoadEvent) => void): Thread {
  const isSource = import.meta.url.endsWith('.ts')
  const worker = new Worker(
    fileURLToPath(new URL(isSource ? './thread.ts' : './thread.js', import.meta.url)),
    { workerData: task, env: {}, execArgv: [] },
  )
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<EventLoopDelay>()
  const fail = (error: unknown): void => {
    ready.reject(error)
    ended.reject(error)
  }
  // Whichever is waited for first throws; the other must not be told to be unhandled.
  ready.promise.catch(() => undefined)
  ended.promise.catch(() => undefined)
  worker.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'ready':
        return ready.resolve()
      case 'events':
        return message.events.forEach(onEvent)
      case 'ended':
        return ended.resolve(message.loop)
      case 'failed':
        return fail(new TenantbenchError(message.code, { detail: message.detail }))
    }
  })
  worker.on('error', fail)
  worker.on('exit', () =>
    fail(
      new TenantbenchError('TB_BUG', {
        detail: 'A thread of the load generator ended before its load.',
      }),
    ),
  )
  return { worker, ready: ready.promise, ended: ended.promise }
}
