/** A09: a table that hangs on tenants' rows has no protection of its own. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a09: Rule = {
  id: 'A09',
  title: "A table that hangs on tenants' rows has no protection of its own",
  severities: always('critical'),
  explanation:
    'Chunks, embeddings, history and the like carry the content of the rows they point at; the ' +
    'protection of those does not reach them.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A09'),
}
