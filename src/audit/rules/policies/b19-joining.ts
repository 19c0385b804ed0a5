/** B19: whoever may write the table that decides membership joins any tenant. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { quoted, qualified } from '../../sql/quote.ts'
import { columnId } from '../../tenancy/key-classes.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, sessionsWith } from '../support.ts'

/**
 * The rule: a table that other tables' policies look at, under row security, and writable by
 * tenants.
 */
export const b19: Rule = {
  id: 'B19',
  title: 'A user can add itself to another tenant',
  severities: always('critical'),
  explanation:
    'The membership row is checked for the user and not for the tenant; after one INSERT the ' +
    'policies of all other tables agree.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['join'],
  find: (subject) =>
    [...subject.model.tables.values()]
      .filter(({ decides, relation }) => decides && relation.rowSecurity)
      .flatMap(({ relation }) => {
        const axis = subject.model.tables.get(relation.oid)?.axis ?? []
        const sessions = sessionsWith(subject, relation, ['INSERT', 'UPDATE']).filter(
          ({ role }) =>
            subject.privileges.columns(role, relation, 'INSERT').length > 0 ||
            subject.privileges
              .columns(role, relation, 'UPDATE')
              .some((column) => axis.includes(column)),
        )
        // One key says who asks, another where it belongs: without both there is nothing to join.
        const isSessionKey = (column: string): boolean =>
          subject.model.keySources.some(
            ({ keyClass }) =>
              keyClass === subject.model.classes.classOf(columnId(relation, column)),
          )
        if (sessions.length === 0 || axis.length < 2 || axis.every(isSessionKey)) return []
        return [
          {
            object: nameOf(relation),
            oid: relation.oid,
            roles: loginsOf(sessions),
            detail: 'policies of other tables look at it, and tenants may write it',
            fix:
              `REVOKE INSERT, UPDATE ON ${qualified(relation)} FROM ` +
              `${[...new Set(sessions.map(({ role }) => role))].map(quoted).join(', ')};\n-- and ` +
              'add members through a function that checks an invitation.',
          },
        ]
      }),
}
