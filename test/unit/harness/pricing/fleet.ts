/** Tenants for the tests of prices: round figures, so that a hand can check them. */
import { wilsonInterval } from '../../../../harness/measure/intervals.ts'
import type { TenantEconomics, VariantEconomics } from '../../../../harness/pricing/economics.ts'
import type { Plans } from '../../../../harness/pricing/tier-margins.ts'
import { parseUsd, usdFromNumber } from '../../../../src/base/money.ts'
import { planSchema } from '../../../../src/cost/plans/plan.ts'

export interface AboutVariant {
  readonly topK?: number
  readonly rerank?: boolean
  readonly usd?: number
  readonly plusMinus?: number
  readonly deviation?: number
  readonly model?: number | null
  readonly prompt?: number | null
  /** Right of 100; null is not measured. */
  readonly right?: number | null
  readonly asked?: number
  readonly p95Ms?: number | null
  readonly infeasible?: boolean
}

/** A variant called by its model. */
export function variant(
  name: string,
  {
    topK = 5,
    rerank = false,
    usd = 0.01,
    plusMinus = 0,
    deviation = 0,
    model = null,
    prompt = null,
    right = 90,
    asked = 100,
    p95Ms = 1_000,
    infeasible = false,
  }: AboutVariant = {},
): VariantEconomics {
  const part = (value: number | null): VariantEconomics['partsPerQuery']['model'] =>
    value === null ? null : usdFromNumber(value)
  return {
    id: `${name}-${topK}-${rerank}`,
    model: name,
    topK,
    rerank,
    costPerQuery: {
      mean: usdFromNumber(usd),
      low95: usdFromNumber(usd - plusMinus),
      high95: usdFromNumber(usd + plusMinus),
      standardDeviationUsd: deviation,
    },
    partsPerQuery: {
      model: part(model),
      prompt: part(prompt),
      rerank: null,
      retrieval: null,
      embedding: null,
    },
    quality:
      right === null
        ? null
        : {
            share: right / asked,
            ...wilsonInterval(right, asked),
            questions: asked,
            source: 'measured',
          },
    p95Ms,
    timing: 'measured',
    answered: 100,
    infeasible,
    isDerived: false,
  }
}

export interface AboutTenant {
  readonly tier?: string
  readonly queries?: number
  readonly fixed?: string
  readonly floor?: number
  readonly budget?: string
  readonly objectiveMs?: number
  readonly variants?: readonly VariantEconomics[]
  readonly unpriced?: TenantEconomics['unpriced']
}

/** A tenant; its first variant is in force. */
export function tenant(
  name: string,
  {
    tier = 'pro',
    queries = 1_000,
    fixed = '0',
    floor = 0.7,
    budget = '500',
    objectiveMs = 5_000,
    variants = [variant('m')],
    unpriced = [],
  }: AboutTenant = {},
): TenantEconomics {
  return {
    tenant: name,
    tier,
    queriesPerMonth: queries,
    fixedMonthlyUsd: parseUsd(fixed),
    needs: {
      qualityFloor: floor,
      latencyObjectiveMs: objectiveMs,
      monthlyBudgetUsd: parseUsd(budget),
    },
    currentVariant: variants[0]?.id ?? '',
    variants,
    unpriced,
  }
}

/** Plans by tier. */
export function plans(written: Readonly<Record<string, object>>): Plans {
  return new Map(Object.entries(written).map(([tier, plan]) => [tier, planSchema.parse(plan)]))
}
