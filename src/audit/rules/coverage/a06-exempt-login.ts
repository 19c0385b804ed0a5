/** A06: the login bypasses row security. */
import { quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { tenantTables } from '../support.ts'

/** The rule. */
export const a06: Rule = {
  id: 'A06',
  title: 'Row security does not apply to this login',
  severities: always('critical'),
  explanation:
    'SUPERUSER and BYPASSRLS switch every policy off. A worker, a replica reader or a report ' +
    'tool with such a login sees all tenants.',
  source: 'PostgreSQL documentation, "Role Attributes"',
  shownBy: 'catalogue',
  find(subject) {
    const tables = tenantTables(subject)
    return subject.allSessions
      .filter(
        ({ exempt, login, role }) =>
          exempt &&
          login === role &&
          tables.some((relation) => subject.privileges.reaches(role, relation)),
      )
      .map(({ login }) => {
        const word = subject.graph.role(login)?.superuser === true ? 'SUPERUSER' : 'BYPASSRLS'
        return {
          object: `role ${login}`,
          oid: null,
          roles: [login],
          detail: `${login} has ${word}`,
          shows:
            `SET ROLE ${quoted(login)}; SELECT ` +
            `row_security_active('${tables[0] === undefined ? '' : `${tables[0].schema}.${tables[0].name}`}');`,
          fix: `ALTER ROLE ${quoted(login)} NO${word};`,
        }
      })
  },
}
