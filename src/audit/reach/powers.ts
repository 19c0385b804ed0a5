/**
 * Powers of a role that reach beyond the rows of its database: what code that runs with them could
 * do to the server and past it.
 */
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { RoleGraph } from './roles.ts'

/** Predefined roles that reach files, programs, signals or other servers. */
export const reachingRoles: ReadonlySet<string> = new Set([
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_execute_server_program',
  'pg_signal_backend',
  'pg_signal_autovacuum_worker',
  'pg_create_subscription',
])

/** Powers in words, of a role and of all that it has or can become; empty when it has none. */
export function powersOf(role: string, catalogue: Catalogue, graph: RoleGraph): readonly string[] {
  const all = [...new Set([...graph.inherited(role), ...graph.settable(role)])]
  const through = (name: string): string => (name === role ? '' : ` through ${name}`)
  const attributes = all.flatMap((name) => {
    const { superuser, createRole, createDatabase, replication } = graph.role(name) ?? none
    const held = [
      ...(superuser ? ['SUPERUSER'] : []),
      ...(createRole ? ['CREATEROLE'] : []),
      ...(createDatabase ? ['CREATEDB'] : []),
      ...(replication ? ['REPLICATION'] : []),
    ]
    return held.map((word) => `${word}${through(name)}`)
  })
  const memberships = all
    .filter((name) => reachingRoles.has(name))
    .map((name) => `member of ${name}`)
  const parameters = catalogue.parameterGrants.flatMap(({ parameter, grants }) =>
    grants
      .filter(({ grantee }) => grantee === null || all.includes(grantee))
      .map(({ privilege }) => `${privilege} on parameter ${parameter}`),
  )
  return [...attributes, ...memberships, ...parameters]
}

const none = { superuser: false, createRole: false, createDatabase: false, replication: false }
