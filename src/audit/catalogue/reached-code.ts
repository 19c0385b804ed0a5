/**
 * Which functions run when a relation is read, and when rows are planted, from the stored
 * expression trees: they hold numbers, not names. Dependencies alone would not do, because none is
 * recorded on what the system itself brings along.
 */
import { notOfExtension, userSchema } from './conditions.ts'

/**
 * Volatile functions of the system and of its extensions that change nothing which a rollback or
 * the end of the session leaves behind.
 */
const harmless =
  `random random_normal setseed gen_random_uuid gen_random_bytes gen_salt uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4
  clock_timestamp timeofday nextval currval lastval set_config pg_sleep pg_sleep_for pg_sleep_until txid_current txid_current_if_assigned
  pg_current_xact_id pg_current_xact_id_if_assigned pg_backend_pid array_shuffle array_sample pg_notification_queue_usage pg_is_other_temp_schema`.split(
    /\s+/,
  )

/** Not volatile, and yet they run a query that they are given the text or the name of. */
const runners = [
  'table_to_xml',
  'table_to_xmlschema',
  'table_to_xml_and_xmlschema',
  'schema_to_xml',
  'schema_to_xmlschema',
  'schema_to_xml_and_xmlschema',
  'database_to_xml',
  'database_to_xmlschema',
  'database_to_xml_and_xmlschema',
]

const listed = (names: readonly string[]): string =>
  `(${names.map((name) => `'${name}'`).join(', ')})`

/**
 * Whether a function (an alias of pg_proc) is not the database's own and may act beyond the
 * statement, or run SQL it is handed.
 */
const acting = (f: string): string =>
  `(${f}.pronamespace in (select n.oid from pg_namespace n where not (${userSchema('n.nspname')})) or not ${notOfExtension('pg_proc', `${f}.oid`)})
    and ${f}.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and (${f}.provolatile = 'v' and ${f}.proname not in ${listed(harmless)} or ${f}.proname in ${listed(runners)})`

/**
 * `calls` holds (relation, function, planting, reading); relation 0 is a domain or a type, which
 * any statement may come upon.
 */
const calls = `with trees(relation, planting, reading, tree) as (
      select polrelid, false, true, coalesce(polqual::text, '') || coalesce(polwithcheck::text, '')
        from pg_policy
      union all select w.ev_class, c.relkind = 'm', c.relkind <> 'm', w.ev_qual::text || w.ev_action::text
        from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n
          on n.oid = c.relnamespace where ${userSchema('n.nspname')}
      union all select indrelid, true, true, coalesce(indexprs::text, '') || coalesce(indpred::text,
        '') from pg_index where indexprs is not null or indpred is not null
      union all select conrelid, true, true, conbin::text from pg_constraint where conbin is not null
      union all select adrelid, true, false, adbin::text from pg_attrdef
      union all select stxrelid, true, true, stxexprs::text from pg_statistic_ext where stxexprs is not null
      union all select partrelid, true, true, partexprs::text from pg_partitioned_table
        where partexprs is not null
      union all select oid, true, true, relpartbound::text from pg_class where relpartbound is not null
      union all select 0, true, true, typdefaultbin::text from pg_type where typdefaultbin is not null),
    found as (
      select relation, planting, reading, m[1] in ('opno', 'eqop', 'sortop') as operator, m[2]::oid as number
        from trees, regexp_matches(tree,
          ':(funcid|opfuncid|winfnoid|aggfnoid|opno|eqop|sortop) (\\d+)', 'g') m
      union all select relation, planting, reading, true, each::oid
        from trees, regexp_matches(tree, ':opnos \\(o ([\\d ]+)\\)', 'g') m,
          regexp_split_to_table(m[1], ' ') each where each <> ''),
    named as (
      select relation, planting, reading, case when operator then (select o.oprcode::oid
        from pg_operator o where o.oid = number) else number end as function from found),
    calls as (
      select distinct relation, planting, reading, function from named
      union select n.relation, n.planting, n.reading, part from named n join pg_aggregate a
        on a.aggfnoid = n.function,
        unnest(array[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn,
          a.aggmfinalfn]::oid[]) part where part <> 0)`

/** The queries. */
export const reachedCode = {
  calledByRelations: `${calls}, used as (
      select p.polrelid as relation, d.refclassid, d.refobjid from pg_depend d join pg_policy p
        on d.classid = 'pg_policy'::regclass and p.oid = d.objid
      union select w.ev_class, d.refclassid, d.refobjid from pg_depend d join pg_rewrite w
        on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid)
    select distinct u.relation::int8 as relation, f.oid::int8 as function from used u join pg_proc f
      on (u.refclassid = 'pg_proc'::regclass and f.oid = u.refobjid)
      or (u.refclassid = 'pg_operator'::regclass and f.oid = (select o.oprcode from pg_operator o
        where o.oid = u.refobjid))
    union select c.relation::int8, c.function::int8 from calls c where c.reading
    order by 1, 2`,

  actingInRelations: `${calls} select distinct c.relation::int8 as relation, f.proname as name
    from calls c join pg_proc f on f.oid = c.function
    where c.reading and c.relation <> 0 and ${acting('f')} order by 1, 2`,

  actingAround: `${calls} select distinct f.proname as name from pg_proc f
    where ${acting('f')} and (exists (select 1 from calls c where c.relation = 0 and c.function = f.oid)
      or exists (select 1 from pg_operator o where o.oprcode = f.oid and o.oid >= 16384
        and ${notOfExtension('pg_operator', 'o.oid')})
      or exists (select 1 from pg_cast c where c.castfunc = f.oid and c.oid >= 16384
        and ${notOfExtension('pg_cast', 'c.oid')})
      or exists (select 1 from pg_aggregate a where a.aggfnoid >= 16384
        and f.oid in (a.aggtransfn, a.aggfinalfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn,
          a.aggcombinefn) and ${notOfExtension('pg_proc', 'a.aggfnoid')}))
    order by 1`,

  actingNames: `select distinct f.proname as name from pg_proc f where ${acting('f')} order by 1`,

  plantingFunctions: `${calls}, direct as (select f.oid from pg_depend d join pg_proc f
      on (d.refclassid = 'pg_proc'::regclass and f.oid = d.refobjid)
      or (d.refclassid = 'pg_operator'::regclass and f.oid = (select o.oprcode from pg_operator o
        where o.oid = d.refobjid))
    where d.classid in ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_class'::regclass,
      'pg_type'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_amproc'::regclass,'pg_statistic_ext'::regclass,
        'pg_amop'::regclass)
      or (d.classid = 'pg_rewrite'::regclass and exists (select 1 from pg_rewrite w join pg_class c
        on c.oid = w.ev_class where w.oid = d.objid and c.relkind = 'm'))
    union select c.function from calls c where c.planting)
    select f.oid::int8 as oid from direct join pg_proc f using (oid) join pg_namespace n
      on n.oid = f.pronamespace
    where ${userSchema('n.nspname')} and ${notOfExtension('pg_proc', 'f.oid')} order by 1`,

  actingWhenPlanted:
    `${calls} select distinct f.proname as name from calls c join pg_proc f on f.oid = ` +
    `c.function where c.planting and ${acting('f')} order by 1`,
} as const
