/** A comparison as a comment on a pull request. What the user wrote is text, never markup. */
import { markdownTable } from 'markdown-table'
import { printable } from '../../src/base/text.ts'
import type { CompareReport } from '../record/compare-report.ts'
import { headings, legend, rowOf, shownComparisons, verdictWords } from './words.ts'

const mostRows = 60

/** The report as Markdown. */
export function compareMarkdown(report: CompareReport): string {
  const { baseline, candidate, changes } = report
  const shown = shownComparisons(report)
  return [
    `## tenantbench: ${report.verdict}`,
    '',
    plain(verdictWords(report)),
    '',
    `Baseline ${plain(baseline.runId)} (${baseline.verdict}), candidate ${plain(candidate.runId)} (${candidate.verdict}).`,
    ...(changes.length === 0 ? [] : ['', markdownTable([['what is not the same', 'baseline', 'candidate'], ...changes.map(({ what, baseline: one, candidate: other }) => [what, one, other].map(plain))])]),
    ...(shown.length === 0 ? [] : ['', markdownTable([[...headings], ...shown.slice(0, mostRows).map((each) => rowOf(each).map(plain))]), '', ...(shown.length > mostRows ? [`${shown.length - mostRows} more rows are left out.`, ''] : []), legend]),
  ].join('\n')
}

/** One line without markup, HTML or mentions. */
function plain(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replace(/[\\`*_[\]>|#~]/g, (found) => `\\${found}`).replaceAll('@', '@\u200B')
}
