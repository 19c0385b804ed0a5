/**
 * Fitted models as a simulation of a scenario takes them: own time at the scenario's rate, prompts
 * by what was measured of its tenants.
 */
import { hourMs } from '../../../src/base/clock.ts'
import { expectedArrivals } from '../../scenario/load-schema.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import { promptTokensAt } from '../fit/prompt-lines.ts'
import { serviceModelsAt, type FittedModels } from '../fit/fit.ts'
import { tokenFactorOf } from '../models/from-profiles.ts'
import { meanOf } from '../models/quantile-table.ts'
import type { ServiceModels } from '../models/service-models.ts'
import type { TokenProfiles } from '../tokens/profile-cache.ts'
import { promptTable, vendorFactor } from '../tokens/prompt-tokens.ts'

/** The models of a scenario. */
export function modelsFromFit(
  fitted: FittedModels,
  scenario: LoadedScenario,
  profiles: TokenProfiles,
): ServiceModels {
  return {
    ...serviceModelsAt(fitted, rateOf(scenario)),
    promptFactor: promptFactorOf(fitted, scenario, profiles),
  }
}

const hoursPerMonth = 730

/** Requests a second: the load's, or what all tenants ask in a month, spread over it. */
function rateOf({ simulation, load, tenants }: LoadedScenario): number {
  const arrivals =
    simulation === undefined && load !== undefined
      ? expectedArrivals(load, load.durationSeconds)
      : null
  if (arrivals !== null && load !== undefined) return arrivals / load.durationSeconds
  return (
    tenants.reduce((sum, { queriesPerMonth }) => sum + queriesPerMonth, 0) /
    ((hoursPerMonth * hourMs) / 1_000)
  )
}

/**
 * Measured prompt tokens over derived ones, on average over the tenants that were measured; 1 where
 * none of them was.
 */
function promptFactorOf(
  { prompt }: FittedModels,
  { tenants }: LoadedScenario,
  profiles: TokenProfiles,
): number {
  const factors = tenants.flatMap(({ id, current: { model, topK, rerank } }, at) => {
    if (!prompt.byTenant.has(id)) return []
    const profile = profiles.profileOf(at)
    const derived = meanOf(
      promptTable(profile, {
        topK,
        rerank,
        tokenFactor: vendorFactor(profile, { model, tokenFactor: tokenFactorOf(model) }),
        frameTokens: profiles.frameTokensOf(at),
      }),
    )
    const measured = promptTokensAt(prompt, { tenant: id, question: '', model, topK })
    return derived === 0 ? [] : [measured / derived]
  })
  return factors.length === 0
    ? 1
    : factors.reduce((sum, factor) => sum + factor, 0) / factors.length
}
