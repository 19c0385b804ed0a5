/**
 * What is simulated, as data: plain values and typed arrays, so that a plan can be handed to
 * threads. Everything is decided here from scenario and seed; engines only count time and usage.
 */
import type { PriceBook } from '../../src/index.ts'
import type { Grain } from '../scenario/simulation-schema.ts'
import type { SimulatedMonth } from './demand/calendar.ts'

/** A part of a month in which no price and no configuration changes. */
export interface Segment {
  /** Hours from the beginning of the calendar month. */
  readonly fromHour: number
  readonly toHour: number
  /** When it begins: what is asked in it is priced as of then. */
  readonly fromMs: number
  /** Position in `variantOf`. */
  readonly epoch: number
}

/** A month with what is asked in its hours, and its segments. */
export interface PlannedMonth extends SimulatedMonth {
  /** Running sums of the hours' weights over the calendar month, from 0. */
  readonly weightSums: Float64Array
  /** What the volumes of the first month are multiplied by. */
  readonly volume: number
  readonly segments: readonly Segment[]
}

/**
 * One configuration, with all that its queries draw from. Tables have 4,096 equally likely parts.
 */
export interface PlannedVariant {
  readonly model: string
  readonly provider: 'openai' | 'anthropic'
  readonly topK: number
  readonly rerank: boolean
  /** Whole tokens of an answer, cut at the configuration's limit. */
  readonly answerTokens: Int32Array
  readonly firstTokenMs: Float64Array
  readonly msPerToken: Float64Array
}

/** Stages that all configurations share, as tables. */
export interface StageTables {
  readonly embedMs: Float64Array
  readonly retrieveMs: Float64Array
  readonly hydrateMs: Float64Array
  readonly rerankMs: Float64Array
  readonly otherMs: Float64Array
}

/** What requests wait for; null is unlimited. */
export interface PlannedLimits {
  readonly maxInFlight: number | null
  readonly connections: number | null
  readonly providers: readonly {
    readonly provider: 'openai' | 'anthropic' | 'pinecone'
    readonly requestsPerMinute: number | null
    readonly tokensPerMinute: number | null
  }[]
  readonly attempts: number
  readonly timeoutMs: number | null
}

/** How often things go wrong or are saved, as shares. */
export interface PlannedRates {
  readonly abortedStreams: number
  readonly unavailable: number
  readonly cachedAnswers: number
  readonly cachedPromptTokens: number
}

/**
 * The tenants, column by column; a tenant is a position. Tenants of one group stand together, in
 * the order of groups.
 */
export interface Fleet {
  readonly ids: readonly string[]
  /** Position in `tiers`. */
  readonly tier: Int32Array
  readonly tiers: readonly string[]
  /** Queries in a month in which the tenant is there all the time. */
  readonly queriesPerMonth: Float64Array
  /** From when until when it is there, in milliseconds since 1970. */
  readonly fromMs: Float64Array
  readonly untilMs: Float64Array
  /** 1 where its documents are ingested in the time that is simulated. */
  readonly isNew: Uint8Array
  /** What its corpus and template make of a prompt: a row of `promptTable`. */
  readonly profile: Int32Array
  /** Tokens of a question as they are embedded, on average. */
  readonly questionTokens: Float64Array
  readonly ingestTokens: Float64Array
  readonly upsertBytes: Float64Array
  readonly upsertRequests: Float64Array
  readonly storedBytes: Float64Array
  /** Where each group begins, and after the last one where it ends. */
  readonly groupStarts: Int32Array
}

/** Everything. */
export interface SimulationPlan {
  readonly seed: number
  readonly grain: Grain
  readonly months: readonly PlannedMonth[]
  readonly fleet: Fleet
  readonly variants: readonly PlannedVariant[]
  /** By epoch and tenant: the position of the variant in force. */
  readonly variantOf: readonly Int32Array[]
  /** Whole prompt tokens: tables one after the other. */
  readonly prompts: Int32Array
  /**
   * By profile and variant: which of them; -1 of a variant that no tenant with this profile has.
   */
  readonly promptTable: Int32Array
  readonly stages: StageTables
  readonly limits: PlannedLimits
  readonly rates: PlannedRates
  readonly embeddingModel: string
  readonly reranker: string
  readonly book: PriceBook
  /** Prompt lengths at which prices jump and that prompts here reach, ascending. */
  readonly cliffs: readonly number[]
  /** By tenant (`true`) or by tier: what series of latency are kept apart. */
  readonly isByTenant: boolean
}

/** How many groups there are. */
export function groupCount({ groupStarts }: Fleet): number {
  return groupStarts.length - 1
}
