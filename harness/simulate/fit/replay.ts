/**
 * A recorded load again, in virtual time, by fitted models: the same arrivals with the same configurations, times drawn. Requests
 * beyond the most in flight wait their turn, first come first served: a queue with that many servers.
 */
import { randomFor, type Random } from '../../../src/base/random.ts'
import type { QuantileTable } from '../models/quantile-table.ts'
import type { ServiceModels } from '../models/service-models.ts'

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

/** Whoever can play a load again: the reference below, or the engine of `simulate`. */
export type ReplayLoad = (load: ReplayedLoad, options: ReplayOptions) => Replayed

/** The reference: nothing but the queue. A model that was not fitted has no times: its arrivals are NaN. */
export const replayLoad: ReplayLoad = ({ arrivals, servers }, { models, seed }) => {
  const [latencyMs, completionTokens] = [new Float64Array(arrivals.length), new Float64Array(arrivals.length)]
  const freeAt = servers === null ? null : new Float64Array(servers)
  for (const [at, arrival] of arrivals.entries()) {
    const { serviceMs, tokens } = drawnAnswer(arrival, models, randomFor([seed, 'replay', at]))
    const server = freeAt === null ? -1 : earliestOf(freeAt)
    const startMs = Math.max(arrival.atMs, freeAt?.[server] ?? 0)
    if (freeAt !== null && Number.isFinite(serviceMs)) freeAt[server] = startMs + serviceMs
    latencyMs[at] = startMs - arrival.atMs + serviceMs
    completionTokens[at] = tokens
  }
  return { latencyMs, completionTokens }
}

function drawnAnswer({ model, rerank }: Arrival, models: ServiceModels, random: Random): { readonly serviceMs: number; readonly tokens: number } {
  const chat = models.chat.get(model)
  if (chat === undefined) return { serviceMs: Number.NaN, tokens: Number.NaN }
  const draw = (table: QuantileTable): number => table.values[Math.floor(random.unit() * table.values.length)] ?? 0
  const shared = draw(models.embedMs) + draw(models.retrieveMs) + draw(models.hydrateMs) + draw(models.otherMs) + (rerank ? draw(models.rerankMs) : 0)
  const tokens = draw(chat.answerTokens)
  return { serviceMs: shared + draw(chat.firstTokenMs) + tokens * draw(chat.msPerToken), tokens }
}

function earliestOf(freeAt: Float64Array): number {
  let earliest = 0
  for (let at = 1; at < freeAt.length; at++) if ((freeAt[at] ?? 0) < (freeAt[earliest] ?? 0)) earliest = at
  return earliest
}
