/** Keys that are not the tenant's own: they tell of others, or tie rows to them. */
import type { Mutant } from '../mutant.ts'
const unique = (table: string, column: string): Mutant => ({
  id: `schema.unique-without-tenant.${table}`,
  vector: 'D01',
  layer: 'schema',
  severity: 'high',
  what: `${column} is unique over all tenants`,
  sql: `create unique index on ${table} (${column})`,
})
const pointing =
  'alter table chunks drop constraint chunks_tenant_id_document_id_fkey; create unique index ' +
  'on documents (document_id); alter table chunks add foreign key (document_id) references ' +
  'documents (document_id)'

/** The mutants. */
export const keys: readonly Mutant[] = [
  unique('chunks', 'chunk_id'),
  unique('documents', 'document_id'),
  unique('usage_events', 'idempotency_key'),
  unique('prompt_templates', 'name'),
  {
    id: 'schema.foreign-key-without-tenant.cascade',
    vector: 'D05',
    layer: 'schema',
    severity: 'high',
    what: "a chunk may hang on another tenant's document and goes with it",
    sql: `${pointing} on delete cascade`,
  },
  {
    id: 'schema.foreign-key-without-tenant.restrict',
    vector: 'D06',
    layer: 'schema',
    severity: 'high',
    what: "a chunk may hang on another tenant's document and keeps it from going",
    sql: pointing,
  },
]
