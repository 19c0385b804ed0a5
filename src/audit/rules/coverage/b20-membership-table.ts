/** B20: the table that decides who belongs where has no row security. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const b20: Rule = {
  id: 'B20',
  title: 'The table that decides who belongs where has no row security',
  severities: always('critical'),
  explanation: 'It can be read, and where it can be written, any session joins any tenant.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'B20'),
}
