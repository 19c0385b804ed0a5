/** D09: eXPLAIN estimates tell how often a value occurs. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d09: Rule = {
  id: 'D09',
  title: 'EXPLAIN estimates tell how often a value occurs',
  severities: always('info'),
  explanation:
    'The planner uses statistics over all tenants for leakproof operators; its estimates count hidden rows.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'whoever can run EXPLAIN sees estimates over hidden rows',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
