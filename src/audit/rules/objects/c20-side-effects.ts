/** C20: a trigger sends rows out of the database. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { reachesOut } from '../../clone/reaching-out.ts'
import { always, type Rule } from '../rule.ts'
import { tenantTables } from '../support.ts'

/** The rule. */
export const c20: Rule = {
  id: 'C20',
  title: "A trigger sends tenants' rows out of the database",
  severities: always('high'),
  explanation:
    'What leaves by dblink, HTTP or a program is under no policy, and stays out when the transaction is rolled back.',
  source: 'PostgreSQL documentation, dblink; pg_net documentation',
  shownBy: 'unprobed',
  find: (subject) =>
    tenantTables(subject).flatMap((relation) =>
      subject.lookup.triggersOf(relation).flatMap(({ name, function: oid }) => {
        const called = subject.lookup.function(oid)
        const why = called === null ? null : reachesOut(called, subject.lookup)
        return why === null
          ? []
          : [
              {
                object: nameOf(relation),
                oid: null,
                detail: `trigger "${name}": ${why}`,
                fix: '-- Write to an outbox table under row security, and send from there.',
              },
            ]
      }),
    ),
}
