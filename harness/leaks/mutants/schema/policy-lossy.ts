/** A policy that folds what it compares. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy that folds what it compares. */
export const policyLossy: readonly Mutant[] = policyOn('policy-lossy', [
  {
    table: 'chunks',
    using: `lower(tenant_id) = lower(${asker})`,
    vector: 'B12',
    what: 'case is folded',
  },
  {
    table: 'documents',
    using: `trim(tenant_id) = trim(${asker})`,
    vector: 'B12',
    what: 'blanks are folded',
  },
])
