/** A policy with a tenant written into it. */
import type { Mutant } from '../mutant.ts'
import { asker, policyOn } from './policy.ts'
/** A policy with a tenant written into it. */
export const policyLiteral: readonly Mutant[] = policyOn('policy-literal', [
  {
    table: 'documents',
    using: `tenant_id in ('A', ${asker})`,
    vector: 'B10',
    what: 'tenant A is open to all',
  },
])
