/**
 * What each tenant costs a month under its current configuration: against its budget, with its
 * interval, and as part of the fleet.
 */
import { formatUsd, parseUsd, picoUsd, usdAsNumber } from '../../src/base/money.ts'
import type { RecordCell, RunRecord, TenantCost } from '../../reports/record/record.ts'
import { concentrationOf } from '../measure/cost-spread.ts'
import type { LoadedScenario } from '../scenario/parse.ts'

/** The lines, and how the fleet's cost concentrates. */
export function tenantCosts(
  scenario: LoadedScenario,
  cells: readonly RecordCell[],
): Pick<RunRecord, 'costByTenant' | 'costConcentration'> {
  const months = scenario.tenants.map((tenant) => ({
    tenant,
    cost:
      cells.find((cell) => cell.tenant === tenant.id && cell.isCurrent)?.costPerQueryUsd ?? null,
  }))
  const monthly = (usd: string | null | undefined, queries: number): string | null =>
    usd === null || usd === undefined ? null : formatUsd(picoUsd(parseUsd(usd) * BigInt(queries)))
  const known = months.flatMap(
    ({ tenant, cost }) => monthly(cost?.mean, tenant.queriesPerMonth) ?? [],
  )
  const total = known.reduce((sum, usd) => sum + usdAsNumber(parseUsd(usd)), 0)
  const lines = months.map(({ tenant, cost }): TenantCost => {
    const of = (usd: string | null | undefined): string | null =>
      monthly(usd, tenant.queriesPerMonth)
    const month = of(cost?.mean)
    const [spent, budget] = [
      month === null ? null : usdAsNumber(parseUsd(month)),
      Number(tenant.monthlyBudgetUsd),
    ]
    return {
      tenant: tenant.id,
      monthlyUsd: month,
      low95Usd: of(cost?.low95),
      high95Usd: of(cost?.high95),
      budgetUsd: tenant.monthlyBudgetUsd,
      budgetUsedPct: spent === null || budget === 0 ? null : (100 * spent) / budget,
      fleetSharePct: spent === null || total === 0 ? null : (100 * spent) / total,
      reason:
        month === null
          ? (cost?.reason ?? 'its current configuration is no cell of this run')
          : null,
    }
  })
  return {
    costByTenant: lines,
    costConcentration: concentrationOf(known.map((usd) => usdAsNumber(parseUsd(usd)))),
  }
}
