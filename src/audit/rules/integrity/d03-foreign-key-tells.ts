/** D03: a foreign key tells whether another tenant has a row. */
import { always, type Rule } from '../rule.ts'
import { referenceHits } from './keys.ts'

/** The rule. */
export const d03: Rule = {
  id: 'D03',
  title: 'A foreign key tells whether another tenant has a row',
  severities: always('medium'),
  explanation:
    'The check of a foreign key is not under row security: pointing at a hidden row succeeds, pointing at none fails.',
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['reference'],
  find: (subject) => referenceHits(subject, () => true),
}
