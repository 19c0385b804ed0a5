/** Functions that run with their owner's rights. */
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const functions: readonly Mutant[] = [
  {
    id: 'schema.definer-reads',
    vector: 'C08',
    layer: 'schema',
    severity: 'critical',
    what: 'a function of a superuser reads documents by tenant',
    sql:
      'create function documents_of(wanted text) returns setof documents language sql ' +
      "stable security definer as 'select * from documents where tenant_id = wanted'",
  },
  {
    id: 'schema.definer-reads-all',
    vector: 'C09',
    layer: 'schema',
    severity: 'critical',
    what: 'a function of a superuser reads a chunk by its id',
    sql:
      'create function chunk_text(wanted text) returns text language sql stable security ' +
      "definer as 'select body from chunks where chunk_id = wanted'",
  },
  {
    id: 'schema.definer-sets-tenant',
    vector: 'C10',
    layer: 'schema',
    severity: 'critical',
    what: 'a function makes its caller another tenant',
    sql:
      'create function become_tenant(wanted text) returns text language sql security ' +
      "definer as 'select set_config(''tenantbench.tenant_id'', wanted, true)'",
  },
  {
    id: 'schema.definer-trigger',
    vector: 'C12',
    layer: 'schema',
    severity: 'critical',
    what: 'a trigger keeps titles where everybody reads them',
    sql:
      'create table title_log (title text); insert into title_log select title from ' +
      'documents; grant select on title_log to {app}; create function log_title() returns ' +
      "trigger language plpgsql security definer as 'begin insert into title_log values " +
      "(new.title); return null; end'; create trigger log_title after insert on documents " +
      'for each row execute function log_title()',
  },
]
