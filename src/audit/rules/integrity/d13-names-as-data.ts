/** D13: names tell about other tenants. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d13: Rule = {
  id: 'D13',
  title: 'Names tell about other tenants',
  severities: always('info'),
  explanation: 'Names of partitions, schemas, roles and policies can be read by every login.',
  source: 'PostgreSQL documentation, "System Catalogs"',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'names in the catalogue can be read by every login',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
