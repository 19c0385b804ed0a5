/** B04: a session without context sees every row. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b04: Rule = {
  id: 'B04',
  title: 'A session without context sees every row',
  severities: always('critical'),
  explanation:
    'A setting that was never set reads as NULL; a branch that is true then opens the table to ' +
    'whatever forgot to set it.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector === 'B04')
      .map((found) => policyHit(subject, found)),
}
