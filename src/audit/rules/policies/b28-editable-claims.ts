/** B28: the tenant comes from metadata that users may edit. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b28: Rule = {
  id: 'B28',
  title: 'The tenant comes from metadata that users may edit',
  severities: always('critical'),
  explanation: 'user_metadata is written by the user; whoever edits it chooses the tenant.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.weaknesses.includes('B28'))
      .map((found) => policyHit(subject, found)),
}
