/** A05: the login owns the table, so it can switch row security off. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified } from '../../sql/quote.ts'
import type { Rule } from '../rule.ts'
import { loginsOf, tenantTables } from '../support.ts'

/**
 * The rule, for tables on which row security is forced: without FORCE the owner sees all rows
 * anyway (A04).
 */
export const a05: Rule = {
  id: 'A05',
  title: 'The login owns the table and can switch its row security off',
  severities: { M1: 'medium', M2: 'medium', M3: 'high' },
  explanation:
    'FORCE makes policies apply to the owner, but the owner may drop them, or FORCE itself.',
  source: 'PostgreSQL documentation, ALTER TABLE: you must own the table',
  shownBy: 'catalogue',
  find: (subject) =>
    tenantTables(subject)
      .filter(({ rowSecurity, forced, isPartition }) => rowSecurity && forced && !isPartition)
      .flatMap((relation) => {
        const owners = subject.sessions.filter(({ role }) =>
          subject.privileges.owns(role, relation.owner),
        )
        return owners.length === 0
          ? []
          : [
              {
                object: nameOf(relation),
                oid: relation.oid,
                roles: loginsOf(owners),
                detail: `${loginsOf(owners).join(', ')} acts as its owner ${relation.owner}`,
                shows: `ALTER TABLE ${qualified(relation)} NO FORCE ROW LEVEL SECURITY;`,
                fix: `ALTER TABLE ${qualified(relation)} OWNER TO a_role_without_login;`,
              },
            ]
      }),
}
