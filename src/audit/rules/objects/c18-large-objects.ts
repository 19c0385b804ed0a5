/** C18: content in large objects, which have no policies. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, sessionsWith, tenantTables } from '../support.ts'

/** The rule. */
export const c18: Rule = {
  id: 'C18',
  title: 'Files of all tenants are large objects that one login shares',
  severities: always('high'),
  explanation:
    'A large object has an owner and grants, and no tenant: the login that wrote it for one ' +
    'tenant reads it for another.',
  source: 'PostgreSQL documentation, "Large Objects"',
  shownBy: 'unprobed',
  find: (subject) =>
    tenantTables(subject).flatMap((relation) => {
      const column = relation.columns.find(
        ({ baseType, type }) => baseType === 'oid' || /(^|\.)lo$/.test(type),
      )
      const sessions = sessionsWith(subject, relation, ['SELECT', 'INSERT', 'UPDATE'])
      return column === undefined || sessions.length === 0
        ? []
        : [
            {
              object: nameOf(relation),
              oid: null,
              roles: loginsOf(sessions),
              detail: `column ${column.name} points at large objects`,
              fix: '-- Keep the content in a bytea column of the table, under its policies.',
            },
          ]
    }),
}
