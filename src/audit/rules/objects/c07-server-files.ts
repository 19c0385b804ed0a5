/** C07: tenants' sessions reach files, programs or other servers. */
import { quoted } from '../../sql/quote.ts'
import { always, withSql, type Rule } from '../rule.ts'

const reachingRoles = new Set(['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'])
const reachingExtensions = new Set(['dblink', 'file_fdw', 'adminpack', 'plpython3u', 'plperlu', 'pltclu', 'http', 'pg_net'])

/** The rule: memberships in roles that reach the server's files, and extensions that open connections. */
export const c07: Rule = {
  id: 'C07',
  title: 'A tenant\'s session reaches files, programs or other servers',
  severities: withSql('high'),
  explanation: 'What is read there is under no policy; a connection back to the same server may log in as another role.',
  source: 'PostgreSQL documentation, "Predefined Roles" and dblink',
  shownBy: 'catalogue',
  find({ lookup, sessions, graph }) {
    const logins = [...new Set(sessions.map(({ login }) => login))]
    const roles = logins.flatMap((login) => [...graph.settable(login)].filter((role) => reachingRoles.has(role)).map((role) => ({ object: `role ${login}`, oid: null, roles: [login], detail: `${login} is a member of ${role}`, fix: `REVOKE ${role} FROM ${quoted(login)};`, severities: always('high') })))
    const extensions = sessions.length === 0 ? [] : lookup.catalogue.extensions.filter(({ name }) => reachingExtensions.has(name)).map(({ name }) => ({ object: `extension ${name}`, oid: null, detail: `${name} is installed; its functions are for everybody unless they are revoked`, fix: `REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ${quoted(lookup.catalogue.extensions.find((each) => each.name === name)?.schema ?? 'public')} FROM PUBLIC;` }))
    return [...roles, ...extensions]
  },
}
