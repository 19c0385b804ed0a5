/**
 * What a run would come to, without starting anything: requests, tokens, dollars, time. Tokens come
 * from the tenants' own chunks, lengths of answers from the profiles, prices from the price book;
 * the time from what one query took when it was measured.
 */
import type { Clock } from '../../src/base/clock.ts'
import { formatUsdRounded, picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import type { ProviderUsage } from '../../src/base/usage.ts'
import { costOfUsage, countTokens } from '../../src/index.ts'
import { chatModelProfile } from '../profiles/chat-models.ts'
import { rerankerProfiles, storeProfile, embeddingProfiles } from '../profiles/retrieval.ts'
import type { Cell } from '../scenario/cells.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import { frameTokens, type ChunkSizes } from './feasibility.ts'
import type { Prepared } from './prepare.ts'

/** An estimate, in figures. */
export interface Estimate {
  readonly scenario: string
  readonly tenants: number
  readonly cells: number
  readonly queries: number
  readonly documents: number
  /**
   * Null, as tokens, dollars and time, where the target is not ours: how it cuts, asks and charges
   * is its own affair.
   */
  readonly chunks: number | null
  readonly tokens: {
    readonly embedding: number
    readonly prompt: number
    readonly completion: number
  } | null
  /** What the providers would charge for it at list prices; embedded services charge nothing. */
  readonly costUsd: {
    readonly ingest: string
    readonly queries: string
    readonly total: string
  } | null
  readonly seconds: {
    readonly start: number
    readonly ingest: number
    readonly queries: number
    readonly total: number
  } | null
  /** What the figures rest on. */
  readonly basis: readonly string[]
  readonly warnings: readonly string[]
}

/** An estimate without gaps. */
export type KnownEstimate = { readonly [key in keyof Estimate]: NonNullable<Estimate[key]> }

// Measured on two cores with scenarios/quick.yaml and scenarios/m11-checkpoint.yaml; good for an
// order of magnitude elsewhere.
const measured = {
  startSeconds: 3,
  secondsPerChunk: 0.0013,
  secondsPerQuery: 0.0072,
  mostAtOnce: 4,
} as const
const modelledPieces = 12

/** Estimates. */
export function estimateRun(scenario: LoadedScenario, prepared: Prepared, clock: Clock): Estimate {
  return prepared.target.kind === 'reference'
    ? estimateReference(scenario, prepared, clock)
    : estimateForeign(scenario, prepared)
}

/** What would be sent to a system that is not ours: the rest is known by that system alone. */
function estimateForeign(
  scenario: LoadedScenario,
  { cells, corpora, questions, target, warnings, load }: Prepared,
): Estimate {
  const queries = cells.reduce(
    (sum, cell) => sum + queriesOf(cell, { scenario, load, questions }),
    0,
  )
  const untouched =
    target.kind === 'module'
      ? 'The module was found, and not loaded.'
      : 'Every variable that a header names is there; the service was not asked.'
  const documents = corpora.reduce((sum, each) => sum + each.documents.length, 0)
  return {
    scenario: scenario.name,
    tenants: corpora.length,
    cells: cells.length,
    queries,
    documents,
    chunks: null,
    tokens: null,
    costUsd: null,
    seconds: null,
    basis: [
      untouched,
      "Tokens, dollars and time are the target's own; they are known once it has answered.",
    ],
    warnings,
  }
}

/**
 * How often a cell is asked: each question in each trial, or as often as the load's plan comes to
 * it.
 */
function queriesOf(
  { id, tenantId }: Pick<Cell, 'id' | 'tenantId'>,
  {
    scenario,
    load,
    questions,
  }: Pick<Prepared, 'load' | 'questions'> & { readonly scenario: LoadedScenario },
): number {
  if (load === null) return (questions.get(tenantId)?.length ?? 0) * scenario.trials
  const tenant = load.tenants.findIndex((each) => each.tenantId === tenantId)
  const cell = load.tenants[tenant]?.cells.findIndex((each) => each.id === id)
  return load.plan.tenant.reduce(
    (sum, who, at) => sum + Number(who === tenant && load.plan.cell[at] === cell),
    0,
  )
}

/** An estimate for our own modules: everything is known. */
export function estimateReference(
  scenario: LoadedScenario,
  prepared: Prepared,
  clock: Clock,
): KnownEstimate {
  const { cells, sizes, corpora, book } = prepared
  const price = (usage: Omit<ProviderUsage, 'attempt' | 'outcome' | 'estimated'>): PicoUsd =>
    costOfUsage(
      { ...usage, attempt: 1, outcome: 'completed', estimated: true },
      book,
      clock.nowMs(),
    )
  const perCell = cells.map((cell) => estimateCell(cell, { scenario, prepared, price }))
  const queries = perCell.reduce((sum, each) => sum + each.queries, 0)
  const chunkTokens = sizes.flatMap(({ tokens }) => tokens).reduce((sum, each) => sum + each, 0)
  const questionTokens = perCell.reduce((sum, each) => sum + each.questionTokens * each.queries, 0)
  const { model } = scenario.models.embedding
  const ingest = price({
    operation: 'embed',
    provider: 'openai',
    sku: model,
    quantities: { 'embedding-tokens': chunkTokens },
  })
  const asked = picoUsd(
    sumUsd(perCell.map(({ cost, queries: count }) => picoUsd(cost * BigInt(count)))) +
      price({
        operation: 'embed',
        provider: 'openai',
        sku: model,
        quantities: { 'embedding-tokens': Math.round(questionTokens) },
      }),
  )
  const chunks = sizes.reduce((sum, { tokens }) => sum + tokens.length, 0)
  const seconds = secondsOf(scenario, { chunks, perCell })
  const total = (of: (each: CellEstimate) => number): number =>
    Math.round(perCell.reduce((sum, each) => sum + of(each) * each.queries, 0))
  return {
    scenario: scenario.name,
    tenants: corpora.length,
    cells: cells.length,
    queries,
    documents: corpora.reduce((sum, { documents }) => sum + documents.length, 0),
    chunks,
    tokens: {
      embedding: Math.round(chunkTokens + questionTokens),
      prompt: total(({ promptTokens }) => promptTokens),
      completion: total(({ completionTokens }) => completionTokens),
    },
    costUsd: {
      ingest: formatUsdRounded(ingest, 2),
      queries: formatUsdRounded(asked, 2),
      total: formatUsdRounded(picoUsd(ingest + asked), 2),
    },
    seconds,
    basis: [
      "Tokens: each tenant's own chunks, mean size times top_k; answers of the median length that the profiles assume.",
      'Dollars: what the vendors would charge at list prices; the embedded services charge nothing.',
      scenario.load === undefined
        ? 'Time: as measured on two cores, with the modelled waits that timeScale leaves.'
        : "Time: the load's own; answers that are still out at its end are waited for.",
      ...(scenario.load?.search === undefined
        ? []
        : [
            'The search for the highest rate comes before that and is not in these figures: ' +
              'each rate it tries is asked for stageSeconds.',
          ]),
    ],
    warnings: prepared.warnings,
  }
}

interface CellEstimate {
  readonly queries: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly questionTokens: number
  readonly modelledMs: number
  readonly cost: PicoUsd
}

interface CellInput {
  readonly scenario: LoadedScenario
  readonly prepared: Prepared
  price(usage: Omit<ProviderUsage, 'attempt' | 'outcome' | 'estimated'>): PicoUsd
}

function estimateCell(
  { id, tenantId, variant }: Cell,
  { scenario, prepared, price }: CellInput,
): CellEstimate {
  const asked = prepared.questions.get(tenantId) ?? []
  const profile = chatModelProfile(variant.model)
  const factor = profile?.tokenFactor ?? 1
  const questionTokens =
    asked.reduce((sum, { text }) => sum + countTokens(text), 0) / Math.max(1, asked.length)
  const sizes = prepared.sizes.find(({ tenant }) => tenant === tenantId)
  const promptTokens =
    factor * (frameTokens() + questionTokens + passagesTokens(sizes, variant.topK))
  const completionTokens = factor * (profile === undefined ? 0 : profile.answerMedianTokens)
  const chat = price({
    operation: 'chat',
    provider: variant.model.startsWith('claude-') ? 'anthropic' : 'openai',
    sku: variant.model,
    quantities: {
      'input-tokens': Math.round(promptTokens),
      'output-tokens': Math.round(completionTokens),
    },
  })
  const read = price({
    operation: 'query',
    provider: 'pinecone',
    sku: 'serverless',
    quantities: { queries: 1 },
  })
  const rerank = variant.rerank
    ? price({
        operation: 'rerank',
        provider: 'pinecone',
        sku: scenario.models.reranker,
        quantities: { 'rerank-requests': 1 },
      })
    : zeroUsd
  const modelledMs =
    profile === undefined
      ? 0
      : modelledTime(profile, { completionTokens, rerank: variant.rerank, scenario })
  return {
    queries: queriesOf({ id, tenantId }, { scenario, ...prepared }),
    promptTokens,
    completionTokens,
    questionTokens,
    modelledMs,
    cost: picoUsd(chat + read + rerank),
  }
}

const labelTokens = 4

function passagesTokens(sizes: ChunkSizes | undefined, topK: number): number {
  const tokens = sizes?.tokens ?? []
  const mean = tokens.reduce((sum, each) => sum + each, 0) / Math.max(1, tokens.length)
  return Math.min(topK, tokens.length) * (mean + labelTokens)
}

function modelledTime(
  profile: NonNullable<ReturnType<typeof chatModelProfile>>,
  of: {
    readonly completionTokens: number
    readonly rerank: boolean
    readonly scenario: LoadedScenario
  },
): number {
  const { embedding, reranker } = of.scenario.models
  const embed =
    embeddingProfiles.find(({ model }) => model === embedding.model)?.latency.medianMs ?? 0
  const rerank = of.rerank
    ? (rerankerProfiles.find(({ model }) => model === reranker)?.latency.medianMs ?? 0)
    : 0
  return (
    embed +
    storeProfile.query.medianMs +
    rerank +
    profile.firstTokenMedianMs +
    (1_000 * of.completionTokens) / profile.tokensPerSecond
  )
}

function secondsOf(
  scenario: LoadedScenario,
  { chunks, perCell }: { readonly chunks: number; readonly perCell: readonly CellEstimate[] },
): KnownEstimate['seconds'] {
  // A timer waits at least a millisecond, and an answer comes in so many pieces.
  const waits =
    perCell.reduce(
      (sum, { queries, modelledMs }) =>
        sum +
        queries *
          (scenario.timeScale === 0
            ? 0
            : Math.max(modelledMs * scenario.timeScale, modelledPieces)),
      0,
    ) / 1_000
  const queries = perCell.reduce((sum, each) => sum + each.queries, 0)
  const asking = Math.max(
    queries *
      measured.secondsPerQuery *
      (measured.mostAtOnce / Math.min(measured.mostAtOnce, scenario.concurrency)),
    waits / scenario.concurrency,
  )
  const ingest = chunks * measured.secondsPerChunk
  if (scenario.load !== undefined)
    return {
      start: measured.startSeconds,
      ingest: Math.round(ingest),
      queries: Math.round(scenario.load.durationSeconds),
      total: Math.round(measured.startSeconds + ingest + scenario.load.durationSeconds),
    }
  return {
    start: measured.startSeconds,
    ingest: Math.round(ingest),
    queries: Math.round(asking),
    total: Math.round(measured.startSeconds + ingest + asking),
  }
}
