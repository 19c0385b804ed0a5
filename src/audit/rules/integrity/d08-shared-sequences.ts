/** D08: a sequence counts all tenants. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment, qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'

/** The rule. */
export const d08: Rule = {
  id: 'D08',
  title: 'A sequence tells how many rows all tenants make',
  severities: always('low'),
  explanation: 'Gaps between own ids, or last_value, show the volume of business of the others.',
  source: 'PostgreSQL documentation, CREATE SEQUENCE',
  shownBy: 'catalogue',
  find: ({ lookup, model, sessions, privileges }) =>
    lookup.catalogue.relations
      .filter(({ kind }) => kind === 'S')
      .flatMap((sequence) => {
        const table =
          sequence.ownedBy?.table ??
          lookup.catalogue.relations.find(({ columns }) =>
            columns.some(
              ({ defaultSql }) =>
                defaultSql?.includes('nextval') === true && defaultSql.includes(sequence.name),
            ),
          )?.oid
        const holders = sessions.filter(
          ({ role }) =>
            privileges.onSchema(role, sequence.schema, 'USAGE') &&
            (privileges.holds(role, sequence.grants, 'SELECT') ||
              privileges.holds(role, sequence.grants, 'USAGE')),
        )
        return table === undefined ||
          (model.tables.get(table)?.kind ?? 'shared') === 'shared' ||
          holders.length === 0
          ? []
          : [
              {
                object: nameOf(sequence),
                oid: null,
                detail: 'it counts the rows of all tenants',
                fix: comment(
                  `Use random uuids as keys, or REVOKE SELECT ON SEQUENCE ${qualified(sequence)}.`,
                ),
              },
            ]
      }),
}
