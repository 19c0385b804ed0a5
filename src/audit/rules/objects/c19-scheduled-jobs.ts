/** C19: scheduled jobs that run without a tenant. */
import { always, type Rule } from '../rule.ts'

/** The rule: jobs of pg_cron that touch tenants' tables. */
export const c19: Rule = {
  id: 'C19',
  title: "A scheduled job works on tenants' rows without a tenant's context",
  severities: always('high'),
  explanation:
    'It runs as the role that is stored with it, with no context, or with the one that is left from before.',
  source: 'pg_cron documentation',
  shownBy: 'unprobed',
  find: ({ lookup, model }) =>
    lookup.catalogue.jobs.flatMap(({ command, role }) => {
      const touched = [...model.tables.values()].find(
        ({ kind, relation }) =>
          kind !== 'shared' &&
          new RegExp(`\\b${relation.name.replace(/[^\w]/g, '.')}\\b`).test(command),
      )
      return touched === undefined
        ? []
        : [
            {
              object: `job of ${role}`,
              oid: null,
              roles: [role],
              detail: `it runs: ${command.slice(0, 120)}`,
              fix: '-- Let the job loop over tenants and set the context of each in a transaction of its own.',
            },
          ]
    }),
}
