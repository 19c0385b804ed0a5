/** B06: without context the row is compared with itself. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b06: Rule = {
  id: 'B06',
  title: 'Without context the row is compared with itself',
  severities: always('critical'),
  explanation: 'COALESCE(context, column) = column is true when the context is missing.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.weaknesses.includes('B06'))
      .map((found) => policyHit(subject, found)),
}
