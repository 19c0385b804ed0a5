/** B35: a policy that chance decides. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b35: Rule = {
  id: 'B35',
  title: 'A policy that chance decides',
  severities: always('medium'),
  explanation: 'The same session sees other rows from statement to statement.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector === 'B35')
      .map((found) => policyHit(subject, found)),
}
