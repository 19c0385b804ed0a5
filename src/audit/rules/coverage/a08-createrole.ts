/** A08: the login may grant itself roles. */
import { quoted } from '../../sql/quote.ts'
import { withSql, type Rule } from '../rule.ts'

const adminNeeded = 160_000

/**
 * The rule: up to 15 any role but a superuser can be granted; from 16 on those with ADMIN OPTION.
 */
export const a08: Rule = {
  id: 'A08',
  title: "The login can grant itself the role of the tables' owner",
  severities: { M1: 'medium', M2: 'high', M3: 'high' },
  explanation:
    'CREATEROLE may grant membership in roles, also to itself, and with it everything those roles see.',
  source: 'PostgreSQL documentation, "Role Attributes"; release notes of PostgreSQL 16',
  shownBy: 'catalogue',
  find: ({ sessions, graph, lookup }) =>
    [...new Set(sessions.map(({ login }) => login))]
      .filter((login) => graph.role(login)?.createRole === true)
      .map((login) => {
        const administers = lookup.catalogue.memberships.some(
          ({ member, admin }) => member === login && admin,
        )
        const limited = lookup.catalogue.version >= adminNeeded && !administers
        return {
          object: `role ${login}`,
          oid: null,
          roles: [login],
          detail:
            `${login} has ` +
            `CREATEROLE${limited ? '; on this version it needs ADMIN OPTION to grant itself a role' : ''}`,
          fix: `ALTER ROLE ${quoted(login)} NOCREATEROLE;`,
          ...(limited ? { severities: withSql('medium') } : {}),
        }
      }),
}
