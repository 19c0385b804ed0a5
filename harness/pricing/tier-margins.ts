/**
 * What each tier earns: revenue by its plan, cost as allocated, gross margin over revenue and
 * markup over cost by their own names, the tenants whose cost is more than they pay, and the volume
 * from which a tenant of the tier pays for itself.
 */
import { picoUsd, sumUsd, type PicoUsd } from '../../src/base/money.ts'
import { breakEvenOf, marginOf, revenueOf, type Margin, type Plan } from '../../src/index.ts'
import { currentOf, monthlyCostOf, type TenantEconomics } from './economics.ts'

/** A plan for each tier. */
export type Plans = ReadonlyMap<string, Plan>

/** A tenant that costs more than it pays. */
export interface UnderwaterTenant {
  readonly tenant: string
  readonly revenueUsd: PicoUsd
  readonly costUsd: PicoUsd
}

/** A tier. */
export interface TierMargin extends Margin {
  readonly tier: string
  readonly tenants: number
  readonly queries: number
  /** How many there are, null where revenue is not known; `underwater` names the worst of them. */
  readonly underwaterTenants: number | null
  readonly underwater: readonly UnderwaterTenant[]
  /**
   * Queries a month from which a tenant of mean cost pays for itself, and up to which it stays so;
   * null is none, or for good.
   */
  readonly breakEvenQueries: number | null
  readonly breakEvenUpToQueries: number | null
  readonly breakEvenReason: string | null
}

const mostNamed = 10

/** The tiers, by name. A tier without a plan has no revenue that anybody knows. */
export function tierMargins(
  tenants: readonly TenantEconomics[],
  plans: Plans,
): readonly TierMargin[] {
  return [...Map.groupBy(tenants, ({ tier }) => tier)]
    .map(([tier, group]) => tierMargin(tier, group, plans.get(tier) ?? null))
    .sort((one, other) => (one.tier < other.tier ? -1 : 1))
}

/** Revenue against cost of all tenants together. */
export function fleetMargin(tenants: readonly TenantEconomics[], plans: Plans): Margin {
  const costUsd = sumUsd(tenants.map((tenant) => monthlyCostOf(tenant, currentOf(tenant))))
  const revenues = tenants.map((tenant) => revenueFrom(tenant, plans.get(tenant.tier) ?? null))
  return marginOf(
    revenues.some((revenue) => revenue === null)
      ? null
      : sumUsd(revenues.flatMap((revenue) => revenue ?? [])),
    costUsd,
  )
}

function revenueFrom({ queriesPerMonth }: TenantEconomics, plan: Plan | null): PicoUsd | null {
  return plan === null ? null : revenueOf(plan, BigInt(queriesPerMonth))
}

function tierMargin(
  tier: string,
  tenants: readonly TenantEconomics[],
  plan: Plan | null,
): TierMargin {
  const each = tenants.map((tenant) => ({
    tenant: tenant.tenant,
    revenueUsd: revenueFrom(tenant, plan),
    costUsd: monthlyCostOf(tenant, currentOf(tenant)),
  }))
  const underwater = each.flatMap(({ tenant, revenueUsd, costUsd }) =>
    revenueUsd !== null && costUsd > revenueUsd ? [{ tenant, revenueUsd, costUsd }] : [],
  )
  const revenue = plan === null ? null : sumUsd(each.flatMap(({ revenueUsd }) => revenueUsd ?? []))
  return {
    tier,
    tenants: tenants.length,
    queries: tenants.reduce((sum, { queriesPerMonth }) => sum + queriesPerMonth, 0),
    ...marginOf(revenue, sumUsd(each.map(({ costUsd }) => costUsd))),
    underwaterTenants: plan === null ? null : underwater.length,
    underwater: underwater.toSorted(byLoss).slice(0, mostNamed),
    ...breakEven(tenants, plan),
  }
}

function byLoss(one: UnderwaterTenant, other: UnderwaterTenant): number {
  const difference = other.costUsd - other.revenueUsd - (one.costUsd - one.revenueUsd)
  return difference > 0n ? 1 : difference < 0n ? -1 : one.tenant < other.tenant ? -1 : 1
}

/** Of a tenant with the tier's mean fixed cost, at the tier's mean cost of a query. */
function breakEven(
  tenants: readonly TenantEconomics[],
  plan: Plan | null,
): Pick<TierMargin, 'breakEvenQueries' | 'breakEvenUpToQueries' | 'breakEvenReason'> {
  if (plan === null)
    return {
      breakEvenQueries: null,
      breakEvenUpToQueries: null,
      breakEvenReason: 'there is no plan',
    }
  const { fromQueries, upToQueries, reason } = breakEvenOf(plan, meanCostOf(tenants))
  return {
    breakEvenQueries: fromQueries === null ? null : Number(fromQueries),
    breakEvenUpToQueries: upToQueries === null ? null : Number(upToQueries),
    breakEvenReason: reason,
  }
}

/**
 * Fixed cost by tenant, and the cost of a query weighted by how often each asks. At least one
 * tenant.
 */
export function meanCostOf(tenants: readonly TenantEconomics[]): {
  readonly fixed: PicoUsd
  readonly perQuery: PicoUsd
} {
  const queries = tenants.reduce((sum, { queriesPerMonth }) => sum + BigInt(queriesPerMonth), 0n)
  const fixed = sumUsd(tenants.map(({ fixedMonthlyUsd }) => fixedMonthlyUsd))
  const asked = tenants.reduce(
    (sum, tenant) => sum + currentOf(tenant).costPerQuery.mean * BigInt(tenant.queriesPerMonth),
    0n,
  )
  return {
    fixed: picoUsd(fixed / BigInt(tenants.length)),
    perQuery: picoUsd(queries === 0n ? 0n : asked / queries),
  }
}
