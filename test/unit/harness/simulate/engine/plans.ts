/**
 * Plans by hand, and arrivals for an engine by itself: small, with round prices, and with tables
 * that a test may choose.
 */
import { hourWeights, monthsOf } from '../../../../../harness/simulate/demand/calendar.ts'
import {
  boundariesOf,
  segmentsOf,
  volumeOf,
} from '../../../../../harness/simulate/demand/segments.ts'
import { drawKeys } from '../../../../../harness/simulate/engine/draws.ts'
import { latencySeries } from '../../../../../harness/simulate/engine/latency-buckets.ts'
import type { Account, Asker } from '../../../../../harness/simulate/engine/request.ts'
import type { EngineOptions } from '../../../../../harness/simulate/engine/engine.ts'
import {
  constantTable,
  logNormalTable,
  wholeTable,
} from '../../../../../harness/simulate/models/quantile-table.ts'
import type {
  Fleet,
  PlannedLimits,
  PlannedRates,
  PlannedVariant,
  SimulationPlan,
  StageTables,
} from '../../../../../harness/simulate/plan.ts'
import { simulationSchema } from '../../../../../harness/scenario/simulation-schema.ts'
import { randomFor } from '../../../../../src/base/random.ts'
import type { PriceBook } from '../../../../../src/index.ts'
import { testBook } from '../../../support/prices.ts'

/** Nothing is limited. */
export const unlimited: PlannedLimits = {
  maxInFlight: null,
  connections: null,
  providers: [],
  attempts: 4,
  timeoutMs: null,
}
/** Nothing goes wrong. */
export const faultless: PlannedRates = {
  abortedStreams: 0,
  unavailable: 0,
  cachedAnswers: 0,
  cachedPromptTokens: 0,
}

/** Stages that take no time. */
export const noStages: StageTables = {
  embedMs: constantTable(0).values,
  retrieveMs: constantTable(0).values,
  hydrateMs: constantTable(0).values,
  rerankMs: constantTable(0).values,
  otherMs: constantTable(0).values,
}
/** Stages as a service might have them. */
export const someStages: StageTables = {
  embedMs: logNormalTable(60, 0.3).values,
  retrieveMs: logNormalTable(40, 0.4).values,
  hydrateMs: logNormalTable(20, 0.5).values,
  rerankMs: logNormalTable(120, 0.3).values,
  otherMs: logNormalTable(5, 0.4).values,
}

/** A configuration whose model answers at once, with nothing. */
export const silentVariant: PlannedVariant = {
  model: 'small',
  provider: 'openai',
  topK: 5,
  rerank: false,
  answerTokens: new Int32Array(4_096),
  firstTokenMs: constantTable(0).values,
  msPerToken: constantTable(0).values,
}
/** A configuration as others have it: some two seconds a query. */
export const someVariant: PlannedVariant = {
  model: 'small',
  provider: 'openai',
  topK: 5,
  rerank: true,
  answerTokens: wholeTable(logNormalTable(150, 0.5), 1_024),
  firstTokenMs: logNormalTable(400, 0.35).values,
  msPerToken: logNormalTable(8, 0.25).values,
}

/** Prompts of every tenant: some 1,200 tokens. */
export const somePrompts = wholeTable(logNormalTable(1_200, 0.2))

/** A tenant of a plan; what is left out is there all the time and was there before. */
export interface PlannedTenant {
  readonly queries: number
  readonly fromMs?: number
  readonly untilMs?: number
  readonly isNew?: boolean
  readonly tier?: number
}

/** A plan as a test writes it. */
export interface WrittenPlan {
  readonly tenants: readonly PlannedTenant[]
  readonly simulation: Parameters<typeof simulationSchema.parse>[0]
  readonly limits?: Partial<PlannedLimits>
  readonly rates?: Partial<PlannedRates>
  readonly book?: PriceBook
  readonly variants?: readonly PlannedVariant[]
  /** When epochs after the first begin; the nth has the nth variant for everybody. */
  readonly epochs?: readonly number[]
  readonly change?: Partial<SimulationPlan>
}

/** Makes a plan at grain `event`, in one group. */
export function planOf({
  tenants,
  simulation,
  limits = {},
  rates = {},
  book = testBook(),
  variants = [someVariant],
  epochs = [],
  change = {},
}: WrittenPlan): SimulationPlan {
  const parsed = simulationSchema.parse(simulation)
  const days = monthsOf(parsed)
  const cuts = { prices: boundariesOf(book), epochs }
  return {
    seed: 1,
    grain: 'event',
    months: days.map((month, at) => ({
      ...month,
      weightSums: hourWeights(month, parsed.demand),
      volume: volumeOf(at, parsed.demand.growthPctPerMonth),
      segments: segmentsOf(month, cuts),
    })),
    fleet: fleetOf(tenants, days[0]?.fromMs ?? 0, days.at(-1)?.toMs ?? 0),
    variants,
    variantOf: [0, ...epochs].map((_since, epoch) =>
      new Int32Array(tenants.length).fill(Math.min(epoch, variants.length - 1)),
    ),
    prompts: somePrompts,
    promptTable: new Int32Array(variants.length),
    stages: someStages,
    limits: { ...unlimited, ...limits },
    rates: { ...faultless, ...rates },
    embeddingModel: 'embed',
    reranker: 'ranker',
    book,
    cliffs: [],
    isByTenant: true,
    ...change,
  }
}

function fleetOf(tenants: readonly PlannedTenant[], fromMs: number, toMs: number): Fleet {
  const column = (of: (tenant: PlannedTenant, at: number) => number): Float64Array =>
    Float64Array.from(tenants, of)
  return {
    ids: tenants.map((_tenant, at) => `t${at}`),
    tier: Int32Array.from(tenants, ({ tier = 0 }) => tier),
    tiers: ['one', 'two'],
    queriesPerMonth: column(({ queries }) => queries),
    fromMs: column((tenant) => tenant.fromMs ?? fromMs),
    untilMs: column((tenant) => tenant.untilMs ?? toMs),
    isNew: Uint8Array.from(tenants, ({ isNew = false }) => Number(isNew)),
    profile: new Int32Array(tenants.length),
    questionTokens: column(() => 14),
    ingestTokens: column((_tenant, at) => 5_000 + at),
    upsertBytes: column((_tenant, at) => 300_000 + 1_000 * at),
    upsertRequests: column(() => 2),
    storedBytes: column((_tenant, at) => 300_000 + 1_000 * at),
    groupStarts: Int32Array.of(0, tenants.length),
  }
}

/** Nobody counts. */
export const noAccount: Account = {
  embedded: () => undefined,
  retrieved: () => undefined,
  reranked: () => undefined,
  chatted: () => undefined,
}

/** An asker with keys from a seed. */
export function askerOf(seed: number, change: Partial<Asker> = {}): Asker {
  return {
    keys: drawKeys(seed, 'tenant'),
    variant: silentVariant,
    series: { latency: latencySeries(), finished: 0, failed: 0, promptTokens: 0, answerTokens: 0 },
    account: noAccount,
    ...change,
  }
}

/** Options of an engine without limits, faults and time. */
export function engineOf(
  change: Omit<Partial<EngineOptions>, 'limits'> & {
    readonly limits?: Partial<PlannedLimits>
  } = {},
): EngineOptions {
  const { limits = {}, ...rest } = change
  return {
    startMs: 0,
    stages: noStages,
    rates: faultless,
    ...rest,
    limits: { ...unlimited, ...limits },
  }
}

/** Times between Poisson arrivals, by their mean. */
export function exponentialTimes(seed: number, meanMs: number): () => number {
  const random = randomFor([seed, 'arrivals'])
  return () => -meanMs * Math.log(1 - random.unit())
}
