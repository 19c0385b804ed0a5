/** A comparison for people at a terminal: what changed between the runs, the figures, and the verdict. */
import Table from 'cli-table3'
import { printable } from '../../src/base/text.ts'
import type { CompareReport } from '../record/compare-report.ts'
import { headings, legend, rowOf, shownComparisons, verdictWords } from './words.ts'

const mostRows = 12

/** The report in words. */
export function compareWords(report: CompareReport): string {
  const { baseline, candidate, changes } = report
  const shown = shownComparisons(report)
  const table = new Table({ head: [...headings], style: { head: [], border: [], compact: true } })
  for (const each of shown.slice(0, mostRows)) table.push(rowOf(each).map((cell) => printable(cell)))
  return [
    `Baseline ${printable(baseline.runId)} (${baseline.verdict}), candidate ${printable(candidate.runId)} (${candidate.verdict}).`,
    changes.length === 0 ? 'Same commit, scenario, prices, versions and machine.' : 'What is not the same:',
    ...changes.map(({ what, baseline: one, candidate: other }) => `  ${what}: ${printable(one)} -> ${printable(other)}`),
    ...(shown.length === 0 ? [] : ['', table.toString(), ...(shown.length > mostRows ? [`... and ${shown.length - mostRows} more; --json has all.`] : []), legend]),
    '',
    verdictWords(report),
  ].join('\n')
}
