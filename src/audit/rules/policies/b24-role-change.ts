/** B24: one login can become every tenant's role. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { withSql, type Rule } from '../rule.ts'

/** The rule. */
export const b24: Rule = {
  id: 'B24',
  title: "A tenant's session can change into another tenant's role",
  severities: withSql('critical'),
  explanation:
    "The pool login is a member of several tenants' roles; RESET ROLE and SET ROLE are open to " +
    'whatever SQL a tenant can run.',
  source: 'PostgreSQL documentation, SET ROLE',
  shownBy: 'catalogue',
  find({ model, sessions, graph }) {
    const asking = model.policies.filter(
      ({ using }) => using?.lineage.sources.some(({ setting }) => setting === 'role') === true,
    )
    const named = new Set(model.policies.flatMap(({ policy }) => policy.roles))
    return [...new Set(sessions.map(({ login }) => login))].flatMap((login) => {
      const roles = [...graph.settable(login)].filter(
        (role) =>
          role !== login &&
          sessions.some((session) => session.login === login && session.role === role),
      )
      const perTenant =
        asking.length > 0
          ? roles
          : roles.filter(
              (role) =>
                named.has(role) &&
                model.policies
                  .filter(({ policy }) => policy.roles.includes(role))
                  .every(({ using }) => using === null || using.lineage.sources.length === 0),
            )
      if (perTenant.length < 2 || (asking.length === 0 && perTenant.length < 2)) return []
      return [
        {
          object: asking[0] === undefined ? `role ${login}` : nameOf(asking[0].relation),
          oid: null,
          roles: [login],
          detail: `${login} can become ${perTenant.join(', ')}`,
          fix:
            '-- Let each tenant log in with its own role, or separate tenants by a setting ' +
            'that is set in each transaction.',
        },
      ]
    })
  },
}
