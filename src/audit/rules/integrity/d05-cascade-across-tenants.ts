/** D05: deleting a row deletes or empties rows of another tenant. */
import { always, type Rule } from '../rule.ts'
import { referenceHits } from './keys.ts'

/** The rule. */
export const d05: Rule = {
  id: 'D05',
  title: 'Deleting a row deletes or empties rows of another tenant',
  severities: always('high'),
  explanation:
    "The action of a foreign key is not under row security: what one tenant deletes takes the other's rows along.",
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['reference'],
  find: (subject) =>
    referenceHits(
      subject,
      ({ onDelete, onUpdate }) =>
        ['c', 'n', 'd'].includes(onDelete) || ['c', 'n', 'd'].includes(onUpdate),
    ),
}
