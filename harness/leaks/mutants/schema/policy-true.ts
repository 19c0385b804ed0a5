/** A policy that lets everybody read. */
import type { Mutant } from '../mutant.ts'
import { policyOn } from './policy.ts'
/** A policy that lets everybody read. */
export const policyTrue: readonly Mutant[] = policyOn('policy-true', [
  { table: 'chunks', using: 'true', vector: 'B01', what: 'everybody reads' },
  { table: 'documents', using: 'true', vector: 'B01', what: 'everybody reads' },
  { table: 'prompt_templates', using: 'true', vector: 'B01', what: 'everybody reads' },
  {
    table: 'tenant_configs',
    using: 'true',
    vector: 'B01',
    severity: 'high',
    what: 'everybody reads',
  },
  {
    table: 'usage_events',
    using: 'true',
    vector: 'B01',
    severity: 'high',
    what: 'everybody reads',
  },
  { table: 'ledger', using: 'true', vector: 'B01', severity: 'high', what: 'everybody reads' },
])
