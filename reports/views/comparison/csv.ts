/**
 * comparison.csv: one line per tenant, the user's seven columns. Text that begins like a formula is
 * made inert.
 */
import { stripVTControlCharacters } from 'node:util'
import { stringify } from 'csv-stringify/sync'
import type { TextView } from '../view.ts'
import { comparisonColumns } from './columns.ts'

/** The view. An empty field: nothing can be recommended yet. */
export const comparisonCsv: TextView = {
  file: 'comparison.csv',
  render: ({ comparison }) =>
    stringify(
      comparison.map((line) => comparisonColumns.map((column) => data(column.of(line).text ?? ''))),
      { header: true, columns: comparisonColumns.map(({ name }) => name), escape_formulas: true },
    ),
}

/**
 * A text without escapes; blanks and line breaks stay, for the writer quotes them and sees a
 * formula behind them.
 */
function data(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\t\r\n]/gu, ' ')
}
