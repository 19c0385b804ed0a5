/** B21: a column name in a sub-select means the inner table, so that it is compared with itself. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b21: Rule = {
  id: 'B21',
  title: 'A column name in a sub-select means the inner table, so that it is compared with itself',
  severities: always('critical'),
  explanation:
    'An unqualified name in EXISTS resolves to the inner table first; `m.tenant_id = ' +
    'm.tenant_id` is true for everybody.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(({ branch }) => branch.vector === 'B21')
      .map((found) => policyHit(subject, found)),
}
