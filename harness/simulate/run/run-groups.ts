/**
 * All groups of a plan, here or on threads. A group is the unit of work whatever the number of
 * threads, and results are heard in the order of groups, so that sums of fractions are the same to
 * the last bit.
 */
import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { simulateGroup, type GroupResult } from '../engine/group.ts'
import { groupCount, type SimulationPlan } from '../plan.ts'
import type { FromSimulationThread, ToSimulationThread } from './thread-protocol.ts'

/** How groups are run. */
export interface RunOptions {
  /** Threads at most; with 1, or for a single group, a short simulation happens in this thread. */
  readonly workers: number
  readonly signal: AbortSignal
  /** Hears of each group in order. */
  onResult(result: GroupResult): void
}

/** Runs them. Throws what a group throws, of several failing ones the first group's. */
export async function runGroups(
  plan: SimulationPlan,
  { workers, signal, onResult }: RunOptions,
): Promise<void> {
  const count = groupCount(plan.fleet)
  const threads = Math.min(workers, count)
  // What takes long has a thread of its own even alone: this one must hear when it is to stop.
  if (threads > 1 || isLong(plan)) return runOnThreads(plan, { workers: threads, signal, onResult })
  for (let group = 0; group < count; group++) {
    signal.throwIfAborted()
    onResult(simulateGroup(plan, group))
  }
}

const mostHere = 2_000_000

function isLong({ fleet, months }: SimulationPlan): boolean {
  return (
    fleet.queriesPerMonth.reduce((sum, each) => sum + each, 0) *
      months.reduce((sum, { volume }) => sum + volume, 0) >
    mostHere
  )
}

/**
 * Hands out groups in order; whoever is done gets the next. What comes early is kept until its
 * turn.
 */
async function runOnThreads(
  plan: SimulationPlan,
  { workers, signal, onResult }: RunOptions,
): Promise<void> {
  const count = groupCount(plan.fleet)
  const early = new Map<number, GroupResult>()
  const all = Promise.withResolvers<void>()
  let [given, heard] = [0, 0]
  let failure: Extract<FromSimulationThread, { kind: 'failed' }> | null = null
  const threads = Array.from({ length: workers }, () => startThread(plan))
  const next = (worker: Worker): void => {
    const task: ToSimulationThread = { group: given < count && failure === null ? given++ : null }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin; windows do
    worker.postMessage(task)
  }
  const settle = (): void => {
    for (let result = early.get(heard); result !== undefined; result = early.get(heard)) {
      early.delete(heard++)
      onResult(result)
    }
    if (heard === count) all.resolve()
    if (failure !== null && failure.group === heard)
      all.reject(new TenantbenchError(failure.code, { detail: failure.detail }))
  }
  const onAbort = (): void => all.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    for (const worker of threads) {
      worker.on('message', (message: FromSimulationThread) => {
        if (message.kind === 'failed')
          failure = failure === null || message.group < failure.group ? message : failure
        else early.set(message.result.group, message.result)
        next(worker)
        settle()
      })
      worker.on('error', (error) => all.reject(error))
      next(worker)
    }
    signal.throwIfAborted()
    await all.promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    await Promise.all(threads.map(async (worker) => worker.terminate()))
  }
}

function startThread(plan: SimulationPlan): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  return new Worker(
    fileURLToPath(
      new URL(isSource ? './simulation-thread.ts' : './simulation-thread.js', import.meta.url),
    ),
    { workerData: plan, env: {}, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 16 } },
  )
}
