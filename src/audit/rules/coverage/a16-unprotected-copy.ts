/** A16: a copy of a protected table is open. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a16: Rule = {
  id: 'A16',
  title: 'A copy of a protected table is open',
  severities: always('critical'),
  explanation: 'CREATE TABLE AS copies rows and not policies.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A16'),
}
