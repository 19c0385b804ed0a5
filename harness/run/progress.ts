/** What a run says about itself while it goes on, and how long its stages took. */
import { isoTime, type Clock } from '../../src/base/clock.ts'
import { watchEventLoop } from '../../src/base/event-loop.ts'
import type { PicoUsd } from '../../src/base/money.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { CapacityEvent } from '../../src/index.ts'
import type { RunRecord } from '../../reports/record/record.ts'

/**
 * Stages in order, each with the words that a person reads. A system that is not ours is opened in
 * place of services and schema.
 */
export const stageWords = {
  corpora: 'writing the corpora',
  services: 'starting PostgreSQL and the local vendors',
  schema: 'installing schema and roles',
  target: 'opening the target',
  provision: 'creating and feeding tenants',
  queries: 'asking',
  month: 'closing the month',
  probes: 'probing for leaks',
} as const

/** A stage of a run. */
export type Stage = keyof typeof stageWords

/** How far asking has come. Dollars are what the answers so far cost, without shared cost. */
export interface QueryState {
  readonly planned: number
  readonly leaks: number
  /** Null when nobody tells what answers cost. */
  readonly spent: PicoUsd | null
}

/** Hears of progress. */
export interface ProgressListener {
  stage(stage: Stage): void
  tenant(tenantId: TenantId): void
  capacity(event: CapacityEvent): void
  /** A sentence that people should see now. */
  note(text: string): void
  /** One more query is answered. */
  query(state: QueryState): void
}

/** The clock of a run's stages. */
export interface Stages {
  during<T>(stage: Stage, work: () => Promise<T>): Promise<T>
  /** The record's timing, given how many queries were asked. */
  finish(queries: number, servicesPeakMemoryBytes: number): RunRecord['timing']
}

/** Starts to measure. */
export function startStages(clock: Clock, listener: ProgressListener): Stages {
  const startedAt = isoTime(clock.nowMs())
  const startedMs = clock.monotonicMs()
  const stages: { stage: Stage; seconds: number }[] = []
  const delay = watchEventLoop()
  return {
    async during(stage, work) {
      listener.stage(stage)
      const fromMs = clock.monotonicMs()
      const result = await work()
      stages.push({ stage, seconds: (clock.monotonicMs() - fromMs) / 1_000 })
      return result
    },
    finish(queries, servicesPeakMemoryBytes) {
      const asking = stages.find(({ stage }) => stage === 'queries')?.seconds ?? 0
      return {
        startedAt,
        wallSeconds: (clock.monotonicMs() - startedMs) / 1_000,
        stages,
        queriesPerSecond: asking === 0 ? 0 : queries / asking,
        eventLoopDelayP99Ms: delay().p99Ms,
        peakMemoryBytes: {
          run: process.resourceUsage().maxRSS * 1_024,
          services: servicesPeakMemoryBytes,
        },
      }
    },
  }
}

/** Does work; what fails because everything is being taken down fails with the reason for that. */
export async function unlessOver<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
