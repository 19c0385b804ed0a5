/** D11: the catalogue tells how much there is. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d11: Rule = {
  id: 'D11',
  title: 'The catalogue tells how much there is',
  severities: always('info'),
  explanation:
    'pg_class, pg_stat_user_tables and pg_relation_size are open to every login and count all tenants.',
  source: 'PostgreSQL documentation, "The Cumulative Statistics System"',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'sizes and row counts of shared tables are open to every login',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
