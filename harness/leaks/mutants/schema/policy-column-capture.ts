/** A policy whose sub-select takes the column for its own. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy whose sub-select takes the column for its own. */
export const policyColumnCapture: readonly Mutant[] = policyOn('policy-column-capture', [
  {
    table: 'chunks',
    using: `exists (select from tenants as known where known.tenant_id = tenant_id and known.tenant_id = ${asker})`,
    vector: 'B21',
    what: 'the inner table captures the column',
  },
])
