/**
 * The simulations that `bench` times: a month of a hundred tenants at each grain that simulates
 * single queries, without and with every limit.
 */
import { loadPriceBook } from '../../../src/index.ts'
import type { SimulateContender } from '../../bench/simulate-cases.ts'
import type { Grain } from '../../scenario/simulation-schema.ts'
import { simulationSchema } from '../../scenario/simulation-schema.ts'
import { hourWeights, monthsOf } from '../../simulate/demand/calendar.ts'
import { boundariesOf, segmentsOf } from '../../simulate/demand/segments.ts'
import { plannedVariant } from '../../simulate/demand/configurations.ts'
import { simulateGroup } from '../../simulate/engine/group.ts'
import { modelsFromProfiles } from '../../simulate/models/from-profiles.ts'
import { stagesOf } from '../../simulate/models/stage-tables.ts'
import { logNormalTable, wholeTable } from '../../simulate/models/quantile-table.ts'
import type { Fleet, PlannedLimits, SimulationPlan } from '../../simulate/plan.ts'

const tenants = 100
const queriesEach = 500
const unlimited: PlannedLimits = {
  maxInFlight: null,
  connections: null,
  providers: [],
  attempts: 4,
  timeoutMs: null,
}
const places: PlannedLimits = { ...unlimited, maxInFlight: 64 }
const everything: PlannedLimits = {
  ...places,
  connections: 14,
  providers: [{ provider: 'openai', requestsPerMinute: 500, tokensPerMinute: 800_000 }],
}

/**
 * Variates a query that the grains draw: prompt, answer and what it takes up to the first token and
 * from there; or each stage by itself.
 */
const [fewVariates, allVariates] = [4, 9]

/** All of them. */
export async function simulateContenders(): Promise<readonly SimulateContender[]> {
  const contender = async (
    id: string,
    grain: Grain,
    limits: PlannedLimits,
  ): Promise<SimulateContender> => {
    const plan = await benchPlan(grain, limits)
    return {
      id,
      queries: tenants * queriesEach,
      variates: grain === 'query' ? fewVariates : allVariates,
      run: () => void simulateGroup(plan, 0),
    }
  }
  return [
    await contender('query', 'query', unlimited),
    await contender('event-places', 'event', places),
    await contender('event-all-limits', 'event', everything),
  ]
}

async function benchPlan(grain: Grain, limits: PlannedLimits): Promise<SimulationPlan> {
  const simulation = simulationSchema.parse({
    from: '2026-11-01',
    months: 1,
    demand: { peakToTrough: 4, weekendRate: 0.4 },
  })
  const book = await loadPriceBook('list-2026-11')
  const models = modelsFromProfiles({
    embedding: { model: 'text-embedding-3-small' },
    reranker: 'bge-reranker-v2-m3',
  })
  const months = monthsOf(simulation).map((month) => ({
    ...month,
    weightSums: hourWeights(month, simulation.demand),
    volume: 1,
    segments: segmentsOf(month, { prices: boundariesOf(book), epochs: [] }),
  }))
  return {
    seed: 1,
    grain,
    months,
    fleet: benchFleet(months[0]?.fromMs ?? 0, months[0]?.toMs ?? 0),
    variants: [
      plannedVariant(
        { model: 'gpt-4o-mini', topK: 5, rerank: true, maxOutputTokens: 1_024 },
        models,
      ),
    ],
    variantOf: [new Int32Array(tenants)],
    prompts: wholeTable(logNormalTable(1_200, 0.1)),
    promptTable: Int32Array.of(0),
    stages: stagesOf(models),
    limits,
    rates: { abortedStreams: 0.001, unavailable: 0, cachedAnswers: 0, cachedPromptTokens: 0 },
    embeddingModel: 'text-embedding-3-small',
    reranker: 'bge-reranker-v2-m3',
    book,
    cliffs: [],
    isByTenant: true,
  }
}

function benchFleet(fromMs: number, untilMs: number): Fleet {
  const column = (value: number): Float64Array => new Float64Array(tenants).fill(value)
  return {
    ids: Array.from({ length: tenants }, (_each, at) => `t${at}`),
    tier: new Int32Array(tenants),
    tiers: ['bench'],
    queriesPerMonth: column(queriesEach),
    fromMs: column(fromMs),
    untilMs: column(untilMs),
    isNew: new Uint8Array(tenants),
    profile: new Int32Array(tenants),
    questionTokens: column(14),
    ingestTokens: column(5_000),
    upsertBytes: column(30_000),
    upsertRequests: column(1),
    storedBytes: column(30_000),
    groupStarts: Int32Array.of(0, tenants),
  }
}
