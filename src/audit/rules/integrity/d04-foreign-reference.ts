/** D04: a row can point at another tenant\'s row. */
import { always, type Rule } from '../rule.ts'
import { referenceHits } from './keys.ts'

/** The rule. */
export const d04: Rule = {
  id: 'D04',
  title: "A row can point at another tenant's row",
  severities: always('high'),
  explanation:
    'Whatever joins along the key with more rights, a report, a worker, a cascade, then mixes two tenants.',
  source: 'PostgreSQL documentation, "Constraints"',
  shownBy: ['reference'],
  find: (subject) => referenceHits(subject, () => true),
}
