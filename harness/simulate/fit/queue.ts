/**
 * What a recorded load tells about its queue: how many were in flight at once, and how much of what
 * it can take a rate is.
 */
import { meanOf } from '../models/quantile-table.ts'
import type { ServiceModels } from '../models/service-models.ts'
import type { FitSample, RecordedLoad } from './fit-sample.ts'

/**
 * The most in flight at once in loads that held a request back: the ceiling that they ran under.
 * Null where nothing was held, and the ceiling, if there was one, was never met.
 */
export function ceilingOf(loads: readonly RecordedLoad[]): number | null {
  const met = loads.filter(({ samples }) => samples.some(({ heldMs }) => heldMs > 0))
  return met.length === 0 ? null : Math.max(...met.map(({ samples }) => mostInFlight(samples)))
}

// Who comes back makes room at the same moment, which sums of recorded times miss by a hair.
const roundingMs = 1e-3

function mostInFlight(samples: readonly FitSample[]): number {
  const sent = samples.map(({ intendedMs, latencyMs, uncorrectedMs }) => ({
    atMs: intendedMs + latencyMs - uncorrectedMs + roundingMs,
    change: 1,
  }))
  const back = samples.map(({ intendedMs, latencyMs }) => ({
    atMs: intendedMs + latencyMs,
    change: -1,
  }))
  let [now, most] = [0, 0]
  for (const { change } of [...sent, ...back].toSorted((one, other) => one.atMs - other.atMs)) {
    now += change
    most = Math.max(most, now)
  }
  return most
}

/**
 * The mean time in milliseconds that the requests of a load are in flight, by fitted models; null
 * of models that were not fitted.
 */
export function meanServiceMs(
  samples: readonly Pick<FitSample, 'model' | 'rerank'>[],
  models: ServiceModels,
): number | null {
  const shared =
    meanOf(models.embedMs) +
    meanOf(models.retrieveMs) +
    meanOf(models.hydrateMs) +
    meanOf(models.otherMs)
  const rerankMs = meanOf(models.rerankMs)
  const chatMs = new Map(
    [...models.chat].map(([model, { firstTokenMs, msPerToken, answerTokens }]) => [
      model,
      meanOf(firstTokenMs) + meanOf(msPerToken) * meanOf(answerTokens),
    ]),
  )
  const all = samples.map(
    ({ model, rerank }) => shared + (rerank ? rerankMs : 0) + (chatMs.get(model) ?? Number.NaN),
  )
  const mean = all.reduce((sum, ms) => sum + ms, 0) / all.length
  return Number.isFinite(mean) ? mean : null
}
