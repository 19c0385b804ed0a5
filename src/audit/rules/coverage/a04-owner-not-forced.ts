/** A04: the login is, or inherits, the owner, and row security is not forced. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, tenantTables } from '../support.ts'

/** The rule. */
export const a04: Rule = {
  id: 'A04',
  title: "The login is the table's owner, and policies do not apply to owners",
  severities: always('critical'),
  explanation:
    'Without FORCE ROW LEVEL SECURITY the owner, and every role that inherits from it, sees all rows.',
  source: 'PostgreSQL documentation, "Row Security Policies": table owners normally bypass',
  shownBy: ['read', 'update', 'delete', 'insert'],
  find: (subject) =>
    tenantTables(subject)
      .filter(({ rowSecurity, forced }) => rowSecurity && !forced)
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
                fix: `ALTER TABLE ${qualified(relation)} FORCE ROW LEVEL SECURITY;`,
              },
            ]
      }),
}
