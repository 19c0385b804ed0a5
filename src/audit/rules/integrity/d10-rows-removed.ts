/** D10: eXPLAIN ANALYZE tells how many rows were hidden. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d10: Rule = {
  id: 'D10',
  title: 'EXPLAIN ANALYZE tells how many rows were hidden',
  severities: always('info'),
  explanation: 'The line "Rows Removed by Filter" counts the rows that a policy dropped.',
  source: 'PostgreSQL documentation, EXPLAIN',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'whoever can run EXPLAIN ANALYZE sees how many rows were dropped',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
