/** D02: oN CONFLICT tells the same without an error. */
import { always, type Rule } from '../rule.ts'
import { uniqueHits } from './keys.ts'

/** The rule. */
export const d02: Rule = {
  id: 'D02',
  title: 'ON CONFLICT tells the same without an error',
  severities: always('medium'),
  explanation:
    'INSERT ... ON CONFLICT DO NOTHING says 0 rows when another tenant has the value; no error is logged.',
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['silent-conflict'],
  find: (subject) => uniqueHits(subject, false),
}
