/** Row security that does not bind the owner. */
import type { Mutant } from '../mutant.ts'
/** One mutant a table. */
export const forceDropped: readonly Mutant[] = (['chunks', 'usage_events'] as const).map(
  (table) => ({
    id: `schema.force-dropped.${table}`,
    vector: 'A04',
    layer: 'schema',
    severity: 'medium',
    what: `the owner is not bound on ${table}`,
    sql: `alter table ${table} no force row level security`,
  }),
)
