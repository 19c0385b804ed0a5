/** D20: plans tell about partitions and rows of others. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d20: Rule = {
  id: 'D20',
  title: 'Plans tell about partitions and rows of others',
  severities: always('info'),
  explanation: '"Subplans Removed" and the names of partitions stand in the plan.',
  source: 'PostgreSQL documentation, EXPLAIN',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'whoever can run EXPLAIN sees the plan',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
