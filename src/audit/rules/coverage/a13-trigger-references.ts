/** A13: a tenant's session may hang triggers or keys on the table. */
import { withSql, type Rule } from '../rule.ts'
import { wholeTableHits } from './whole-table-privileges.ts'

/** The rule. */
export const a13: Rule = {
  id: 'A13',
  title: 'Triggers, foreign keys or maintenance on a shared table are open to tenants',
  severities: withSql('high'),
  explanation:
    'A trigger made by one tenant runs in the sessions of all others; a foreign key tells ' +
    'which keys exist and keeps rows from being deleted.',
  source: 'PostgreSQL documentation, GRANT',
  shownBy: 'catalogue',
  find: (subject) => wholeTableHits(subject, ['TRIGGER', 'REFERENCES', 'MAINTAIN']),
}
