/** B22: a sub-select that does not ask who is asking. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b22: Rule = {
  id: 'B22',
  title: 'A sub-select that does not ask who is asking',
  severities: always('critical'),
  explanation:
    'EXISTS ties the row to some member, not to the session: as soon as the tenant has a ' +
    'member, everybody sees its rows.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector === 'B22')
      .map((found) => policyHit(subject, found)),
}
