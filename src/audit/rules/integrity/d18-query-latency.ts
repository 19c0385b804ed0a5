/** D18: the time of a query tells how much there is of others. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d18: Rule = {
  id: 'D18',
  title: 'The time of a query tells how much there is of others',
  severities: always('info'),
  explanation:
    "Without an index that begins with the tenant the time of a query grows with all tenants' rows.",
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'tables are shared',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
