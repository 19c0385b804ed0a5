/** The verdict on isolation: a leak is a leak, a boundary nobody could have seen through is not a pass. */
import type { CheckResult } from '../../src/base/verdict.ts'
import type { OracleReport } from './leak-oracle.ts'

/** Judges what the oracle found. */
export function checkIsolation(report: OracleReport): CheckResult {
  const id = 'isolation.no-foreign-mark'
  const uncovered = report.boundaries.filter(({ state }) => state === 'not-covered').map(({ boundary }) => boundary)
  if (report.leaks > 0) {
    const first = report.witnesses[0]
    const where = report.boundaries.filter(({ state }) => state === 'leak').map(({ boundary }) => boundary)
    const example = first === undefined ? '' : ` First: tenant ${first.tenant} saw ${JSON.stringify(first.mark)} of tenant ${first.owner} at ${first.boundary}.`
    return { id, verdict: 'leak', evidence: `${report.leaks} foreign marks crossed, at ${where.join(', ')}.${example}` }
  }
  if (report.boundaries.every(({ state }) => state === 'not-shown')) return { id, verdict: 'inconclusive', evidence: 'The target shows no boundary, so nothing could have been seen.' }
  if (report.checks === 0) return { id, verdict: 'inconclusive', evidence: 'No bait was asked, so nothing could have leaked.' }
  if (uncovered.length > 0) return { id, verdict: 'inconclusive', evidence: `Nothing planted was ever seen at ${uncovered.join(', ')}: a leak there would have gone unnoticed.` }
  return { id, verdict: 'pass', evidence: `0 leaks in ${report.checks} checks over ${report.boundaries.filter(({ state }) => state === 'covered').length} boundaries; at 95 % at most ${((report.upperBound95 ?? 1) * 100).toFixed(1)} % of such checks would leak.` }
}
