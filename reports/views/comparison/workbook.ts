/**
 * comparison.xlsx: the user's seven columns; the same question to every tenant; who would gain from
 * what and why. Numbers are numbers; text is written as text and never becomes a formula.
 */
import writeExcelFile, { type CellObject, type SheetData } from 'write-excel-file/node'
import { printable } from '../../../src/base/text.ts'
import type { ComparisonLine, RunRecord } from '../../record/record.ts'
import type { View } from '../view.ts'
import { configuration, optimal } from '../words.ts'
import { comparisonColumns } from './columns.ts'

/** The view. */
export const comparisonWorkbook: View = {
  file: 'comparison.xlsx',
  render: async (record) =>
    writeExcelFile([
      {
        sheet: 'Comparison',
        data: comparison(record),
        columns: widths(14, 11, 13, 20, 22, 14, 16),
        stickyRowsCount: 1,
      },
      {
        sheet: 'Same question',
        data: sameQuestion(record),
        columns: widths(14, 60, 17, 15, 18, 14, 28, 8),
        stickyRowsCount: 1,
      },
      {
        sheet: 'Who would gain',
        data: gains(record),
        columns: widths(14, 32, 32, 16, 16, 90, 70),
        stickyRowsCount: 1,
      },
    ]).toBuffer(),
}

const headed = (...names: readonly string[]): CellObject[] =>
  names.map((value) => ({ value, type: String, fontWeight: 'bold' }))
const widths = (...characters: readonly number[]): { width: number }[] =>
  characters.map((width) => ({ width }))

// What a cell of a workbook can hold.
const longestText = 32_767

function text(value: string | null): CellObject | null {
  return value === null ? null : { value: printable(value).slice(0, longestText), type: String }
}

function wrapped(value: string | null): CellObject | null {
  const cell = text(value)
  return cell === null ? null : { ...cell, wrap: true, alignVertical: 'top' }
}

function number(value: number | null, format = 'General'): CellObject | null {
  return value === null
    ? null
    : format === 'General'
      ? { value, type: Number }
      : { value, type: Number, format }
}

const perQuery = (usd: string | null): CellObject | null =>
  number(usd === null ? null : Number(usd), '$0.000000')
const perMonth = (usd: string | null): CellObject | null =>
  number(usd === null ? null : Number(usd), '$#,##0.00')

function comparison({ comparison: lines }: RunRecord): SheetData {
  const rows = lines.map((line) =>
    comparisonColumns.map((column) => {
      const { kind, text: value } = column.of(line)
      return kind === 'text'
        ? text(value)
        : kind === 'dollars'
          ? perQuery(value)
          : number(value === null ? null : Number(value))
    }),
  )
  return [headed(...comparisonColumns.map(({ name }) => name)), ...rows]
}

function sameQuestion({ sameQuestion: lines }: RunRecord): SheetData {
  const header = headed(
    'Tenant',
    'Question',
    'Response time (s)',
    'Prompt tokens',
    'Completion tokens',
    'Cost',
    'Top source',
    'Right',
  )
  const rows = lines.map((line) => [
    text(line.tenant),
    text(line.question),
    number(line.responseMs === null ? null : line.responseMs / 1_000, '0.00'),
    number(line.promptTokens),
    number(line.completionTokens),
    perQuery(line.costUsd),
    text(line.topSource),
    text(line.correct ? 'yes' : 'no'),
  ])
  return [header, ...rows]
}

function gains({ comparison: lines }: RunRecord): SheetData {
  const header = headed(
    'Tenant',
    'Today',
    'Better',
    'Change a query',
    'Change a month',
    'Why',
    'Flips when',
  )
  return [
    header,
    ...lines.map((line) => [
      text(line.tenant),
      text(today(line)),
      text(better(line)),
      perQuery(changePerQuery(line)),
      perMonth(line.monthlyDifferenceUsd),
      wrapped(line.reason),
      wrapped(line.flipsWhen),
    ]),
  ]
}

function today({
  currentModel: model,
  currentTopK: topK,
  currentRerank: rerank,
}: ComparisonLine): string {
  return configuration({ model, topK, rerank })
}

function better(line: ComparisonLine): string {
  const found = optimal(line)
  return found === today(line) ? 'stays as it is' : found
}

/** A difference for reading only; the record has both figures exactly. */
function changePerQuery({
  currentCostPerQueryUsd: current,
  projectedCostPerQueryUsd: projected,
}: ComparisonLine): string | null {
  return projected === null || current === null
    ? null
    : (Number(projected) - Number(current)).toFixed(9)
}
