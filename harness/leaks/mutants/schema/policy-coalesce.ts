/** A policy that falls back to the row itself. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy that falls back to the row itself. */
export const policyCoalesce: readonly Mutant[] = policyOn('policy-coalesce', [
  {
    table: 'chunks',
    using: `tenant_id = coalesce(nullif(${asker}, ''), tenant_id)`,
    vector: 'B06',
    what: 'without a tenant every row is its own',
  },
  {
    table: 'charges',
    using: `tenant_id = coalesce(nullif(${asker}, ''), tenant_id)`,
    vector: 'B06',
    severity: 'high',
    what: 'without a tenant every row is its own',
  },
])
