/** A11: a child table can be read directly, past the policies of its parent. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a11: Rule = {
  id: 'A11',
  title: 'A child table can be read directly, past the policies of its parent',
  severities: always('critical'),
  explanation:
    'Row security of the parent applies when the parent is named in the query, not when the child is.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A11'),
}
