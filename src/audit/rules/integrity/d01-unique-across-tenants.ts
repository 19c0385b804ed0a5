/** D01: a unique key tells whether another tenant has a value. */
import { always, type Rule } from '../rule.ts'
import { uniqueHits } from './keys.ts'

/** The rule. */
export const d01: Rule = {
  id: 'D01',
  title: 'A unique key tells whether another tenant has a value',
  severities: always('medium'),
  explanation:
    'The key does not hold the tenant: an insert fails when any tenant has the value, and goes through when none has.',
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['conflict'],
  find: (subject) => uniqueHits(subject, false),
}
