/** B11: the tenant is matched by a pattern or a range. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b11: Rule = {
  id: 'B11',
  title: 'The tenant is matched by a pattern or a range',
  severities: always('critical'),
  explanation:
    'A tenant whose key begins like another one is taken for it, and an empty context matches everything.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.weaknesses.includes('B11'))
      .map((found) => policyHit(subject, found)),
}
