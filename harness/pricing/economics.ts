/**
 * What a tenant costs under each configuration, and what it needs: the plain data that every
 * verdict about prices is made of. Where it comes from (a recorded run, a simulation) is no affair
 * of theirs.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import { picoUsd, usdAsNumber, type PicoUsd } from '../../src/base/money.ts'
import {
  recommend,
  type Candidate,
  type Needs,
  type Recommendation,
} from '../recommend/recommend.ts'

/** A configuration as its parts. */
export interface Configuration {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
}

/**
 * What a query costs by itself: all that another configuration would change, the top-up to a
 * minimum included.
 */
export interface CostPerQuery {
  readonly mean: PicoUsd
  /** Bootstrap interval of the mean. */
  readonly low95: PicoUsd
  readonly high95: PicoUsd
  /** Of single queries, in dollars. */
  readonly standardDeviationUsd: number
}

/**
 * Parts of the mean at list price, the top-up to a minimum aside. Null where a part is not known.
 */
export interface CostParts {
  /** Chat tokens. */
  readonly model: PicoUsd | null
  /** Of the chat tokens, the prompt. */
  readonly prompt: PicoUsd | null
  readonly rerank: PicoUsd | null
  readonly retrieval: PicoUsd | null
  /** Embedding, and what is in none of the others. */
  readonly embedding: PicoUsd | null
}

/** One configuration of a tenant. */
export interface VariantEconomics extends Configuration {
  readonly id: string
  readonly costPerQuery: CostPerQuery
  readonly partsPerQuery: CostParts
  /** Null where nobody measured it. */
  readonly quality: {
    readonly share: number
    readonly low95: number
    readonly high95: number
    readonly questions: number
    readonly source: 'measured' | 'modelled'
  } | null
  readonly p95Ms: number | null
  readonly timing: 'measured' | 'modelled'
  readonly answered: number
  /** A prompt did not fit the window of the model. */
  readonly infeasible: boolean
  /** Nobody ran it: its tokens were worked out from the tenant's own chunks. */
  readonly isDerived: boolean
}

/** A tenant. */
export interface TenantEconomics {
  readonly tenant: string
  readonly tier: string
  readonly queriesPerMonth: number
  /** Its part of shared cost, of minimums, and its storage, under its current configuration. */
  readonly fixedMonthlyUsd: PicoUsd
  readonly needs: {
    readonly qualityFloor: number
    readonly latencyObjectiveMs: number
    readonly monthlyBudgetUsd: PicoUsd
  }
  /** The id of one of its variants. */
  readonly currentVariant: string
  readonly variants: readonly VariantEconomics[]
  /** Configurations whose cost nobody knows, each with the reason. */
  readonly unpriced: readonly (Configuration & { readonly reason: string })[]
}

/** What was found about the tenants of a source. */
export interface Economics {
  readonly tenants: readonly TenantEconomics[]
  /** Tenants whose cost today is not known, each with the reason. */
  readonly leftOut: readonly { readonly tenant: string; readonly reason: string }[]
}

/** The variant in force. Throws TB_BUG when the data names another. */
export function currentOf({ tenant, currentVariant, variants }: TenantEconomics): VariantEconomics {
  const found = variants.find(({ id }) => id === currentVariant)
  if (found === undefined)
    throw new TenantbenchError('TB_BUG', {
      detail: `Tenant ${tenant} has no variant ${currentVariant}.`,
    })
  return found
}

/** What a month costs under a variant, at the tenant's own volume or another. */
export function monthlyCostOf(
  tenant: TenantEconomics,
  variant: VariantEconomics,
  queries: number = tenant.queriesPerMonth,
): PicoUsd {
  return picoUsd(tenant.fixedMonthlyUsd + variant.costPerQuery.mean * BigInt(queries))
}

/** A query's cost with its part of what is fixed. */
export function withFixed(
  { fixedMonthlyUsd, queriesPerMonth }: TenantEconomics,
  costPerQuery: PicoUsd,
): PicoUsd {
  return queriesPerMonth === 0
    ? costPerQuery
    : picoUsd(costPerQuery + fixedMonthlyUsd / BigInt(queriesPerMonth))
}

/** The standard error of a mean, in dollars: its interval read as a normal one. */
export function standardErrorOf({ low95, high95 }: CostPerQuery): number {
  return usdAsNumber(picoUsd(high95 - low95)) / (2 * z95)
}

/**
 * Standard deviations from the middle of a normal distribution to the ends of its 95 % interval.
 */
export const z95 = 1.959963984540054

/** Whether two are the same configuration. */
export function isSame(one: Configuration, other: Configuration): boolean {
  return one.model === other.model && one.topK === other.topK && one.rerank === other.rerank
}

/** A configuration in words. */
export function named({ model, topK, rerank }: Configuration): string {
  return `${model} top_k ${topK}${rerank ? ' with rerank' : ''}`
}

/** The needs as `recommend` takes them. */
export function needsOf({ needs, queriesPerMonth }: TenantEconomics): Needs {
  return {
    qualityFloor: needs.qualityFloor,
    latencyObjectiveMs: needs.latencyObjectiveMs,
    monthlyBudget: needs.monthlyBudgetUsd,
    queriesPerMonth,
  }
}

/** A variant as `recommend` takes it; null without measured quality. */
export function candidateOf(
  tenant: TenantEconomics,
  {
    model,
    topK,
    rerank,
    costPerQuery,
    quality,
    p95Ms,
    timing,
    answered,
    infeasible,
  }: VariantEconomics,
): Candidate | null {
  return quality === null
    ? null
    : {
        variant: { model, topK, rerank },
        costPerQuery: withFixed(tenant, costPerQuery.mean),
        quality,
        p95Ms,
        timing,
        answered,
        infeasible,
      }
}

/** Whether a variant alone would be recommended: quality, latency and budget are all kept. */
export function isFit(tenant: TenantEconomics, variant: VariantEconomics): boolean {
  const candidate = candidateOf(tenant, variant)
  return candidate !== null && recommend([candidate], needsOf(tenant)).chosen !== null
}

/** A recommendation with the variant that it names. */
export interface VariantRecommendation extends Recommendation {
  readonly variant: VariantEconomics | null
}

/**
 * What `recommend` says of a tenant's variants. Of some that are not priced the cheapest is not
 * known, so there is none.
 */
export function recommendFor(tenant: TenantEconomics): VariantRecommendation {
  const [unpriced] = tenant.unpriced
  if (unpriced !== undefined)
    return {
      chosen: null,
      variant: null,
      reason: `none: of ${named(unpriced)} no cost is known: ${unpriced.reason}.`,
      flipsWhen: null,
    }
  const pairs = tenant.variants.flatMap((variant) => {
    const candidate = candidateOf(tenant, variant)
    return candidate === null ? [] : [{ variant, candidate }]
  })
  if (pairs.length === 0)
    return {
      chosen: null,
      variant: null,
      reason: 'none: no configuration has measured quality.',
      flipsWhen: null,
    }
  const found = recommend(
    pairs.map(({ candidate }) => candidate),
    needsOf(tenant),
  )
  return {
    ...found,
    variant: pairs.find(({ candidate }) => candidate === found.chosen)?.variant ?? null,
  }
}
