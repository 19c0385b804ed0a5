/**
 * What tiers earn in a simulation: each calendar month in which a tenant is there is charged by its
 * tier's plan; of a month that is simulated in part, that part.
 */
import {
  divideHalfEven,
  formatUsd,
  picoUsd,
  sumUsd,
  zeroUsd,
  type PicoUsd,
} from '../../../src/base/money.ts'
import { marginOf, revenueOf, type Plan } from '../../../src/index.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import type { Fleet } from '../plan.ts'
import type { TenantTotal } from '../run/outcome.ts'

/** Whose revenue. */
export interface RevenueInput {
  readonly tiers: readonly string[]
  readonly tier: Int32Array
  readonly tenants: readonly TenantTotal[]
  /** By month: how much of it is simulated, 1 for a whole one. */
  readonly parts: readonly number[]
}

/** What each tenant pays; null where the scenario has no plans. */
export function revenuesOf(
  plans: Readonly<Record<string, Plan>>,
  { tiers, tier, tenants, parts }: RevenueInput,
): readonly PicoUsd[] | null {
  if (Object.keys(plans).length === 0) return null
  return tenants.map(({ queriesByMonth }, at) => {
    const name = tiers[tier[at] as number] ?? ''
    const plan = Object.hasOwn(plans, name) ? plans[name] : undefined
    return plan === undefined
      ? zeroUsd
      : sumUsd(
          queriesByMonth.map((queries, month) =>
            queries === null ? zeroUsd : revenueOfPart(plan, queries, parts[month] ?? 1),
          ),
        )
  })
}

/**
 * Of a part of a month, that part of what a whole one like it would bring: fixed cost is counted so
 * too, and neither depends on the day a simulation begins.
 */
function revenueOfPart(plan: Plan, queries: number, part: number): PicoUsd {
  if (part === 1) return revenueOf(plan, BigInt(queries))
  return picoUsd(
    divideHalfEven(
      revenueOf(plan, BigInt(Math.round(queries / part))) * BigInt(Math.round(part * perMillion)),
      BigInt(perMillion),
    ),
  )
}

const perMillion = 1_000_000

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
  return [...byTier]
    .toSorted(([one], [other]) => one - other)
    .map(([tier, members]) => {
      const costOf = (at: number): PicoUsd =>
        picoUsd((tenants[at]?.direct ?? 0n) + (tenants[at]?.shared ?? 0n))
      const under =
        revenues === null ? [] : members.filter((at) => costOf(at) > (revenues[at] ?? zeroUsd))
      const margin = marginOf(
        revenues === null ? null : sumUsd(members.map((at) => revenues[at] ?? zeroUsd)),
        sumUsd(members.map(costOf)),
      )
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
