/** A10b: a partitioned table with tenants' rows has no row security. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a10b: Rule = {
  id: 'A10b',
  title: "A partitioned table with tenants' rows has no row security",
  severities: always('critical'),
  explanation: 'Row security must be enabled on the partitioned table itself.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A10b'),
}
