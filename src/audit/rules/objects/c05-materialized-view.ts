/** C05: a materialized view has no row security. */
import { qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { viewHits } from './views.ts'

/** The rule. */
export const c05: Rule = {
  id: 'C05',
  title: "A materialized view over tenants' rows is open to each of them",
  severities: always('high'),
  explanation:
    'It holds what its owner saw when it was refreshed, and row security cannot be put on it.',
  source: 'PostgreSQL documentation, CREATE POLICY: tables only',
  shownBy: 'catalogue',
  find: (subject) =>
    viewHits(subject, {
      kinds: ['m'],
      test: () => 'row security cannot protect a materialized view',
      fix: (view) =>
        `REVOKE ALL ON ${qualified(view)} FROM PUBLIC, ` +
        `${subject.sessions.map(({ role }) => `"${role.replaceAll('"', '""')}"`).join(', ')};\n-- ` +
        `and read it through a view with the tenant's condition and security_barrier.`,
    }),
}
