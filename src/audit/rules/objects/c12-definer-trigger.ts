/** C12: a definer trigger writes tenants' rows from what a tenant chose. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, sessionsWith } from '../support.ts'
import { functionSql, showsTenants, tablesIn } from './views.ts'

/** The rule. */
export const c12: Rule = {
  id: 'C12',
  title: 'A trigger writes rows for another tenant',
  severities: always('high'),
  explanation:
    'The trigger function runs as its owner; where it stamps rows with a column that the ' +
    'tenant wrote, the tenant chooses whose they are.',
  source: 'PostgreSQL documentation, CREATE FUNCTION, SECURITY DEFINER',
  shownBy: ['side-write'],
  find: (subject) =>
    subject.lookup.catalogue.triggers.flatMap(({ table, function: oid, name }) => {
      const relation = subject.lookup.relation(table)
      const called = subject.lookup.function(oid)
      if (relation === null || called === null || !called.definer || relation.kind === 'v')
        return []
      const sessions = sessionsWith(subject, relation, ['INSERT', 'UPDATE', 'DELETE'])
      const written = tablesIn(called, subject).filter((each) => each.oid !== table)
      return sessions.length === 0 || !showsTenants(subject, written)
        ? []
        : [
            {
              object: nameOf(relation),
              oid: table,
              roles: loginsOf(sessions),
              detail:
                `trigger "${name}" runs ${nameOf(called)} as ${called.owner} and writes ` +
                `${written.map(nameOf).join(', ')}`,
              fix: comment(
                `Take the tenant from the row that is judged, or: ALTER ${functionSql(called)} SECURITY INVOKER;`,
              ),
            },
          ]
    }),
}
