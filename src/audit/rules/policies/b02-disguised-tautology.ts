/** B02: a condition that is true of every row. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isLiteralTenant, isWriteBesideRead } from './shapes.ts'

/** The rule. */
export const b02: Rule = {
  id: 'B02',
  title: 'A condition that is true of every row',
  severities: always('critical'),
  explanation:
    'A comparison of a column with itself, a test that every row passes, or a constant in an ' +
    'OR opens the table as `true` does, and reads as if it did not.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ judged }) => !isWriteBesideRead(subject, judged))
      .filter(
        ({ judged, branch, expression, alone }) =>
          branch.vector === 'B02' ||
          (branch.vector === 'B01' && expression.branches.length > 1) ||
          (branch.vector === 'B03' && alone && !isLiteralTenant(subject, judged, branch)),
      )
      .map((found) => policyHit(subject, found)),
}
