/**
 * From a scenario to a plan: who is there, what their configurations draw from, where months are
 * cut. Everything that needs the scenario happens here.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import { cliffsOf, type PriceBook } from '../../src/index.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import { startOfDay, type Grain, type WrittenSimulation } from '../scenario/simulation-schema.ts'
import { changedBook } from './bill/changed-book.ts'
import { buildFleet } from './build-fleet.ts'
import { configurationsOf } from './demand/configurations.ts'
import { hourWeights, monthsOf } from './demand/calendar.ts'
import { boundariesOf, segmentsOf, volumeOf } from './demand/segments.ts'
import { growthOf, type Growth } from './demand/signups-of.ts'
import type { ServiceModels } from './models/service-models.ts'
import { stagesOf } from './models/stage-tables.ts'
import type { PlannedLimits, PlannedMonth, PlannedRates, SimulationPlan } from './plan.ts'
import { promptTables } from './prompt-tables.ts'
import type { TokenProfiles } from './tokens/profile-cache.ts'

/** What a plan is made from. */
export interface PlanInput {
  readonly scenario: LoadedScenario
  readonly simulation: WrittenSimulation
  readonly grain: Grain
  readonly book: PriceBook
  readonly models: ServiceModels
  readonly profiles: TokenProfiles
}

/** A plan, and how the fleet grew into it. */
export interface Planned {
  readonly plan: SimulationPlan
  readonly growth: Growth
  /** Per tenant of the plan: its position among the scenario's tenants. */
  readonly templateOf: Int32Array
  /** Per tenant of the plan: the position of its index. */
  readonly indexOf: Int32Array
}

/** Above so many tenants, latencies are kept by tier. */
const mostApart = 500

/** Makes the plan. Throws TB_SIMULATION_NONE where nobody is left to ask, TB_PRICE_MISSING. */
export function buildPlan({
  scenario,
  simulation,
  grain,
  book: listed,
  models,
  profiles,
}: PlanInput): Planned {
  const days = monthsOf(simulation)
  const [fromMs, toMs] = [days[0]?.fromMs ?? 0, days.at(-1)?.toMs ?? 0]
  const book = changedBook(
    listed,
    simulation.changes.flatMap((change) =>
      'price' in change ? [{ atMs: startOfDay(change.on), price: change.price }] : [],
    ),
  )
  const growth = growthOf(scenario, simulation, (toMs - fromMs) / 1_000)
  const { fleet, templateOf, indexOf } = buildFleet({
    scenario,
    growth,
    fromMs,
    toMs,
    profiles,
    sharedBy: simulation.limits.sharedBy,
  })
  if (fleet.ids.length === 0)
    throw new TenantbenchError('TB_SIMULATION_NONE', {
      detail: 'No tenant is ever there: nobody signs up, or every signup is refused.',
    })
  const { variants, variantOf, epochs } = configurationsOf(scenario, {
    simulation,
    models,
    templateOf,
  })
  const cuts = { prices: boundariesOf(book), epochs }
  const months = days.map((month, at): PlannedMonth => ({
    ...month,
    weightSums: hourWeights(month, simulation.demand),
    volume: volumeOf(at, simulation.demand.growthPctPerMonth),
    segments: segmentsOf(month, cuts),
  }))
  const { prompts, promptTable, longest } = promptTables({
    fleet,
    variants,
    variantOf,
    profiles,
    templateOf,
    factor: models.promptFactor,
  })
  const plan: SimulationPlan = {
    seed: scenario.seed,
    grain,
    months,
    fleet,
    variants,
    variantOf,
    prompts,
    promptTable,
    stages: stagesOf(models),
    limits: limitsOf(simulation),
    rates: ratesOf(scenario, simulation),
    embeddingModel: scenario.models.embedding.model,
    reranker: scenario.models.reranker,
    book,
    cliffs: cliffsOf([book]).filter((cliff) => longest > cliff),
    isByTenant: fleet.ids.length <= mostApart,
  }
  return { plan, growth, templateOf, indexOf }
}

function limitsOf({ limits }: WrittenSimulation): PlannedLimits {
  const providers = limits.providers.map(({ provider, requestsPerMinute, tokensPerMinute }) => ({
    provider,
    requestsPerMinute: requestsPerMinute ?? null,
    tokensPerMinute: tokensPerMinute ?? null,
  }))
  return {
    maxInFlight: limits.maxInFlight ?? null,
    connections: limits.connections ?? null,
    providers,
    attempts: limits.attempts,
    timeoutMs: limits.timeoutMs ?? null,
  }
}

function ratesOf(
  { providerFaults }: LoadedScenario,
  { cache, unavailable }: WrittenSimulation,
): PlannedRates {
  return {
    abortedStreams: providerFaults.abortedStreams,
    unavailable,
    cachedAnswers: cache.answers,
    cachedPromptTokens: cache.promptTokens,
  }
}
