/** C06: a foreign table, or a mapping that everybody may use. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified, quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, sessionsWith } from '../support.ts'

/** The rule: the remote role decides what is seen. */
export const c06: Rule = {
  id: 'C06',
  title: 'Rows of another server are read with one remote role for all tenants',
  severities: always('critical'),
  explanation:
    'Row security of this database does not apply to foreign tables; what comes back is what ' +
    'the mapped remote role may see.',
  source: 'PostgreSQL documentation, CREATE USER MAPPING and CREATE POLICY',
  shownBy: 'unprobed',
  find(subject) {
    const { lookup, sessions, privileges } = subject
    const tables = lookup.catalogue.relations
      .filter(({ kind }) => kind === 'f')
      .flatMap((relation) => {
        const reaching = sessionsWith(subject, relation, ['SELECT', 'INSERT', 'UPDATE', 'DELETE'])
        return reaching.length === 0
          ? []
          : [
              {
                object: nameOf(relation),
                oid: null,
                roles: loginsOf(reaching),
                detail: `a foreign table on server ${relation.server ?? '?'}`,
                fix:
                  `REVOKE ALL ON ${qualified(relation)} FROM PUBLIC, ` +
                  `${[...new Set(reaching.map(({ role }) => role))].map(quoted).join(', ')};`,
              },
            ]
      })
    const servers = lookup.catalogue.servers.flatMap(({ name, grants, owner, mappings }) => {
      const users = sessions.filter(
        ({ role, login }) =>
          !privileges.owns(role, owner) &&
          privileges.holds(role, grants, 'USAGE') &&
          mappings.some((each) => each === null || each === login || each === role),
      )
      return users.length === 0
        ? []
        : [
            {
              object: `server ${name}`,
              oid: null,
              roles: loginsOf(users),
              detail:
                `${loginsOf(users).join(', ')} may use it, with ` +
                `${mappings.includes(null) ? 'a mapping for everybody' : 'a mapping of its own'}`,
              fix:
                `REVOKE USAGE ON FOREIGN SERVER ${quoted(name)} FROM PUBLIC, ` +
                `${[...new Set(users.map(({ role }) => role))].map(quoted).join(', ')};`,
            },
          ]
    })
    return [...tables, ...servers]
  },
}
