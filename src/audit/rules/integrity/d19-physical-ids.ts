/** D19: ctid and transaction ids tell how much others write. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d19: Rule = {
  id: 'D19',
  title: 'ctid and transaction ids tell how much others write',
  severities: always('info'),
  explanation: 'They are counted over all tenants.',
  source: 'PostgreSQL documentation, "System Columns"',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'system columns can be read',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
