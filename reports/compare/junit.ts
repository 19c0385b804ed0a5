/**
 * A comparison as JUnit XML: what gates is a test case, a regression a failure, what says nothing
 * an error.
 */
import { create } from 'xmlbuilder2'
import { printable } from '../../src/base/text.ts'
import type { CompareReport } from '../record/compare-report.ts'
import { rowOf, verdictWords } from './words.ts'

/** The report as XML. */
export function compareJunit(report: CompareReport): string {
  const gating = report.comparisons.filter(({ gates }) => gates)
  const cases = [
    { name: 'comparison', verdict: report.verdict, evidence: verdictWords(report) },
    ...gating.map((each) => ({
      name: `${each.metric} ${each.cell}`,
      verdict: each.verdict,
      evidence: `${rowOf(each).slice(3).join(' | ')}${each.reason === null ? '' : ` (${each.reason})`}`,
    })),
  ]
  const count = (...verdicts: readonly string[]): number =>
    cases.filter(({ verdict }) => verdicts.includes(verdict)).length
  const totals = {
    tests: cases.length,
    failures: count('regression'),
    errors: count('inconclusive', 'invalid'),
  }
  const document = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: 'tenantbench compare',
    ...totals,
  })
  const suite = document.ele('testsuite', { name: 'compare', ...totals })
  for (const { name, verdict, evidence } of cases) {
    const testcase = suite.ele('testcase', {
      classname: 'tenantbench.compare',
      name: printable(name),
      time: '0',
    })
    if (verdict === 'pass' || verdict === 'improvement')
      testcase.ele('system-out').txt(printable(evidence))
    else
      testcase.ele(verdict === 'regression' ? 'failure' : 'error', {
        type: verdict,
        message: printable(evidence),
      })
  }
  return document.end({ prettyPrint: true })
}
