/** What tiers earn in a simulation: each calendar month that a tenant is there is charged by its tier's plan, begun ones whole. */
import { formatUsd, picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../../src/base/money.ts'
import { revenueOf, type Plan } from '../../../src/index.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import { marginOf } from '../../check/pricing/tier-margins.ts'
import type { Fleet } from '../../simulate/plan.ts'
import type { TenantTotal } from '../../simulate/run/outcome.ts'

/** Whose revenue. */
export interface RevenueInput {
  readonly tiers: readonly string[]
  readonly tier: Int32Array
  readonly tenants: readonly TenantTotal[]
}

/** What each tenant pays; null where the scenario has no plans. */
export function revenuesOf(plans: Readonly<Record<string, Plan>>, { tiers, tier, tenants }: RevenueInput): readonly PicoUsd[] | null {
  if (Object.keys(plans).length === 0) return null
  return tenants.map(({ queriesByMonth }, at) => {
    const name = tiers[tier[at] as number] ?? ''
    const plan = Object.hasOwn(plans, name) ? plans[name] : undefined
    return plan === undefined ? zeroUsd : sumUsd(queriesByMonth.map((queries) => (queries === null ? zeroUsd : revenueOf(plan, BigInt(queries)))))
  })
}

/** What tier lines are made from. */
export interface TierInput {
  readonly fleet: Fleet
  readonly tenants: readonly TenantTotal[]
  readonly revenues: readonly PicoUsd[] | null
}

const mostNamed = 20

/** A line for each tier that has tenants. */
export function tierLines({ fleet, tenants, revenues }: TierInput): SimulateReport['tiers'] {
  const byTier = Map.groupBy(tenants.keys(), (at) => fleet.tier[at] as number)
  return [...byTier].toSorted(([one], [other]) => one - other).map(([tier, members]) => {
    const costOf = (at: number): PicoUsd => picoUsd((tenants[at]?.direct ?? 0n) + (tenants[at]?.shared ?? 0n))
    const under = revenues === null ? [] : members.filter((at) => costOf(at) > (revenues[at] ?? zeroUsd))
    const margin = marginOf(revenues === null ? null : sumUsd(members.map((at) => revenues[at] ?? zeroUsd)), sumUsd(members.map(costOf)))
    return {
      tier: fleet.tiers[tier] ?? '',
      tenants: members.length,
      queries: members.reduce((sum, at) => sum + (tenants[at]?.queries ?? 0), 0),
      revenueUsd: margin.revenueUsd === null ? null : formatUsd(margin.revenueUsd),
      costUsd: formatUsd(margin.costUsd),
      grossMarginPct: margin.grossMarginPct,
      markupPct: margin.markupPct,
      underwaterTenants: under.length,
      underwater: under.slice(0, mostNamed).map((at) => fleet.ids[at] ?? ''),
      reason: margin.reason,
    }
  })
}
