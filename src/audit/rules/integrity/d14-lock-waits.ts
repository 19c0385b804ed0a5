/** D14: waiting for a lock tells what another tenant is doing. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/** The rule. */
export const d14: Rule = {
  id: 'D14',
  title: 'Waiting for a lock tells what another tenant is doing',
  severities: always('info'),
  explanation:
    'An insert of a key that another transaction has inserted and not committed waits for it.',
  source: 'PostgreSQL documentation, "Explicit Locking"',
  shownBy: 'catalogue',
  find: (subject) =>
    channel(subject, {
      detail: 'unique keys and locks are shared between tenants',
      fix: "-- Accept it, or keep SQL out of tenants' hands.",
    }),
}
