/** B26: the context is read anew for each row. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { lineageOf } from '../../sql/lineage.ts'
import { walk } from '../../sql/parse.ts'
import type { JudgedExpression } from '../../tenancy/policy-logic.ts'
import type { Rule } from '../rule.ts'
import { policyHit } from '../support.ts'

/** Whether the session is read outside every sub-select. */
function readsPerRow({ node, scope }: JudgedExpression): boolean {
  let found = false
  walk(node, ({ kind, fields }) => {
    if (kind === 'SubLink') return false
    if (kind === 'FuncCall' && lineageOf({ FuncCall: fields }, scope).sources.length > 0)
      found = true
    return true
  })
  return found
}

/** The rule; what shows it is a cursor that goes on under another context. */
export const b26: Rule = {
  id: 'B26',
  title: "A cursor goes on with another tenant's rows when the context changes",
  severities: { M1: 'low', M2: 'low', M3: 'medium' },
  explanation:
    'A setting that is read outside a sub-select is read for each row. A cursor that stays ' +
    'open while the context changes mixes two tenants; `(select current_setting(...))` is read ' +
    'once.',
  source: 'PostgreSQL documentation, "Function Volatility Categories"',
  shownBy: ['mixed-cursor'],
  find: (subject) =>
    subject.model.policies.flatMap((judged) => {
      const { using, relation } = judged
      if (using === null || !readsPerRow(using)) return []
      return [{ ...policyHit(subject, { judged, expression: using }), object: nameOf(relation) }]
    }),
}
