/** A policy that compares beginnings. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy that compares beginnings. */
export const policyPrefix: readonly Mutant[] = policyOn('policy-prefix', [
  {
    table: 'chunks',
    using: `tenant_id like ${asker} || '%'`,
    vector: 'B11',
    what: 'ids that begin alike are one',
  },
  {
    table: 'documents',
    using: `starts_with(tenant_id, ${asker})`,
    vector: 'B11',
    what: 'ids that begin alike are one',
  },
])
