/**
 * What configurations that nobody ran would cost: each tenant under each of them, and all tenants
 * together.
 */
import { picoUsd, sumUsd, type PicoUsd } from '../../src/base/money.ts'
import {
  currentOf,
  monthlyCostOf,
  named,
  withFixed,
  type Configuration,
  type TenantEconomics,
  type VariantEconomics,
} from './economics.ts'

/** A tenant under a configuration. Costs are with the part of what is fixed. */
export interface TenantUnder extends Configuration {
  readonly tenant: string
  readonly costPerQueryUsd: PicoUsd
  readonly low95Usd: PicoUsd
  readonly high95Usd: PicoUsd
  readonly monthlyUsd: PicoUsd
  /** Against today. */
  readonly monthlyDifferenceUsd: PicoUsd
  /** Null where nobody measured it. */
  readonly quality: VariantEconomics['quality']
  readonly p95Ms: number | null
  /** A prompt would not fit the window of the model. */
  readonly infeasible: boolean
}

/** All tenants for whom a configuration was derived, under it. */
export interface FleetUnderOne extends Configuration {
  readonly tenants: number
  readonly monthlyUsd: PicoUsd
  /** The tenants' intervals end to end: what is off in a derivation may be off for all alike. */
  readonly low95Usd: PicoUsd
  readonly high95Usd: PicoUsd
  readonly todayUsd: PicoUsd
  readonly differenceUsd: PicoUsd
  readonly infeasible: number
  readonly notMeasured: number
}

/** Both. */
export interface WhatIf {
  readonly configurations: readonly FleetUnderOne[]
  readonly tenants: readonly TenantUnder[]
}

/** Works them out. */
export function whatIf(tenants: readonly TenantEconomics[]): WhatIf {
  const pairs = tenants.flatMap((tenant) =>
    tenant.variants.filter(({ isDerived }) => isDerived).map((variant) => ({ tenant, variant })),
  )
  const configurations = [...Map.groupBy(pairs, ({ variant }) => named(variant)).values()].flatMap(
    (group): readonly FleetUnderOne[] => {
      const [first] = group
      if (first === undefined) return []
      const month = (of: (pair: (typeof group)[number]) => PicoUsd): PicoUsd =>
        sumUsd(group.map(of))
      const atEnd = (end: 'low95' | 'high95'): PicoUsd =>
        month(({ tenant, variant }) =>
          picoUsd(
            tenant.fixedMonthlyUsd + variant.costPerQuery[end] * BigInt(tenant.queriesPerMonth),
          ),
        )
      const [monthlyUsd, todayUsd] = [
        month(({ tenant, variant }) => monthlyCostOf(tenant, variant)),
        month(({ tenant }) => monthlyCostOf(tenant, currentOf(tenant))),
      ]
      const { model, topK, rerank } = first.variant
      const count = (is: (variant: VariantEconomics) => boolean): number =>
        group.filter(({ variant }) => is(variant)).length
      return [
        {
          model,
          topK,
          rerank,
          tenants: group.length,
          monthlyUsd,
          low95Usd: atEnd('low95'),
          high95Usd: atEnd('high95'),
          todayUsd,
          differenceUsd: picoUsd(monthlyUsd - todayUsd),
          infeasible: count(({ infeasible }) => infeasible),
          notMeasured: count(({ quality }) => quality === null),
        },
      ]
    },
  )
  return {
    configurations,
    tenants: pairs.map(({ tenant, variant }) => tenantUnder(tenant, variant)),
  }
}

function tenantUnder(
  tenant: TenantEconomics,
  { model, topK, rerank, costPerQuery, quality, p95Ms, infeasible }: VariantEconomics,
): TenantUnder {
  const { mean, low95, high95 } = costPerQuery
  const monthlyUsd = picoUsd(tenant.fixedMonthlyUsd + mean * BigInt(tenant.queriesPerMonth))
  return {
    tenant: tenant.tenant,
    model,
    topK,
    rerank,
    costPerQueryUsd: withFixed(tenant, mean),
    low95Usd: withFixed(tenant, low95),
    high95Usd: withFixed(tenant, high95),
    monthlyUsd,
    monthlyDifferenceUsd: picoUsd(monthlyUsd - monthlyCostOf(tenant, currentOf(tenant))),
    quality,
    p95Ms,
    infeasible,
  }
}
