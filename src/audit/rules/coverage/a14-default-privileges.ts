/** A14: tables to come are born open. */
import { always, type Rule } from '../rule.ts'
import { quoted } from '../../sql/quote.ts'

/**
 * The rule. A grant to the application's own role is low: teams do that on purpose, and then need a
 * gate for new tables.
 */
export const a14: Rule = {
  id: 'A14',
  title: 'Tables that do not exist yet will be readable without row security',
  severities: always('medium'),
  explanation:
    'Default privileges grant new tables at once; row security has to be switched on by hand for each.',
  source: 'PostgreSQL documentation, ALTER DEFAULT PRIVILEGES',
  shownBy: 'catalogue',
  find: ({ lookup, sessions, graph }) =>
    lookup.catalogue.defaultPrivileges
      .filter(({ objects }) => objects === 'r')
      .flatMap(({ owner, schema, grants }) => {
        const open = grants.filter(
          ({ grantee, privilege }) =>
            ['SELECT', 'UPDATE', 'DELETE', 'TRUNCATE'].includes(privilege) &&
            grantee !== owner &&
            (grantee === null || sessions.some(({ role }) => graph.inherited(role).has(grantee))),
        )
        if (open.length === 0) return []
        const names = [...new Set(open.map(({ grantee }) => grantee ?? 'PUBLIC'))]
        const meant = !names.includes('PUBLIC')
        return [
          {
            object: schema === null ? `role ${owner}` : `schema ${schema}`,
            oid: null,
            detail: `new tables of ${owner} are granted to ${names.join(', ')}`,
            fix:
              'ALTER DEFAULT PRIVILEGES FOR ROLE ' +
              `${quoted(owner)}${schema === null ? '' : ` IN SCHEMA ${quoted(schema)}`} REVOKE ` +
              'ALL ON TABLES FROM ' +
              `${names.map((name) => (name === 'PUBLIC' ? name : quoted(name))).join(', ')};`,
            ...(meant ? { severities: always('low') } : {}),
          },
        ]
      }),
}
