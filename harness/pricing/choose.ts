/**
 * Which configuration each tenant should get. The rules are those of `recommend`; beside its answer
 * stand the probability that the configuration keeps floor and budget, the interval of its cost,
 * and the front of configurations that no other beats in everything.
 */
import { picoUsd, usdAsNumber, type PicoUsd } from '../../src/base/money.ts'
import { probabilityAbove, probabilityAtMost } from './beta.ts'
import {
  currentOf,
  monthlyCostOf,
  named,
  recommendFor,
  standardErrorOf,
  withFixed,
  type TenantEconomics,
  type VariantEconomics,
} from './economics.ts'

/** A configuration on the front. Costs are with the part of what is fixed. */
export interface ParetoPoint {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
  readonly costPerQueryUsd: PicoUsd
  readonly quality: number
  readonly p95Ms: number | null
  /**
   * That it keeps floor and budget; null when a prompt did not fit or the p95 is over the objective
   * or not known.
   */
  readonly probability: number | null
}

/** The answer for a tenant. What is null has its reason in `reason`. */
export interface Choice {
  readonly tenant: string
  readonly tier: string
  readonly currentModel: string
  readonly currentTopK: number
  readonly currentRerank: boolean
  readonly currentCostPerQueryUsd: PicoUsd
  readonly optimalModel: string | null
  readonly optimalTopK: number | null
  readonly optimalRerank: boolean | null
  /** Whether nobody ran the optimal one. */
  readonly optimalIsDerived: boolean | null
  readonly projectedCostPerQueryUsd: PicoUsd | null
  /** Of the mean, with the part of what is fixed. */
  readonly low95Usd: PicoUsd | null
  readonly high95Usd: PicoUsd | null
  readonly monthlyDifferenceUsd: PicoUsd | null
  readonly probability: number | null
  readonly qualitySource: 'measured' | 'modelled' | null
  readonly reason: string
  readonly flipsWhen: string | null
  readonly pareto: readonly ParetoPoint[]
  /** Configurations whose quality nobody measured: none of them can be recommended. */
  readonly notMeasured: readonly string[]
}

/** What the probabilities cover, as a sentence. */
export const probabilityCovers =
  "A probability is that of keeping the quality floor (after the counted answers, Jeffreys' " +
  'prior) times that of keeping the budget (the mean as normal); prices, volume, the p95 and ' +
  'what quality rests on are taken as they stand.'

/** Chooses for each tenant. */
export function chooseConfigurations(tenants: readonly TenantEconomics[]): readonly Choice[] {
  return tenants.map(choiceFor)
}

/** Chooses for one. */
export function choiceFor(tenant: TenantEconomics): Choice {
  const current = currentOf(tenant)
  const { variant, reason, flipsWhen } = recommendFor(tenant)
  const notMeasured = tenant.variants.filter(({ quality }) => quality === null).map(named)
  const priced = (pick: (each: VariantEconomics['costPerQuery']) => PicoUsd): PicoUsd | null =>
    variant === null ? null : withFixed(tenant, pick(variant.costPerQuery))
  return {
    tenant: tenant.tenant,
    tier: tenant.tier,
    currentModel: current.model,
    currentTopK: current.topK,
    currentRerank: current.rerank,
    currentCostPerQueryUsd: withFixed(tenant, current.costPerQuery.mean),
    optimalModel: variant?.model ?? null,
    optimalTopK: variant?.topK ?? null,
    optimalRerank: variant?.rerank ?? null,
    optimalIsDerived: variant?.isDerived ?? null,
    projectedCostPerQueryUsd: priced(({ mean }) => mean),
    low95Usd: priced(({ low95 }) => low95),
    high95Usd: priced(({ high95 }) => high95),
    monthlyDifferenceUsd:
      variant === null
        ? null
        : picoUsd(monthlyCostOf(tenant, variant) - monthlyCostOf(tenant, current)),
    probability: variant === null ? null : probabilityOf(tenant, variant),
    qualitySource: variant?.quality?.source ?? null,
    reason:
      notMeasured.length === 0 ? reason : `${reason} Not measured: ${notMeasured.join(', ')}.`,
    flipsWhen,
    pareto: paretoOf(tenant),
    notMeasured,
  }
}

/**
 * Probability that a variant keeps floor and budget; null where quality is not measured or the
 * variant is out for another reason.
 */
export function probabilityOf(tenant: TenantEconomics, variant: VariantEconomics): number | null {
  const { qualityFloor, latencyObjectiveMs, monthlyBudgetUsd } = tenant.needs
  const { quality, p95Ms, infeasible, costPerQuery } = variant
  if (quality === null || infeasible || p95Ms === null || p95Ms > latencyObjectiveMs) return null
  const isGood = probabilityAbove(qualityFloor, {
    right: quality.share * quality.questions,
    asked: quality.questions,
  })
  const month = {
    mean: usdAsNumber(monthlyCostOf(tenant, variant)),
    deviation: standardErrorOf(costPerQuery) * tenant.queriesPerMonth,
  }
  return isGood * probabilityAtMost(usdAsNumber(monthlyBudgetUsd), month)
}

/**
 * Measured configurations that no other beats in cost, quality and p95 at once, the cheapest first.
 * A p95 that is not known is the worst.
 */
function paretoOf(tenant: TenantEconomics): readonly ParetoPoint[] {
  const points = tenant.variants.flatMap((variant) =>
    variant.quality === null || variant.infeasible
      ? []
      : [
          {
            variant,
            cost: usdAsNumber(variant.costPerQuery.mean),
            quality: variant.quality.share,
            slow: variant.p95Ms ?? Number.POSITIVE_INFINITY,
          },
        ],
  )
  const beats = (one: (typeof points)[number], other: (typeof points)[number]): boolean =>
    one.cost <= other.cost &&
    one.quality >= other.quality &&
    one.slow <= other.slow &&
    (one.cost < other.cost || one.quality > other.quality || one.slow < other.slow)
  return points
    .filter((point) => !points.some((other) => beats(other, point)))
    .toSorted((one, other) => one.cost - other.cost)
    .map(({ variant, quality }) => ({
      model: variant.model,
      topK: variant.topK,
      rerank: variant.rerank,
      costPerQueryUsd: withFixed(tenant, variant.costPerQuery.mean),
      quality,
      p95Ms: variant.p95Ms,
      probability: probabilityOf(tenant, variant),
    }))
}
