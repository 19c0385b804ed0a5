/**
 * Whose sessions are judged: the roles the user names, else every login role that reaches
 * something, and what they can become.
 */
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Privileges, SessionRole } from './privileges.ts'
import { isExempt, type RoleGraph } from './roles.ts'

/** A session with how it came to be judged. */
export interface JudgedSession extends SessionRole {
  readonly how: 'login' | 'impersonation' | 'assumed'
  /** Row security does not apply to it. */
  readonly exempt: boolean
}

/** A role that the user named, by name or with a login of its own. */
export interface NamedRole {
  readonly role: string
  readonly how: 'login' | 'impersonation'
}

/**
 * The sessions to judge. Roles for each of which a context stands (role per tenant) are given in
 * `contextRoles`.
 */
export function sessionsToJudge(
  catalogue: Catalogue,
  {
    graph,
    privileges,
    named,
  }: {
    readonly graph: RoleGraph
    readonly privileges: Privileges
    readonly named: readonly NamedRole[]
  },
): readonly JudgedSession[] {
  const logins = named.length > 0 ? named : assumedLogins(catalogue, graph, privileges)
  const found = new Map<string, JudgedSession>()
  for (const { role: login, how } of logins) {
    for (const role of graph.settable(login)) {
      const exempt = isExempt(graph.role(role))
      // What a session can only become by SET ROLE is judged as such; an exempt role is a finding
      // of its own.
      if (role !== login && (exempt || graph.role(role) === null)) continue
      if (role !== login && !reachesSomething(role, catalogue, privileges)) continue
      const key = JSON.stringify([login, role])
      if (!found.has(key)) found.set(key, { login, role, how, exempt })
    }
  }
  return [...found.values()]
}

/** Tables, or functions that run with another's rights. */
function reachesSomething(
  role: string,
  { relations, functions }: Catalogue,
  privileges: Privileges,
): boolean {
  return (
    relations.some((relation) => privileges.reaches(role, relation)) ||
    functions.some((called) => called.definer && privileges.canExecute(role, called))
  )
}

function assumedLogins(
  catalogue: Catalogue,
  graph: RoleGraph,
  privileges: Privileges,
): readonly { readonly role: string; readonly how: 'assumed' }[] {
  const reaches = (role: string): boolean =>
    [...graph.settable(role)].some((each) => reachesSomething(each, catalogue, privileges))
  const isOurs = (role: string): boolean =>
    role === catalogue.currentRole &&
    catalogue.roles.find(({ name }) => name === role)?.superuser === true
  const candidates = catalogue.roles.filter(({ name, bootstrap }) => !bootstrap && !isOurs(name))
  const logins = candidates.filter(({ login, name }) => login && reaches(name))
  if (logins.length > 0) return logins.map(({ name }) => ({ role: name, how: 'assumed' }))
  // Nobody can log in yet: roles that hold grants are judged as if they could, unless they own what
  // they reach.
  const owners = new Set(catalogue.relations.map(({ owner }) => owner))
  return candidates
    .filter(({ name }) => !owners.has(name) && reaches(name))
    .map(({ name }) => ({ role: name, how: 'assumed' }))
}
