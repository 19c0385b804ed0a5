/**
 * Operators: roles that policies name on purpose and open a table to, beside the tenants' own role.
 * They are meant to see all; what they see is no leak. A role is none when some policy names it
 * that ties reading to the tenant.
 */
import type { JudgedPolicy } from '../tenancy/policy-logic.ts'
import type { JudgedSession } from './sessions.ts'
import type { RoleGraph } from './roles.ts'

/**
 * A login that reaches no table with tenants' rows itself, while others do: it runs functions that
 * were granted to it for maintenance.
 */
export function isMaintenance(
  session: JudgedSession,
  {
    all,
    reachesTenants,
    reachesByGrant,
  }: {
    readonly all: readonly JudgedSession[]
    readonly reachesTenants: (role: string) => boolean
    readonly reachesByGrant: (role: string) => boolean
  },
): boolean {
  return (
    !reachesTenants(session.role) &&
    reachesByGrant(session.role) &&
    all.some(
      (other) => other.login !== session.login && !other.exempt && reachesTenants(other.role),
    )
  )
}

/** Whether a session is an operator's. */
export function isOperator(
  session: JudgedSession,
  { policies, graph }: { readonly policies: readonly JudgedPolicy[]; readonly graph: RoleGraph },
): boolean {
  const own = graph.inherited(session.role)
  const names = ({ policy }: JudgedPolicy): boolean => policy.roles.some((role) => own.has(role))
  const isOpen = ({ using, check, policy }: JudgedPolicy): boolean =>
    policy.permissive &&
    [using, check].some(
      (each) => each?.branches.some(({ bound, vector }) => !bound && vector === 'B01') === true,
    )
  const isBound = ({ using, check }: JudgedPolicy): boolean =>
    [using, check].some(
      (each) =>
        each?.branches.some(({ bound, weaknesses }) => bound || weaknesses.length > 0) === true,
    )
  const opened = policies.filter((judged) => names(judged) && isOpen(judged))
  if (
    opened.length === 0 ||
    policies.some(
      (judged) =>
        names(judged) &&
        isBound(judged) &&
        (judged.policy.command === 'r' || judged.policy.command === '*'),
    )
  )
    return false
  // Somebody else must be the tenant: a role that a binding policy of these tables is for. A table
  // that only the operator has a policy on is its own.
  const others = (oid: number): readonly JudgedPolicy[] =>
    policies.filter(
      ({ relation, policy }) =>
        relation.oid === oid &&
        policy.permissive &&
        (policy.roles.length === 0 || policy.roles.some((role) => !own.has(role))),
    )
  const shared = opened.filter(({ relation }) => others(relation.oid).length > 0)
  return shared.length > 0 && shared.every(({ relation }) => others(relation.oid).some(isBound))
}
