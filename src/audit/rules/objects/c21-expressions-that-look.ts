/** C21: a default, a generated column or a CHECK reads other rows. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'
import { tenantTables } from '../support.ts'
import { showsTenants, tablesIn } from './views.ts'

/** The rule. */
export const c21: Rule = {
  id: 'C21',
  title: 'An expression of the table reads rows of other tenants and stores or tells the result',
  severities: always('medium'),
  explanation:
    'A function in a default, a generated column or a CHECK that is SECURITY DEFINER looks past the policies.',
  source: 'PostgreSQL documentation, "Constraints" and "Generated Columns"',
  shownBy: 'catalogue',
  find: (subject) =>
    tenantTables(subject).flatMap((relation) => {
      const texts = [
        ...relation.columns.flatMap(({ defaultSql, name }) =>
          defaultSql === null ? [] : [{ where: `column ${name}`, text: defaultSql }],
        ),
        ...subject.lookup
          .constraintsOf(relation)
          .filter(({ kind }) => kind === 'c')
          .map(({ name, definition }) => ({ where: `constraint ${name}`, text: definition })),
      ]
      return texts.flatMap(({ where, text }) => {
        const called = subject.lookup.catalogue.functions.find(
          (each) =>
            each.definer &&
            new RegExp(`\\b${each.name.replace(/[^\w]/g, '.')}"?\\(`).test(text) &&
            showsTenants(subject, tablesIn(each, subject)),
        )
        return called === undefined
          ? []
          : [
              {
                object: nameOf(relation),
                oid: relation.oid,
                detail: `${where} calls ${nameOf(called)}`,
                fix: '-- Compute it in the application, or in a trigger that runs as the invoker.',
              },
            ]
      })
    }),
}
