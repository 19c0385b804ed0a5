/** A18: a login that reaches a table is named by none of its policies. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'
import { appliesTo, loginsOf, sessionsWith, tenantTables } from '../support.ts'

/** The rule: it sees nothing, and is usually "mended" by a bypass. */
export const a18: Rule = {
  id: 'A18',
  title: 'A login reaches the table and no policy is for it',
  severities: always('info'),
  explanation: 'It sees no row. A worker like that tends to be given BYPASSRLS one day.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) =>
    tenantTables(subject).filter((relation) => relation.rowSecurity).flatMap((relation) => {
      const policies = subject.lookup.policiesOf(relation).filter(({ permissive }) => permissive)
      const missed = sessionsWith(subject, relation, ['SELECT', 'UPDATE', 'DELETE']).filter(({ role }) => !policies.some((policy) => appliesTo(policy, role, subject.graph)) && !subject.privileges.owns(role, relation.owner))
      return policies.length === 0 || missed.length === 0 ? [] : [{ object: nameOf(relation), oid: null, roles: loginsOf(missed), detail: `no permissive policy is for ${loginsOf(missed).join(', ')}`, fix: '-- Name the login in the policies that it should work under.' }]
    }),
}
