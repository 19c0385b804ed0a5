/** A check that forgets whose row is written. */
import type { Mutant } from '../mutant.ts'
import { mine } from './policy.ts'
/**
 * WITH CHECK (true), and one that looks at something else, and one that is forgotten for UPDATE.
 */
export const checkOpen: readonly Mutant[] = [
  ...(['chunks', 'documents', 'prompt_templates'] as const).map((table): Mutant => ({
    id: `schema.check-true.${table}`,
    vector: 'B13',
    layer: 'schema',
    severity: 'high',
    what: `rows for others may be inserted (${table})`,
    sql: `alter policy tenant_rows on ${table} with check (true)`,
  })),
  {
    id: 'schema.check-true.usage_events',
    vector: 'B13',
    layer: 'schema',
    severity: 'high',
    what: 'usage may be charged to others',
    sql: 'alter policy tenant_adds on usage_events with check (true)',
  },
  {
    id: 'schema.check-other.documents',
    vector: 'B14',
    layer: 'schema',
    severity: 'high',
    what: 'the check looks at the words and not at the tenant',
    sql: 'alter policy tenant_rows on documents with check (words >= 0)',
  },
  {
    id: 'schema.check-forgotten.documents',
    vector: 'B14',
    layer: 'schema',
    severity: 'high',
    what: 'an update may give a row away',
    sql: `create policy gives on documents for update to {app} using (${mine}) with check (true)`,
  },
]
