/**
 * A run on a terminal: the comparison as a table, why, the checks, the verdict, where the report
 * is.
 */
import Table from 'cli-table3'
import { clip, printable } from '../../src/base/text.ts'
import type { ComparisonLine, RunRecord } from '../record/record.ts'
import { figureColumns, interruptionWords, loadWords } from './load-words.ts'
import { claimNotes, claimTable, optimal, perMonth, perQuery, verdictWord } from './words.ts'

// With borders 120 columns; longer cells end in an ellipsis.
const widths = [15, 6, 6, 28, 9, 28, 9, 10]

// Beyond so many tenants nobody reads a table on a terminal: the dearest are shown.
const mostLines = 30

/** The end of a run. */
export function terminalSummary(record: RunRecord, folder = record.runDir): string {
  const lines = record.comparison.toSorted(
    (one, other) => Number(other.currentCostPerQueryUsd) - Number(one.currentCostPerQueryUsd),
  )
  const isLong = lines.length > mostLines
  const shown: RunRecord = isLong ? { ...record, comparison: lines.slice(0, mostLines) } : record
  return [
    terminalComparison(shown),
    ...(isLong ? [`The ${mostLines} dearest of ${lines.length} tenants; the report has all.`] : []),
    '',
    'Why:',
    ...shown.comparison.map(({ tenant, reason }) => `  ${printable(tenant)}: ${printable(reason)}`),
    ...claimLines(record),
    ...loadLines(record),
    '',
    'Checks:',
    ...record.checks.map(
      ({ verdict, evidence }) => `  ${verdictWord(verdict).padEnd(12)} ${printable(evidence)}`,
    ),
    ...record.notExamined.map(
      ({ id, reason }) => `  ${'NOT EXAMINED'.padEnd(12)} ${id}: ${printable(reason)}.`,
    ),
    ...[interruptionWords(record) ?? []].flat().map((sentence) => `  ${printable(sentence)}`),
    '',
    `${verdictWord(record.verdict)} in ${record.timing.wallSeconds.toFixed(1)} s. ${basis(record)}`,
    `Report: ${printable(folder)}/report.html`,
  ].join('\n')
}

function loadLines(record: RunRecord): readonly string[] {
  const words = loadWords(record)
  if (words === null) return []
  const tables = words.tables.flatMap(({ heading, header, rows }) => {
    const right = new Set(figureColumns({ header }))
    const table = new Table({
      head: [...header],
      colAligns: header.map((_each, at) => (right.has(at) ? 'right' : 'left')),
      style: { head: [], border: [], compact: true },
    })
    for (const row of rows.slice(0, mostLines))
      table.push(row.map((cell) => clip(printable(cell), 40)))
    return ['', `${printable(heading)}:`, table.toString()]
  })
  return [
    '',
    'Under load:',
    ...words.sentences.map((sentence) => `  ${printable(sentence)}`),
    ...tables,
  ]
}

function claimLines(record: RunRecord): readonly string[] {
  if (record.claims.length === 0) return []
  const { header, rows } = claimTable(record)
  const table = new Table({
    head: [...header],
    colAligns: header.map((_each, at) => (at === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push(row.map((cell) => clip(printable(cell), 58)))
  return [
    '',
    'Figures that were named:',
    table.toString(),
    ...claimNotes(record).map((note) => `  ${printable(note)}`),
  ]
}

function basis({ subject, services }: RunRecord): string {
  if (services === 'live')
    return "Costs include shared cost; times and answers are the vendors' own, see the report."
  if (subject.kind === 'reference')
    return 'Costs include shared cost; model times and reading quality are modelled, see the report.'
  return (
    `The system under test is ${printable(subject.name)} (${subject.kind}); times are ` +
    'measured, tokens are as it tells them, see the report.'
  )
}

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
      clip(
        printable(
          short({ model: line.currentModel, topK: line.currentTopK, rerank: line.currentRerank }),
        ),
        27,
      ),
      perQuery(line.currentCostPerQueryUsd),
      clip(printable(shortOptimal(line)), 27),
      perQuery(line.projectedCostPerQueryUsd),
      perMonth(line.monthlyDifferenceUsd),
    ])
  }
  return table.toString()
}

function short({
  model,
  topK,
  rerank,
}: {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
}): string {
  return `${model} k${topK}${rerank ? ' +rerank' : ''}`
}

function shortOptimal(line: ComparisonLine): string {
  const { optimalModel: model, optimalTopK: topK, optimalRerank: rerank } = line
  return model === null || topK === null || rerank === null
    ? optimal(line)
    : short({ model, topK, rerank })
}
