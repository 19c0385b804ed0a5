/** A policy that compares the row with itself. */
import type { Mutant } from '../mutant.ts'
import { policyOn } from './policy.ts'
/** A policy that compares the row with itself. */
export const policySelfComparison: readonly Mutant[] = policyOn('policy-self-comparison', [
  {
    table: 'documents',
    using: 'tenant_id = tenant_id',
    vector: 'B02',
    what: 'a column compared with itself',
  },
  {
    table: 'namespace_sizes',
    using: 'tenant_id is not null',
    vector: 'B02',
    severity: 'high',
    what: 'a column that is never null',
  },
])
