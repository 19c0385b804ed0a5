/** B13: new rows may belong to anybody. */
import { always, type Rule } from '../rule.ts'
import { openChecks } from './open-checks.ts'

/** The rule. */
export const b13: Rule = {
  id: 'B13',
  title: 'WITH CHECK (true) lets a tenant write rows for others',
  severities: always('high'),
  explanation:
    "A tenant plants rows among another tenant's, or gives its own away. INSERT ... RETURNING " +
    'seems to be blocked, because the SELECT policy applies to what it returns; a plain INSERT ' +
    'is not.',
  source: 'PostgreSQL documentation, CREATE POLICY, table of policies applied by command',
  shownBy: ['insert', 'move'],
  find: (subject) => openChecks(subject, 'always'),
}
