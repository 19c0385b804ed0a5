/** comparison.csv: one line per tenant, the user's seven columns. Text that begins like a formula is made inert. */
import { stripVTControlCharacters } from 'node:util'
import { stringify } from 'csv-stringify/sync'
import type { View } from './view.ts'

const columns = ['Tenant', 'Doc Count', 'Avg Doc Size', 'Current Cost/Query', 'Optimal Model', 'Optimal top_k', 'Projected Cost'] as const

/** The view. Costs are dollars a query; sizes are words. An empty field: nothing can be recommended yet. */
export const comparisonCsv: View = {
  file: 'comparison.csv',
  render: ({ comparison }) =>
    stringify(
      comparison.map((line) => [data(line.tenant), line.docCount, line.avgDocWords, line.currentCostPerQueryUsd, data(line.optimalModel ?? ''), line.optimalTopK ?? '', line.projectedCostPerQueryUsd ?? '']),
      { header: true, columns: [...columns], escape_formulas: true },
    ),
}

/** A text without escapes; blanks and line breaks stay, for the writer quotes them and sees a formula behind them. */
function data(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\t\r\n]/gu, ' ')
}
