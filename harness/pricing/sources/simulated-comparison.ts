/** The user's spreadsheet of a simulation: a line for each tenant, before anything is chosen. */
import type { ComparisonLine } from '../../../reports/record/record.ts'
import type { PlannedSimulation } from './simulated-time.ts'

/** The lines, in the order of the report. */
export function simulatedComparison({
  report,
  scenario,
  profiles,
  planned: { plan, templateOf },
}: PlannedSimulation): readonly ComparisonLine[] {
  return report.tenants.map(({ tenant, tier }, place) => {
    const template = templateOf[place] ?? 0
    const { documents, words } = profiles.profileOf(template)
    const {
      model = '',
      topK = 0,
      rerank = false,
    } = plan.variants[plan.variantOf.at(-1)?.[place] ?? 0] ?? {}
    return {
      tenant,
      name: scenario.tenants[template]?.name ?? tenant,
      tier,
      docCount: documents,
      avgDocWords: documents === 0 ? 0 : Math.round((10 * words) / documents) / 10,
      currentModel: model,
      currentTopK: topK,
      currentRerank: rerank,
      currentCostPerQueryUsd: null,
      optimalModel: null,
      optimalTopK: null,
      optimalRerank: null,
      projectedCostPerQueryUsd: null,
      monthlyDifferenceUsd: null,
      reason: '',
      assumptions: [],
      flipsWhen: null,
    }
  })
}
