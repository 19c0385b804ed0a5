/** A policy that asks only whether somebody is there. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy that asks only whether somebody is there. */
export const policyAnyTenant: readonly Mutant[] = policyOn('policy-any-tenant', [
  {
    table: 'chunks',
    using: `coalesce(${asker}, '') <> ''`,
    vector: 'B09',
    what: 'whoever names a tenant reads everything',
  },
])
