/** A price report for people at a terminal. */
import Table from 'cli-table3'
import { printable } from '../../src/base/text.ts'
import type { PriceReport } from './price-report.ts'
import { priceSections, type Section, type SectionTable } from './sections.ts'

const mostRows = 20

/** The report in words. */
export function priceWords(report: PriceReport): string {
  const { source, reason } = report
  const head = `${printable(source.scenario)}, ${source.kind} ${printable(source.runId)}.`
  return [
    head,
    ...(reason === null ? [] : [`Nothing could be priced: ${printable(reason)}.`]),
    ...priceSections(report, mostRows).flatMap((section) => ['', ...sectionLines(section)]),
  ].join('\n')
}

function sectionLines({ heading, above, table, below }: Section): readonly string[] {
  return [
    `${heading}:`,
    ...above.map(printable),
    ...(table === null ? [] : [tableOf(table)]),
    ...below.map(printable),
  ]
}

function tableOf({ header, rows, right }: SectionTable): string {
  const table = new Table({
    head: [...header],
    colAligns: header.map((_name, at) => (right.includes(at) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push(row.map(printable))
  return table.toString()
}
