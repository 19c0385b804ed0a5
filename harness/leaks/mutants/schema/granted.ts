/** Rights over a whole table, which row security does not hear of. */
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const granted: readonly Mutant[] = [
  {
    id: 'schema.truncate-granted.chunks',
    vector: 'A12',
    layer: 'schema',
    severity: 'high',
    what: 'the application may empty chunks',
    sql: 'grant truncate on chunks to {app}',
  },
  {
    id: 'schema.truncate-granted.usage_events',
    vector: 'A12',
    layer: 'schema',
    severity: 'high',
    what: 'the application may empty usage',
    sql: 'grant truncate on usage_events, charges to {app}',
  },
  {
    id: 'schema.temporary-granted',
    vector: 'E08',
    layer: 'schema',
    severity: 'critical',
    what: 'the application may make temporary tables, which hide the real ones from the next tenant',
    sql: 'grant temporary on database {database} to {app}',
  },
]
