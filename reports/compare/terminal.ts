/**
 * A comparison for people at a terminal: what changed between the runs, the figures, and the
 * verdict.
 */
import Table from 'cli-table3'
import { printable } from '../../src/base/text.ts'
import type { CompareReport } from '../record/compare-report.ts'
import {
  changePointHeadings,
  changePointLegend,
  changePointRow,
  headings,
  leftOutWords,
  legendOf,
  rowOf,
  shownComparisons,
  subjectWords,
  verdictWords,
} from './words.ts'

const mostRows = 12

/** The report in words. */
export function compareWords(report: CompareReport): string {
  const { changes, changePoints, leftOut, baseline } = report
  const shown = shownComparisons(report)
  return [
    subjectWords(report, printable),
    ...(leftOut.length === 0
      ? []
      : [`Left out of the baseline folder: ${printable(leftOutWords(leftOut))}.`]),
    changes.length > 0
      ? 'What is not the same:'
      : baseline.runId === 'none'
        ? 'No run to compare with.'
        : `Same commit, ${report.kind === 'bench' ? '' : 'scenario, prices, '}versions and machine.`,
    ...changes.map(
      ({ what, baseline: one, candidate: other }) =>
        `  ${what}: ${printable(one)} -> ${printable(other)}`,
    ),
    ...(shown.length === 0
      ? []
      : [
          '',
          tableOf(headings, shown.slice(0, mostRows).map(rowOf)),
          ...rest(shown.length),
          legendOf(report),
        ]),
    ...(changePoints.length === 0
      ? []
      : [
          '',
          tableOf(changePointHeadings, changePoints.slice(0, mostRows).map(changePointRow)),
          ...rest(changePoints.length),
          changePointLegend,
        ]),
    '',
    printable(verdictWords(report)),
  ].join('\n')
}

function rest(count: number): readonly string[] {
  return count > mostRows ? [`... and ${count - mostRows} more; --json has all.`] : []
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map((cell) => printable(cell)))
  return table.toString()
}
