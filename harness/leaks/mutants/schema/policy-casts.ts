/** A policy that casts what is in the row: the error quotes rows that nobody may see. */
import type { Mutant } from '../mutant.ts'
import { mine } from './policy.ts'
/** The mutant. */
export const policyCasts: readonly Mutant[] = [
  {
    id: 'schema.policy-casts.documents',
    vector: 'B27',
    layer: 'schema',
    severity: 'high',
    what: 'the policy casts a text of the row',
    sql: `alter policy tenant_rows on documents using (${mine} or title::integer < 0)`,
  },
]
