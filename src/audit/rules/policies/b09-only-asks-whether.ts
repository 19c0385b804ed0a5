/** B09: any session with some context sees every row. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isClaim } from './shapes.ts'

/** The rule. */
export const b09: Rule = {
  id: 'B09',
  title: 'Any session with some context sees every row',
  severities: always('critical'),
  explanation:
    'The policy asks whether the session has a context, or what kind it is, not whether the row belongs to it.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(
        ({ branch }) => branch.vector === 'B09' || (branch.vector === 'B07' && isClaim(branch)),
      )
      .map((found) => policyHit(subject, found)),
}
