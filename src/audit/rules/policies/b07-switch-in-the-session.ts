/** B07: a setting that the session itself can set opens every row. */
import { type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isClaim } from './shapes.ts'

/** The rule. */
export const b07: Rule = {
  id: 'B07',
  title: 'A setting that the session itself can set opens every row',
  severities: { M1: 'medium', M2: 'high', M3: 'critical' },
  explanation:
    'Any role may set a custom setting. A branch that asks such a setting alone is open to ' +
    'whoever can run SQL, or smuggle a SET into it.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector === 'B07' && !isClaim(branch))
      .map((found) => policyHit(subject, found)),
}
