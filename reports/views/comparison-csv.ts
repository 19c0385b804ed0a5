/** comparison.csv: one line per tenant, the user's seven columns. Text that begins like a formula is made inert. */
import { stringify } from 'csv-stringify/sync'
import { printable } from '../../src/base/text.ts'
import type { View } from './view.ts'

const columns = ['Tenant', 'Doc Count', 'Avg Doc Size', 'Current Cost/Query', 'Optimal Model', 'Optimal top_k', 'Projected Cost'] as const

/** The view. Costs are dollars a query; sizes are words. An empty field: nothing can be recommended yet. */
export const comparisonCsv: View = {
  file: 'comparison.csv',
  render: ({ comparison }) =>
    stringify(
      comparison.map((line) => [printable(line.tenant), line.docCount, line.avgDocWords, line.currentCostPerQueryUsd, printable(line.optimalModel ?? ''), line.optimalTopK ?? '', line.projectedCostPerQueryUsd ?? '']),
      { header: true, columns: [...columns], escape_formulas: true },
    ),
}
