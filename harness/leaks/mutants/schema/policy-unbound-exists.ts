/** A policy whose sub-select is not bound to the row. */
import type { Mutant } from '../mutant.ts'
import { policyOn } from './policy.ts'
/** A policy whose sub-select is not bound to the row. */
export const policyUnboundExists: readonly Mutant[] = policyOn('policy-unbound-exists', [
  {
    table: 'documents',
    using: 'exists (select from tenants)',
    vector: 'B22',
    what: 'any row of the asker opens every row',
  },
])
