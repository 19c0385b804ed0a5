/** A02: policies are written, and row security was never enabled. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a02: Rule = {
  id: 'A02',
  title: 'Policies are written, and row security was never enabled',
  severities: always('critical'),
  explanation: 'CREATE POLICY alone does nothing: the table needs ENABLE ROW LEVEL SECURITY.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A02'),
}
