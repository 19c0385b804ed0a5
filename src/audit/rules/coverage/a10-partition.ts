/** A10: a partition can be read directly, past the policies of its parent. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a10: Rule = {
  id: 'A10',
  title: 'A partition can be read directly, past the policies of its parent',
  severities: always('critical'),
  explanation:
    'Row security of the parent applies when the parent is named in the query, not when the partition is.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A10'),
}
