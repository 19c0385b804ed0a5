/** A comparison as a comment on a pull request. What the user wrote is text, never markup. */
import { markdownTable } from 'markdown-table'
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

const mostRows = 60

/** The report as Markdown. */
export function compareMarkdown(report: CompareReport): string {
  const { changes, changePoints, leftOut } = report
  const shown = shownComparisons(report)
  return [
    `## tenantbench: ${report.verdict}`,
    '',
    plain(verdictWords(report)),
    '',
    subjectWords(report, plain),
    ...(leftOut.length === 0
      ? []
      : ['', `Left out of the baseline folder: ${plain(leftOutWords(leftOut))}.`]),
    ...(changes.length === 0
      ? []
      : [
          '',
          tableOf(
            ['what is not the same', 'baseline', 'candidate'],
            changes.map(({ what, baseline: one, candidate: other }) => [what, one, other]),
          ),
        ]),
    ...(shown.length === 0
      ? []
      : [
          '',
          tableOf(headings, shown.slice(0, mostRows).map(rowOf)),
          '',
          ...rest(shown.length),
          legendOf(report),
        ]),
    ...(changePoints.length === 0
      ? []
      : [
          '',
          tableOf(changePointHeadings, changePoints.slice(0, mostRows).map(changePointRow)),
          '',
          ...rest(changePoints.length),
          changePointLegend,
        ]),
  ].join('\n')
}

function rest(count: number): readonly string[] {
  return count > mostRows ? [`${count - mostRows} more rows are left out.`, ''] : []
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([[...head], ...rows.map((row) => row.map(plain))])
}

/** One line without markup, HTML or mentions. */
function plain(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]>|#~]/g, (found) => `\\${found}`)
    .replaceAll('@', '@\u200B')
}
