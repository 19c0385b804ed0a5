/** A policy that a setting switches off, which the tenant may set. */
import type { Mutant } from '../mutant.ts'
import { mine, policyOn } from './policy.ts'
/** A policy that a setting switches off, which the tenant may set. */
export const policyBypassFlag: readonly Mutant[] = policyOn('policy-bypass-flag', [
  {
    table: 'chunks',
    using: `${mine} or current_setting('tenantbench.is_admin', true) = 'true'`,
    vector: 'B07',
    what: 'a setting switches it off',
  },
])
