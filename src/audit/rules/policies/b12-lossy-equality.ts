/** B12: two different tenants compare as equal. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b12: Rule = {
  id: 'B12',
  title: 'Two different tenants compare as equal',
  severities: always('critical'),
  explanation:
    'Case, blanks, collation or a function on the key make two keys one; where customers ' +
    'choose their keys, one can choose the key of another.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.weaknesses.includes('B12'))
      .map((found) => policyHit(subject, found)),
}
