/** A second permissive policy beside the good one. */
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const secondPolicy: readonly Mutant[] = [
  {
    id: 'schema.second-policy.read',
    vector: 'B03',
    layer: 'schema',
    severity: 'critical',
    what: 'first chunks are shared by a second policy',
    sql: 'create policy shared on chunks for select to {app} using (ordinal = 0)',
  },
  {
    id: 'schema.second-policy.delete',
    vector: 'B15',
    layer: 'schema',
    severity: 'high',
    what: 'anybody deletes documents blind',
    sql: 'create policy deletes on documents for delete to {app} using (true)',
  },
  {
    id: 'schema.second-policy.update',
    vector: 'B15',
    layer: 'schema',
    severity: 'high',
    what: 'anybody changes documents blind',
    sql: 'create policy changes on documents for update to {app} using (true) with check (true)',
  },
]
