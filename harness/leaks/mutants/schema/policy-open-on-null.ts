/** A policy that is open where no tenant was ever named on the connection. */
import type { Mutant } from '../mutant.ts'
import { asker, mine, policyOn } from './policy.ts'
/** A policy that is open where no tenant was ever named on the connection. */
export const policyOpenOnNull: readonly Mutant[] = policyOn('policy-open-on-null', [
  {
    table: 'chunks',
    using: `${asker} is null or ${mine}`,
    vector: 'B04',
    what: 'open on a fresh connection',
  },
  {
    table: 'prompt_templates',
    using: `${asker} is null or ${mine}`,
    vector: 'B04',
    what: 'open on a fresh connection',
  },
])
