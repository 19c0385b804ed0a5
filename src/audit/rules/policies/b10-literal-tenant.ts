/** B10: a policy names one tenant. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isLiteralTenant } from './shapes.ts'

/** The rule. */
export const b10: Rule = {
  id: 'B10',
  title: 'A tenant stands in the policy as a constant, and everybody sees its rows',
  severities: always('critical'),
  explanation: 'The branch asks which tenant the row belongs to, and not who is asking.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(
        ({ branch, judged }) => branch.vector === 'B03' && isLiteralTenant(subject, judged, branch),
      )
      .map((found) => policyHit(subject, found)),
}
