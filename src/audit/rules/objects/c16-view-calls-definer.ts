/** C16: a view calls a function that looks with its owner's rights. */
import { isInvoker, looksPastPolicies, showsTenants, tablesIn } from './views.ts'
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment, qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'

/** The rule: also for views with security_invoker, whose functions are definers all the same. */
export const c16: Rule = {
  id: 'C16',
  title: 'A view shows rows of other tenants through a definer function',
  severities: always('critical'),
  explanation:
    'security_invoker is for the tables of a view; a SECURITY DEFINER function in it still runs as its owner.',
  source: 'PostgreSQL documentation, CREATE VIEW and CREATE FUNCTION',
  shownBy: ['read', 'volume'],
  find(subject) {
    const definers = subject.lookup.catalogue.functions
      .filter(({ definer }) => definer)
      .filter((called) => {
        const tables = tablesIn(called, subject)
        return (
          showsTenants(subject, tables) &&
          tables.some((table) => looksPastPolicies(subject, called.owner, table))
        )
      })
    const calledBy = (definition: string) =>
      definers.find(({ name }) =>
        new RegExp(`\\b${name.replace(/[^\w]/g, '.')}"?\\(`).test(definition),
      )
    return subject.lookup.catalogue.relations
      .filter(({ kind, definition }) => kind === 'v' && calledBy(definition ?? '') !== undefined)
      .flatMap((view) => {
        const found = calledBy(view.definition ?? '')
        const sessions = subject.sessions.filter(({ role }) =>
          subject.privileges.reaches(role, view),
        )
        return found === undefined || sessions.length === 0
          ? []
          : [
              {
                object: nameOf(view),
                oid: view.oid,
                roles: sessions.map(({ login }) => login),
                detail:
                  `it calls ${nameOf(found)}, which runs as ` +
                  `${found.owner}${isInvoker(view) ? ', in spite of security_invoker' : ''}`,
                fix: comment(
                  `Take ${nameOf(found)} out of ${qualified(view)}, or make it SECURITY INVOKER.`,
                ),
              },
            ]
      })
  },
}
