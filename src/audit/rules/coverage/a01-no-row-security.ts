/** A01: a table with tenants' rows has no row security. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a01: Rule = {
  id: 'A01',
  title: "A table with tenants' rows has no row security",
  severities: always('critical'),
  explanation: 'Every session that may read the table reads all tenants.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A01'),
}
