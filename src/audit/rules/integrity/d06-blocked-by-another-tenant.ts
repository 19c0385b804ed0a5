/** D06: a tenant can keep another tenant from deleting its row. */
import { always, type Rule } from '../rule.ts'
import { referenceHits } from './keys.ts'

/** The rule. */
export const d06: Rule = {
  id: 'D06',
  title: 'A tenant can keep another tenant from deleting its row',
  severities: always('high'),
  explanation:
    'A row that points at it makes the delete fail, and the error names the table that points.',
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['reference'],
  find: (subject) => referenceHits(subject, ({ onDelete }) => onDelete === 'a' || onDelete === 'r'),
}
