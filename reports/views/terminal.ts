/** The comparison as a table for a terminal. */
import Table from 'cli-table3'
import { clip, printable } from '../../src/base/text.ts'
import type { RunRecord } from '../record/record.ts'
import { configuration, optimal, perMonth, perQuery } from './words.ts'

/** Renders the table; fits 140 columns, whatever the names. */
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
      clip(printable(configuration({ model: line.currentModel, topK: line.currentTopK, rerank: line.currentRerank })), 33),
      perQuery(line.currentCostPerQueryUsd),
      clip(printable(optimal(line)), 33),
      perQuery(line.projectedCostPerQueryUsd),
      perMonth(line.monthlyDifferenceUsd),
    ])
  }
  return table.toString()
}
