/** B26: the context is read anew for each row. */
import { nameOf } from '../../catalogue/catalogue.ts'
import type { Rule } from '../rule.ts'
import { policyHit } from '../support.ts'

/** The rule; what shows it is a cursor that goes on under another context. */
export const b26: Rule = {
  id: 'B26',
  title: 'A cursor goes on with another tenant\'s rows when the context changes',
  severities: { M1: 'low', M2: 'low', M3: 'medium' },
  explanation: 'A setting that is read outside a sub-select is read for each row. A cursor that stays open while the context changes mixes two tenants; `(select current_setting(...))` is read once.',
  source: 'PostgreSQL documentation, "Function Volatility Categories"',
  shownBy: ['mixed-cursor'],
  find: (subject) =>
    subject.model.policies.flatMap((judged) => {
      const { using, relation } = judged
      if (using === null || using.lineage.sources.length === 0) return []
      return [{ ...policyHit(subject, { judged, expression: using }), object: nameOf(relation) }]
    }),
}
