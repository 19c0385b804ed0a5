/** The comparison as a table for a terminal. */
import Table from 'cli-table3'
import { clip, printable } from '../../src/base/text.ts'
import type { ComparisonLine, RunRecord } from '../record/record.ts'
import { optimal, perMonth, perQuery } from './words.ts'

// With borders 120 columns; longer cells end in an ellipsis.
const widths = [15, 6, 6, 28, 9, 28, 9, 10]

/** Renders the table; fits 120 columns, whatever the names. */
export function terminalComparison({ comparison }: RunRecord): string {
  const table = new Table({
    head: ['Tenant', 'Docs', 'Words', 'Current', '$/query', 'Optimal', '$/query', 'A month'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'left', 'right', 'right'],
    colWidths: widths,
    style: { head: [], border: [], compact: true, 'padding-left': 1, 'padding-right': 0 },
  })
  for (const line of comparison) {
    table.push([
      clip(printable(`${line.tenant} ${line.name}`), 14),
      line.docCount,
      line.avgDocWords.toFixed(0),
      clip(printable(short({ model: line.currentModel, topK: line.currentTopK, rerank: line.currentRerank })), 27),
      perQuery(line.currentCostPerQueryUsd),
      clip(printable(shortOptimal(line)), 27),
      perQuery(line.projectedCostPerQueryUsd),
      perMonth(line.monthlyDifferenceUsd),
    ])
  }
  return table.toString()
}

function short({ model, topK, rerank }: { readonly model: string; readonly topK: number; readonly rerank: boolean }): string {
  return `${model} k${topK}${rerank ? ' +rerank' : ''}`
}

function shortOptimal(line: ComparisonLine): string {
  const { optimalModel: model, optimalTopK: topK, optimalRerank: rerank } = line
  return model === null || topK === null || rerank === null ? optimal(line) : short({ model, topK, rerank })
}
