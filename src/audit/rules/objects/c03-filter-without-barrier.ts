/** C03: a view is the filter, and conditions of the caller run before it. */
import { qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { filtersBySession, viewHits } from './views.ts'

/** The rule: a view with the tenant's condition over a table without row security. */
export const c03: Rule = {
  id: 'C03',
  title: 'A condition of the caller sees rows before the view drops them',
  severities: always('critical'),
  explanation:
    'Without security_barrier the planner may run a cheap condition first; a cast error or a ' +
    'notice in it shows hidden rows.',
  source: 'PostgreSQL documentation, "Rules and Privileges"',
  shownBy: ['peek', 'error'],
  find: (subject) =>
    viewHits(subject, {
      kinds: ['v'],
      test: (view, bases) =>
        filtersBySession(subject, view) &&
        bases.some(({ rowSecurity }) => !rowSecurity) &&
        !view.options.some((option) => /^security_barrier=(true|on|1)$/i.test(option))
          ? 'the view itself is the filter, and it is no security barrier'
          : null,
      fix: (view) => `ALTER VIEW ${qualified(view)} SET (security_barrier = true);`,
    }),
}
