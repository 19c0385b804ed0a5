/** D15: sessions of one login see each other's SQL. */
import { always, type Rule } from '../rule.ts'
import { channel } from './channels.ts'

/**
 * The rule: with a shared login pg_stat_activity, and pg_stat_statements where it is installed,
 * show others' statements.
 */
export const d15: Rule = {
  id: 'D15',
  title: "Sessions of one login see each other's statements",
  severities: always('info'),
  explanation:
    'pg_stat_activity hides statements of other roles, not of other tenants behind the same ' +
    'role; literals and SET commands stand in them.',
  source: 'PostgreSQL documentation, pg_stat_activity and pg_stat_statements',
  shownBy: 'catalogue',
  find(subject) {
    const installed = subject.lookup.catalogue.extensions.some(
      ({ name }) => name === 'pg_stat_statements',
    )
    return channel(subject, {
      detail: installed
        ? 'tenants share a login, and pg_stat_statements is installed'
        : 'tenants share a login',
      fix:
        '-- Send values as parameters, set the context with set_config($1, $2, true), and ' +
        'revoke pg_stat_statements.',
    }).map((hit) => (installed ? { ...hit, severities: always('low') } : hit))
  },
}
