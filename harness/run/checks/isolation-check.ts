/**
 * The verdict on isolation: a leak is a leak, a boundary nobody could have seen through is not a
 * pass.
 */
import type { CheckResult } from '../../../src/base/verdict.ts'
import type { OracleReport } from '../../oracle/leak-oracle.ts'

/**
 * One boundary alone is a keyhole: an answer in other words, a list that is cut short, and nothing
 * would be seen.
 */
const leastCovered = 2

/** Judges what the oracle found. */
export function checkIsolation(report: OracleReport): CheckResult {
  const id = 'isolation.no-foreign-mark'
  const inState = (state: OracleReport['boundaries'][number]['state']): readonly string[] =>
    report.boundaries.filter((each) => each.state === state).map(({ boundary }) => boundary)
  const [uncovered, unseen, covered] = [
    inState('not-covered'),
    inState('not-shown'),
    inState('covered'),
  ]
  const notShown = unseen.length === 0 ? '' : ` Not shown by the target: ${unseen.join(', ')}.`
  if (report.leaks > 0)
    return {
      id,
      verdict: 'leak',
      evidence:
        `${report.leaks} foreign marks crossed, at ` +
        `${inState('leak').join(', ')}.${exampleOf(report)}${notShown}`,
    }
  if (report.boundaries.length === unseen.length)
    return {
      id,
      verdict: 'inconclusive',
      evidence: 'The target shows no boundary, so nothing could have been seen.',
    }
  if (report.checks === 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence: `No bait was asked, so nothing could have leaked.${notShown}`,
    }
  if (uncovered.length > 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence:
        `Nothing planted was ever seen at ${uncovered.join(', ')}: a leak there would have ` +
        `gone unnoticed.${notShown}`,
    }
  if (covered.length < leastCovered)
    return {
      id,
      verdict: 'inconclusive',
      evidence:
        `Only ${covered.join(', ')} could be looked through; a leak is judged at ` +
        `${leastCovered} boundaries or more.${notShown}`,
    }
  return {
    id,
    verdict: 'pass',
    evidence:
      `0 leaks in ${report.checks} checks over ${covered.length} boundaries; at 95 % at ` +
      `most ${((report.upperBound95 ?? 1) * 100).toFixed(1)} % of such checks would ` +
      `leak.${notShown}`,
  }
}

function exampleOf({ witnesses: [first] }: OracleReport): string {
  if (first === undefined) return ''
  const query = first.requestId === null ? '' : ` in query ${first.requestId}`
  return (
    ` First: tenant ${first.tenant} saw ${JSON.stringify(first.mark)} of tenant ` +
    `${first.owner} at ${first.boundary}${query}.`
  )
}
