/** The comparison as a table for a terminal. */
import Table from 'cli-table3'
import { clip, printable } from '../../src/base/text.ts'
import type { RunRecord } from '../record/record.ts'
import { configuration, optimal, perMonth, perQuery } from './words.ts'

/** Renders the table; fits 120 columns. */
export function terminalComparison({ comparison }: RunRecord): string {
  const table = new Table({
    head: ['Tenant', 'Docs', 'Words', 'Current', 'Cost/query', 'Optimal', 'Cost/query', 'Per month'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'left', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const line of comparison) {
    table.push([
      clip(printable(`${line.tenant} ${line.name}`), 20),
      line.docCount,
      line.avgDocWords.toFixed(0),
      configuration({ model: line.currentModel, topK: line.currentTopK, rerank: line.currentRerank }),
      perQuery(line.currentCostPerQueryUsd),
      clip(optimal(line), 34),
      perQuery(line.projectedCostPerQueryUsd),
      perMonth(line.monthlyDifferenceUsd),
    ])
  }
  return table.toString()
}
