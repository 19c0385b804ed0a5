/**
 * The tenants of a simulation as they are priced: who they are like, how much they ask in a month,
 * and under which configurations they are looked at.
 */
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import type { Configuration } from '../economics.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { ScenarioTenant } from '../../scenario/resolve.ts'
import type { Planned } from '../../simulate/build-plan.ts'
import type { PlannedVariant } from '../../simulate/plan.ts'

/** A tenant. */
export interface SimulatedTenant {
  /** In the plan, and in the report. */
  readonly place: number
  readonly id: string
  readonly tier: string
  /** The scenario's tenant that it is like. */
  readonly template: ScenarioTenant
  readonly queries: number
  readonly queriesPerMonth: number
  /** At the end of the simulated time. */
  readonly current: Configuration
  /** The current one first. */
  readonly configurations: readonly Configuration[]
}

/** What they are made from. */
export interface TenantsInput {
  readonly report: SimulateReport
  readonly scenario: LoadedScenario
  readonly planned: Planned
  readonly months: number
  /** Configurations beside each tenant's own. */
  readonly others: readonly Configuration[]
}

/** The tenants, by place. */
export function simulatedTenants({
  report,
  scenario,
  planned: { plan, templateOf },
  months,
  others,
}: TenantsInput): readonly SimulatedTenant[] {
  return plan.fleet.ids.map((id, place) => {
    const variant = plan.variants[plan.variantOf.at(-1)?.[place] ?? 0] as PlannedVariant
    const { queries = 0, tier = '' } = report.tenants[place] ?? {}
    const template = scenario.tenants[templateOf[place] as number] as ScenarioTenant
    return {
      place,
      id,
      tier,
      template,
      queries,
      queriesPerMonth: Math.round(queries / months),
      current: plain(variant),
      configurations: distinct([variant, ...others]),
    }
  })
}

function plain({ model, topK, rerank }: Configuration): Configuration {
  return { model, topK, rerank }
}

function distinct(configurations: readonly Configuration[]): readonly Configuration[] {
  return [
    ...new Map(
      configurations.map((each) => [
        JSON.stringify([each.model, each.topK, each.rerank]),
        plain(each),
      ]),
    ).values(),
  ]
}
