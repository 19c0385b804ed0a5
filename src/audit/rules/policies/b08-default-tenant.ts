/** B08: a session without context is taken for some tenant. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule: a constant to fall back to, in the policy or stored at the database or a role. */
export const b08: Rule = {
  id: 'B08',
  title: 'A session without context is one of the tenants',
  severities: always('critical'),
  explanation:
    'What forgets to set the tenant silently works as the default one, and reads and writes its rows.',
  source: 'PostgreSQL documentation, ALTER ROLE ... SET, and "Row Security Policies"',
  shownBy: ['read', 'update', 'delete'],
  find(subject) {
    const { model, lookup } = subject
    const inPolicies = usingBranches(subject)
      .filter(({ branch }) => branch.weaknesses.includes('B08'))
      .map((found) => policyHit(subject, found))
    const stored = lookup.catalogue.storedSettings.filter(
      ({ name, role, value }) =>
        value !== '' &&
        model.keySources.some(({ source }) => source.setting === name) &&
        (role === null || subject.sessions.some(({ login }) => login === role)),
    )
    const tables = [...model.tables.values()].filter(
      ({ relation, axisFrom }) => relation.rowSecurity && axisFrom === 'policy',
    )
    return [
      ...inPolicies,
      ...stored.flatMap(({ role, name, value }) =>
        tables.slice(0, 1).map(({ relation }) => ({
          object: nameOf(relation),
          oid: relation.oid,
          roles: role === null ? [] : [role],
          detail: `${name} is stored as ${value} for ${role === null ? 'the database' : `role ${role}`}`,
          fix:
            'ALTER ' +
            `${role === null ? `DATABASE ${quoted(lookup.catalogue.database.name)}` : `ROLE ${quoted(role)}`} ` +
            `RESET ${name};`,
        })),
      ),
    ]
  },
}
