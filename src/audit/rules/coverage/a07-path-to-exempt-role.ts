/**
 * A07: the login can become a role that bypasses row security, or the owner of an unforced table.
 */
import { isExempt } from '../../reach/roles.ts'
import { quoted } from '../../sql/quote.ts'
import { withSql, type Rule } from '../rule.ts'
import { tenantTables } from '../support.ts'

/** The rule. Attributes are not inherited, so reads look clean until SET ROLE. */
export const a07: Rule = {
  id: 'A07',
  title: 'The login can SET ROLE to one that row security does not apply to',
  severities: withSql('high'),
  explanation:
    'Membership does not pass BYPASSRLS on, but SET ROLE does: one statement, and every policy is off.',
  source: 'PostgreSQL documentation, "Role Membership"',
  shownBy: 'catalogue',
  find(subject) {
    const { graph, sessions } = subject
    const unforced = new Set(
      tenantTables(subject)
        .filter(({ rowSecurity, forced }) => rowSecurity && !forced)
        .map(({ owner }) => owner),
    )
    return [...new Set(sessions.map(({ login }) => login))].flatMap((login) => {
      const targets = [...graph.settable(login)].filter(
        (role) =>
          role !== login &&
          (isExempt(graph.role(role)) || (unforced.has(role) && !graph.inherited(login).has(role))),
      )
      return targets.map((target) => ({
        object: `role ${login}`,
        oid: null,
        roles: [login],
        detail: `${login} can become ${target}`,
        shows: `SET SESSION AUTHORIZATION ${quoted(login)}; SET ROLE ${quoted(target)};`,
        fix: `REVOKE ${quoted(target)} FROM ${quoted(login)};`,
      }))
    })
  },
}
