/** A policy with a tenant for those who name none. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy with a tenant for those who name none. */
export const policyDefaultTenant: readonly Mutant[] = policyOn('policy-default-tenant', [
  {
    table: 'documents',
    using: `tenant_id = coalesce(nullif(${asker}, ''), 'B')`,
    vector: 'B08',
    what: 'tenant B for those who name none',
  },
])
