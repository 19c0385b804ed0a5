/** C07: tenants' sessions reach files, programs or other servers. */
import { reachingRoles } from '../../reach/powers.ts'
import { quoted } from '../../sql/quote.ts'
import { always, withSql, type Hit, type Rule, type RuleSubject } from '../rule.ts'

const reachingExtensions = new Set([
  'dblink',
  'file_fdw',
  'adminpack',
  'plpython3u',
  'plperlu',
  'pltclu',
  'http',
  'pg_net',
])

/**
 * The rule: memberships in roles that reach the server's files, and extensions that open
 * connections.
 */
export const c07: Rule = {
  id: 'C07',
  title: "A tenant's session reaches files, programs or other servers",
  severities: withSql('high'),
  explanation:
    'What is read there is under no policy; a connection back to the same server may log in as another role.',
  source: 'PostgreSQL documentation, "Predefined Roles" and dblink',
  shownBy: 'catalogue',
  find({ lookup, sessions, graph }) {
    const logins = [...new Set(sessions.map(({ login }) => login))]
    const roles = logins.flatMap((login) =>
      [...graph.settable(login)]
        .filter((role) => reachingRoles.has(role))
        .map((role) => ({
          object: `role ${login}`,
          oid: null,
          roles: [login],
          detail: `${login} is a member of ${role}`,
          fix: `REVOKE ${role} FROM ${quoted(login)};`,
          severities: always('high'),
        })),
    )
    const extensions =
      sessions.length === 0
        ? []
        : lookup.catalogue.extensions
            .filter(({ name }) => reachingExtensions.has(name))
            .map(({ name }) => ({
              object: `extension ${name}`,
              oid: null,
              detail: `${name} is installed; its functions are for everybody unless they are revoked`,
              fix:
                'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ' +
                `${quoted(lookup.catalogue.extensions.find((each) => each.name === name)?.schema ?? 'public')} ` +
                'FROM PUBLIC;',
            }))
    return [
      ...roles,
      ...attributes(logins, graph),
      ...parameters(logins, { lookup, graph }),
      ...extensions,
    ]
  },
}

/** REPLICATION streams every row of the server. */
function attributes(logins: readonly string[], graph: RuleSubject['graph']): readonly Hit[] {
  return logins
    .filter((login) => graph.role(login)?.replication === true)
    .map((login) => ({
      object: `role ${login}`,
      oid: null,
      roles: [login],
      detail: `${login} has REPLICATION: it can stream all rows of the server, under no policy`,
      fix: `ALTER ROLE ${quoted(login)} NOREPLICATION;`,
      severities: always('high'),
    }))
}

/** ALTER SYSTEM changes the server; of what may be SET, some parameters load libraries. */
function parameters(
  logins: readonly string[],
  { lookup, graph }: Pick<RuleSubject, 'lookup' | 'graph'>,
): readonly Hit[] {
  return logins.flatMap((login) =>
    lookup.catalogue.parameterGrants.flatMap(({ parameter, grants }) =>
      grants
        .filter(({ grantee }) => grantee !== null && graph.settable(login).has(grantee))
        .filter(
          ({ privilege }) =>
            privilege === 'ALTER SYSTEM' || /preload_libraries$|library_path$/.test(parameter),
        )
        .map(({ privilege, grantee }) => ({
          object: `role ${login}`,
          oid: null,
          roles: [login],
          detail: `${login} holds ${privilege} on parameter ${parameter}`,
          fix: `REVOKE ${privilege} ON PARAMETER ${quoted(parameter)} FROM ${quoted(grantee ?? 'PUBLIC')};`,
        })),
    ),
  )
}
