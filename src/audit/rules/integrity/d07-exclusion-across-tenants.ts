/** D07: an exclusion constraint tells what other tenants hold. */
import { always, type Rule } from '../rule.ts'
import { uniqueHits } from './keys.ts'

/** The rule. */
export const d07: Rule = {
  id: 'D07',
  title: 'An exclusion constraint tells what other tenants hold',
  severities: always('medium'),
  explanation:
    'The constraint does not compare the tenant: a conflict with a hidden row shows that it is there.',
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['conflict'],
  find: (subject) => uniqueHits(subject, true),
}
