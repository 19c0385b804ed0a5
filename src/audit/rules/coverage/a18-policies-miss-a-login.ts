/** A18: a login that reaches a table is named by none of its policies. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Hit, type Rule, type RuleSubject } from '../rule.ts'
import { isLiteralTenant } from '../policies/shapes.ts'
import { appliesTo, loginsOf, sessionsWith, tenantTables, usingBranches } from '../support.ts'

/** The rule: it sees nothing, and is usually "mended" by a bypass. */
export const a18: Rule = {
  id: 'A18',
  title: 'A login reaches the table and no policy is for it',
  severities: always('info'),
  explanation: 'It sees no row. A worker like that tends to be given BYPASSRLS one day.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) => [...missedLogins(subject), ...broadlyCovered(subject)],
}

/**
 * A login for which there is a policy of its own that does not ask for the tenant, beside the
 * tenants' policy for others.
 */
function broadlyCovered(subject: RuleSubject): readonly Hit[] {
  return usingBranches(subject).flatMap(({ judged, branch, commands }) => {
    const { policy, relation } = judged
    const bound = subject.model.policies.some(
      (each) =>
        each.relation.oid === relation.oid &&
        each.using?.branches.every((other) => other.bound) === true &&
        each.policy.roles.length > 0 &&
        !policy.roles.some((role) => each.policy.roles.includes(role)),
    )
    // Where each role's policies name its tenant, a wrong name is B10.
    if (subject.model.roleKeys.size > 0 && isLiteralTenant(subject, judged, branch)) return []
    if (
      policy.roles.length === 0 ||
      branch.bound ||
      branch.weaknesses.length > 0 ||
      branch.vector === null ||
      !commands.includes('r') ||
      !bound
    )
      return []
    const logins = loginsOf(
      subject.sessions.filter(
        ({ role, login }) => role === login && appliesTo(policy, role, subject.graph),
      ),
    )
    return logins.length === 0
      ? []
      : [
          {
            object: nameOf(relation),
            oid: null,
            roles: logins,
            detail:
              `the tenants' policy is not for ${logins.join(', ')}; policy "${policy.name}" is, ` +
              'and does not ask for the tenant',
            fix: "-- Name the login in the tenants' policy.",
            severities: always('high'),
          },
        ]
  })
}

function missedLogins(subject: RuleSubject): readonly Hit[] {
  return tenantTables(subject)
    .filter((relation) => relation.rowSecurity)
    .flatMap((relation) => {
      const policies = subject.lookup.policiesOf(relation).filter(({ permissive }) => permissive)
      const missed = sessionsWith(subject, relation, ['SELECT', 'UPDATE', 'DELETE']).filter(
        ({ role }) =>
          !policies.some((policy) => appliesTo(policy, role, subject.graph)) &&
          !subject.privileges.owns(role, relation.owner),
      )
      return policies.length === 0 || missed.length === 0
        ? []
        : [
            {
              object: nameOf(relation),
              oid: null,
              roles: loginsOf(missed),
              detail: `no permissive policy is for ${loginsOf(missed).join(', ')}`,
              fix: '-- Name the login in the policies that it should work under.',
            },
          ]
    })
}
