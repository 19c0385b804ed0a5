/** A policy that takes a list of tenants. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy that takes a list of tenants. */
export const policyList: readonly Mutant[] = policyOn('policy-list', [
  {
    table: 'chunks',
    using: `tenant_id = any (string_to_array(${asker}, ','))`,
    vector: 'B30',
    severity: 'high',
    what: 'a comma names a second tenant',
  },
])
