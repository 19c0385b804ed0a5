/** B15: reading is tied to the tenant, writing is not. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isWriteBesideRead } from './shapes.ts'

/** The rule: another command's policy is open while SELECT's is bound. */
export const b15: Rule = {
  id: 'B15',
  title: 'Rows are hidden from other tenants, and can be changed or deleted by them',
  severities: always('high'),
  explanation:
    'A statement that reads no column, such as DELETE without WHERE, is judged by its own policy only.',
  source: 'PostgreSQL documentation, CREATE POLICY, table of policies applied by command',
  shownBy: ['update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector !== null && !branch.bound)
      .filter(({ judged }) => isWriteBesideRead(subject, judged))
      .map((found) => policyHit(subject, found)),
}
