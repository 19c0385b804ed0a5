/**
 * A recorded load again, in virtual time, by fitted models and the engine of grain `event`: the
 * same arrivals under the same configurations, times drawn. Requests beyond the most in flight wait
 * their turn, first come first served.
 */
import { plannedVariant } from '../demand/configurations.ts'
import { drawKeys, drawn } from '../engine/draws.ts'
import { eventEngine } from '../engine/event-engine.ts'
import { fifoEngine, isFifo } from '../engine/fifo-engine.ts'
import type { Account, Asker } from '../engine/request.ts'
import { emptySeries } from '../engine/tally.ts'
import type { ServiceModels } from '../models/service-models.ts'
import { stagesOf } from '../models/stage-tables.ts'
import type { PlannedLimits, PlannedRates } from '../plan.ts'

/** One request of the load. */
export interface Arrival {
  readonly atMs: number
  readonly model: string
  readonly rerank: boolean
}

/** What is asked again. */
export interface ReplayedLoad {
  /** By time. */
  readonly arrivals: readonly Arrival[]
  /** The most in flight; null is any number. */
  readonly servers: number | null
}

/** By what, and by which draws. */
export interface ReplayOptions {
  readonly models: ServiceModels
  readonly seed: number
}

/** What came of every arrival, in their order. */
export interface Replayed {
  /** From the intended start. */
  readonly latencyMs: Float64Array
  readonly completionTokens: Float64Array
}

const nothingFails: PlannedRates = {
  abortedStreams: 0,
  unavailable: 0,
  cachedAnswers: 0,
  cachedPromptTokens: 0,
}
const noAccount: Account = {
  embedded: () => undefined,
  retrieved: () => undefined,
  reranked: () => undefined,
  chatted: () => undefined,
}

/**
 * Plays a load again. Arrivals under a model that was not fitted have no times, and are not played.
 */
export function replayLoad(
  { arrivals, servers }: ReplayedLoad,
  { models, seed }: ReplayOptions,
): Replayed {
  const latencyMs = new Float64Array(arrivals.length).fill(Number.NaN)
  const completionTokens = new Float64Array(arrivals.length).fill(Number.NaN)
  const limits: PlannedLimits = {
    maxInFlight: servers,
    connections: null,
    providers: [],
    attempts: 1,
    timeoutMs: null,
  }
  const options = {
    startMs: 0,
    stages: stagesOf(models),
    limits,
    rates: nothingFails,
    onEnd: (arrival: { readonly number: number }, took: number) => {
      latencyMs[arrival.number] = took
    },
  }
  const engine = isFifo(options) ? fifoEngine(options) : eventEngine(options)
  const keys = drawKeys(seed, 'replay')
  const series = emptySeries()
  const askers = new Map<string, Asker | null>()
  for (const [number, { atMs, model, rerank }] of arrivals.entries()) {
    const name = JSON.stringify([model, rerank])
    const known = askers.get(name)
    const asker =
      known === undefined
        ? models.chat.has(model)
          ? {
              keys,
              series,
              account: noAccount,
              variant: plannedVariant(
                { model, topK: 1, rerank, maxOutputTokens: Infinity },
                models,
              ),
            }
          : null
        : known
    askers.set(name, asker)
    if (asker === null) continue
    completionTokens[number] = asker.variant.answerTokens[
      drawn(keys[0] as number, keys[1] as number, number) & 0xfff
    ] as number
    engine.arrive({ atMs, number, promptTokens: 0, asker })
  }
  engine.runUntil(Infinity)
  return { latencyMs, completionTokens }
}
