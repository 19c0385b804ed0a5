/** price.md: a price report in Markdown. Names of users cannot become markup. */
import { markdownTable } from 'markdown-table'
import { inert } from '../views/report-markdown.ts'
import type { PriceReport } from './price-report.ts'
import { priceSections, type Section } from './sections.ts'

/** The report as Markdown. */
export function priceMarkdown(report: PriceReport): string {
  const { source, reason } = report
  const head = [
    `# Prices: ${inert(source.scenario)}`,
    `${source.kind === 'run' ? 'Run' : 'Simulation'} ` +
      `${inert(source.runId)}.${reason === null ? '' : ` Nothing could be priced: ${inert(reason)}.`}`,
  ]
  return `${[...head, ...priceSections(report, Number.POSITIVE_INFINITY).map(sectionText)].join('\n\n')}\n`
}

function sectionText({ heading, above, table, below }: Section): string {
  const tableText =
    table === null
      ? []
      : [
          markdownTable([[...table.header], ...table.rows.map((row) => row.map(inert))], {
            align: table.header.map((_name, at) => (table.right.includes(at) ? 'r' : 'l')),
          }),
        ]
  const isList = below.every((line) => line.startsWith('- '))
  const after =
    below.length === 0
      ? []
      : [
          below
            .map((line) => (line.startsWith('- ') ? `- ${inert(line.slice(2))}` : inert(line)))
            .join(isList ? '\n' : '\n\n'),
        ]
  return [`## ${inert(heading)}`, ...above.map(inert), ...tableText, ...after].join('\n\n')
}
