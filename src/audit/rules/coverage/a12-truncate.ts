/** A12: a tenant's session may empty the table. */
import { always, type Rule } from '../rule.ts'
import { wholeTableHits } from './whole-table-privileges.ts'

/** The rule. */
export const a12: Rule = {
  id: 'A12',
  title: 'TRUNCATE empties the table for all tenants',
  severities: always('high'),
  explanation: 'Row security does not apply to TRUNCATE.',
  source:
    'PostgreSQL documentation, "Row Security Policies": operations that apply to the whole table',
  shownBy: 'catalogue',
  find: (subject) => wholeTableHits(subject, ['TRUNCATE']),
}
