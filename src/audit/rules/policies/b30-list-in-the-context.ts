/** B30: the context is split into a list of tenants. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b30: Rule = {
  id: 'B30',
  title: 'The context is split into a list of tenants',
  severities: always('high'),
  explanation:
    'A separator inside a key, or in a value that a user influences, widens the session to several tenants.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.weaknesses.includes('B30'))
      .map((found) => policyHit(subject, found)),
}
