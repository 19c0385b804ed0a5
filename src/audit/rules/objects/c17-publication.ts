/** C17: replication carries rows of all tenants. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified, quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'

/** The rule. */
export const c17: Rule = {
  id: 'C17',
  title: 'A publication sends the rows of all tenants to whoever subscribes',
  severities: always('high'),
  explanation:
    'Row security does not apply to logical replication; only a row filter of the publication does.',
  source: 'PostgreSQL documentation, CREATE PUBLICATION, "Row Filters"',
  shownBy: 'unprobed',
  find: ({ lookup, model }) =>
    lookup.catalogue.published
      .filter(
        ({ table, filtered }) =>
          !filtered && (model.tables.get(table)?.kind ?? 'shared') !== 'shared',
      )
      .flatMap(({ table, publication }) => {
        const relation = lookup.relation(table)
        return relation === null
          ? []
          : [
              {
                object: nameOf(relation),
                oid: null,
                detail: `publication ${publication} sends all its rows`,
                fix: `ALTER PUBLICATION ${quoted(publication)} SET TABLE ${qualified(relation)} WHERE (...);`,
              },
            ]
      }),
}
