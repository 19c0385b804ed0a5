/** B05: a session whose context is empty sees every row. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b05: Rule = {
  id: 'B05',
  title: 'A session whose context is empty sees every row',
  severities: always('critical'),
  explanation:
    'After the first transaction-local setting a custom setting reads as an empty string for ' +
    'the rest of the connection; a pooled connection is in that state nearly always.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector === 'B05')
      .map((found) => policyHit(subject, found)),
}
