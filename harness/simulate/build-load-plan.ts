/**
 * From a scenario with a load to what is simulated of it: its arrivals as a run has them, its
 * tenants under every configuration.
 */
import { hourMs, monthOf } from '../../src/base/clock.ts'
import { cliffsOf, type PriceBook } from '../../src/index.ts'
import { cellsOf, type Cell } from '../scenario/cells.ts'
import type { WrittenLoad } from '../scenario/load-schema.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import { planLoad } from '../workload/load/plan-load.ts'
import type { Trace } from '../workload/load/trace/read-trace.ts'
import type { Planned } from './build-plan.ts'
import { buildFleet } from './build-fleet.ts'
import { outputTokensOf, plannedVariant } from './demand/configurations.ts'
import { growthOf } from './demand/signups-of.ts'
import type { ServiceModels } from './models/service-models.ts'
import { stagesOf } from './models/stage-tables.ts'
import type { PlannedMonth, PlannedVariant, SimulationPlan } from './plan.ts'
import { promptTables } from './prompt-tables.ts'
import type { LoadToSimulate } from './run/simulate-load.ts'
import type { TokenProfiles } from './tokens/profile-cache.ts'

/** What a plan of a load is made from. */
export interface LoadPlanInput {
  readonly scenario: LoadedScenario
  readonly load: WrittenLoad
  /** When it is driven: what prices are in force. */
  readonly fromMs: number
  readonly book: PriceBook
  readonly models: ServiceModels
  readonly profiles: TokenProfiles
  /** Null where arrivals are no trace. */
  readonly trace: Trace | null
}

/** Makes the plan. */
export function buildLoadPlan({
  scenario,
  load,
  fromMs,
  book,
  models,
  profiles,
  trace,
}: LoadPlanInput): Planned & LoadToSimulate {
  const toMs = fromMs + Math.ceil((load.durationSeconds * 1_000) / hourMs) * hourMs
  const growth = growthOf(scenario, noProvisioning, (toMs - fromMs) / 1_000)
  const { fleet, templateOf, indexOf } = buildFleet({
    scenario,
    growth,
    fromMs,
    toMs,
    profiles,
    sharedBy: 'all',
  })
  const { variants, cells } = configurationsOfCells(scenario, models)
  const variantOf = variants.map((_variant, at) => new Int32Array(fleet.ids.length).fill(at))
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
    grain: 'event',
    months: [monthOfLoad({ fromMs, toMs, variants: variants.length })],
    fleet,
    variants,
    variantOf,
    prompts,
    promptTable,
    stages: stagesOf(models),
    limits: {
      maxInFlight: load.maxInFlight,
      connections: null,
      providers: [],
      attempts: usualAttempts,
      timeoutMs: load.timeoutMs,
    },
    rates: {
      abortedStreams: scenario.providerFaults.abortedStreams,
      unavailable: 0,
      cachedAnswers: 0,
      cachedPromptTokens: 0,
    },
    embeddingModel: scenario.models.embedding.model,
    reranker: scenario.models.reranker,
    book,
    cliffs: cliffsOf([book]).filter((cliff) => longest > cliff),
    isByTenant: true,
  }
  const tenants = scenario.tenants.map(({ id }, at) => ({
    id,
    questions: profiles.profileOf(at).questions.length,
    cells: cells[at]?.length ?? 1,
  }))
  return {
    plan,
    growth,
    templateOf,
    indexOf,
    cells,
    load: planLoad({ seed: scenario.seed, load, tenants, ...(trace === null ? {} : { trace }) }),
  }
}

/** As src/providers repeats. */
const usualAttempts = 4
const noProvisioning = { provisioning: { leadTimeSeconds: 0 } } as const

/** All configurations that are asked, and which of them each tenant's cells have. */
function configurationsOfCells(
  scenario: LoadedScenario,
  models: ServiceModels,
): {
  readonly variants: readonly PlannedVariant[]
  readonly cells: readonly (readonly number[])[]
} {
  const variants: PlannedVariant[] = []
  const places = new Map<string, number>()
  const placeOf = (cell: Cell, maxOutputTokens: number): number => {
    const { model, topK, rerank } = cell.variant
    const key = JSON.stringify([model, topK, rerank, maxOutputTokens])
    const place =
      places.get(key) ??
      variants.push(plannedVariant({ model, topK, rerank, maxOutputTokens }, models)) - 1
    places.set(key, place)
    return place
  }
  const byTenant = Map.groupBy(cellsOf(scenario), ({ tenantId }) => String(tenantId))
  return {
    variants,
    cells: scenario.tenants.map((tenant) =>
      (byTenant.get(tenant.id) ?? []).map((cell) =>
        placeOf(cell, outputTokensOf(scenario, tenant)),
      ),
    ),
  }
}

/**
 * The only month, begun hours whole. Its first segment lasts all the time and carries what is kept;
 * the others are there to tell configurations apart.
 */
function monthOfLoad({
  fromMs,
  toMs,
  variants,
}: {
  readonly fromMs: number
  readonly toMs: number
  readonly variants: number
}): PlannedMonth {
  const hours = (toMs - fromMs) / hourMs
  const segments = Array.from({ length: variants }, (_each, epoch) => ({
    fromHour: 0,
    toHour: epoch === 0 ? hours : 0,
    fromMs,
    epoch,
  }))
  return {
    month: monthOf(fromMs),
    fromMs,
    toMs,
    firstHour: 0,
    hours,
    hoursOfMonth: hours,
    volume: 1,
    weightSums: Float64Array.from({ length: hours + 1 }, (_each, at) => at),
    segments,
  }
}
