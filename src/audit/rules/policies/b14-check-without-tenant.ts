/** B14: what is checked of new rows is something else than the tenant. */
import { always, type Rule } from '../rule.ts'
import { openChecks } from './open-checks.ts'

/** The rule for policies on ALL and UPDATE. */
export const b14: Rule = {
  id: 'B14',
  title: 'WITH CHECK does not ask for the tenant',
  severities: always('high'),
  explanation:
    "New rows are checked, but not for whose they are: they can be planted among another tenant's.",
  source: 'PostgreSQL documentation, CREATE POLICY',
  shownBy: ['insert', 'move'],
  find: (subject) => openChecks(subject, 'other').filter(({ insertOnly }) => !insertOnly),
}
