/** B14i: the same in a policy for INSERT. */
import { always, type Rule } from '../rule.ts'
import { openChecks } from './open-checks.ts'

/** The rule for policies on INSERT. */
export const b14i: Rule = {
  id: 'B14i',
  title: 'The policy for INSERT does not ask for the tenant',
  severities: always('high'),
  explanation:
    "New rows are checked, but not for whose they are: they can be planted among another tenant's.",
  source: 'PostgreSQL documentation, CREATE POLICY',
  shownBy: ['insert'],
  find: (subject) => openChecks(subject, 'other').filter(({ insertOnly }) => insertOnly),
}
