/** C01: a view shows rows with its owner's rights. */
import { qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { filtersBySession, isInvoker, looksPastPolicies, viewHits } from './views.ts'

/**
 * The rule: the owner sees the table without its policies. A definer view under FORCE is sound, and
 * is left alone.
 */
export const c01: Rule = {
  id: 'C01',
  title: "A view shows the rows of all tenants, with its owner's rights",
  severities: always('critical'),
  explanation:
    'A view reads with the rights of its owner unless it is made with security_invoker. An ' +
    'owner that bypasses the policies passes everything on.',
  source: 'PostgreSQL documentation, CREATE VIEW, "Notes"',
  shownBy: ['read', 'volume'],
  find: (subject) =>
    viewHits(subject, {
      kinds: ['v'],
      test: (view, bases) =>
        !isInvoker(view) &&
        !(bases.every(({ rowSecurity }) => !rowSecurity) && filtersBySession(subject, view)) &&
        bases.some((base) => looksPastPolicies(subject, view.owner, base))
          ? `it reads with the rights of ${view.owner}`
          : null,
      fix: (view) => `ALTER VIEW ${qualified(view)} SET (security_invoker = true);`,
    }),
}
