/**
 * Views that read with other rights than the asker's, and copies that no policy came along with.
 */
import type { Mutant } from '../mutant.ts'
const view = 'effective_tenant_configs'

/** The mutants. */
export const views: readonly Mutant[] = [
  {
    id: 'schema.view-as-bound-owner',
    vector: 'C02',
    layer: 'schema',
    severity: 'low',
    what: 'a view reads with the rights of an owner that row security binds',
    sql: `alter view ${view} set (security_invoker = false)`,
    equivalent:
      'Row security is forced and no policy names the owner: the view is empty for everybody, ' +
      'which is an outage and no leak.',
  },
  {
    id: 'schema.view-as-free-owner',
    vector: 'C01',
    layer: 'schema',
    severity: 'critical',
    what: 'a view reads with the rights of an owner that row security does not bind',
    sql:
      `alter view ${view} set (security_invoker = false); alter table tenant_configs no ` +
      'force row level security; alter table tenants no force row level security',
  },
  {
    id: 'schema.view-of-superuser',
    vector: 'C01',
    layer: 'schema',
    severity: 'critical',
    what: 'a view of documents belongs to a superuser',
    sql:
      'create view document_titles as select tenant_id, title from documents; grant select ' +
      'on document_titles to {app}',
  },
  {
    id: 'schema.materialized-view',
    vector: 'C05',
    layer: 'schema',
    severity: 'critical',
    what: 'a materialized view of chunks',
    sql:
      'create materialized view chunk_texts as select chunk_id, body from chunks; grant ' +
      'select on chunk_texts to {app}',
  },
  {
    id: 'schema.unprotected-copy',
    vector: 'A16',
    layer: 'schema',
    severity: 'critical',
    what: 'a copy of chunks without row security',
    sql: 'create table chunks_old as select * from chunks; grant select on chunks_old to {app}',
  },
  {
    id: 'schema.satellite',
    vector: 'A09',
    layer: 'schema',
    severity: 'critical',
    what: 'a search table beside chunks with neither tenant nor policy',
    sql: 'create table chunk_words as select chunk_id, body as words from chunks; grant select on chunk_words to {app}',
  },
]
