/** A policy that is open where the tenant of a recycled connection reads as an empty text. */
import type { Mutant } from '../mutant.ts'
import { asker, mine, policyOn } from './policy.ts'
/** A policy that is open where the tenant of a recycled connection reads as an empty text. */
export const policyOpenOnEmpty: readonly Mutant[] = policyOn('policy-open-on-empty', [
  {
    table: 'documents',
    using: `${asker} = '' or ${mine}`,
    vector: 'B05',
    what: 'open on a recycled connection',
  },
  {
    table: 'usage_events',
    using: `${asker} = '' or ${mine}`,
    vector: 'B05',
    severity: 'high',
    what: 'open on a recycled connection',
  },
])
