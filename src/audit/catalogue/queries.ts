/**
 * The catalogue queries, one for each kind of object, for PostgreSQL 15 to 18. Objects of the
 * system and of extensions are left out. Every query reads system catalogues only.
 */
import { notOfExtension, userSchema } from './conditions.ts'
import { reachedCode } from './reached-code.ts'

const grants = (acl: string, kind: string, owner: string): string =>
  `coalesce((select jsonb_agg(jsonb_build_object('grantee', case when a.grantee = 0 then null
    else pg_get_userbyid(a.grantee) end, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
     from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a), '[]')`
const columnNames = (relation: string, numbers: string): string =>
  `coalesce((select jsonb_agg(a.attname order by k.position) from unnest(${numbers}) with ` +
  `ordinality k(number, position) left join pg_attribute a on a.attrelid = ${relation} and ` +
  `a.attnum = k.number and k.number > 0), '[]')`

/**
 * Printing a definition locks what it names: what another session holds, and what names that, is
 * left out (`lockedQuery`).
 */
const free = (relation: string): string =>
  `${relation} <> all (current_setting('tenantbench.locked')::oid[])`

/**
 * Relations that another session holds in ACCESS EXCLUSIVE mode, or waits to, with the views and
 * the tables whose definitions name them: `through` is the relation that is locked itself, null for
 * that one.
 */
export const lockedQuery = `with recursive held as (
    select distinct l.relation as oid from pg_locks l
    where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.pid is distinct from pg_backend_pid()
      and l.database = (select oid from pg_database where datname = current_database())),
  reached(oid, through) as (
    select oid, oid from held
    union
    select next.oid, r.through from reached r cross join lateral (
      select w.ev_class as oid from pg_depend d join pg_rewrite w on w.oid = d.objid
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
          and d.refobjid = r.oid
      union
      select p.polrelid from pg_depend d join pg_policy p on p.oid = d.objid
        where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
          and d.refobjid = r.oid) next)
  select c.oid::int8 as oid, n.nspname as schema, c.relname as name, min(case when r.through = c.oid
    then null else t.relname end) as through,
    bool_or(r.through = c.oid) as held
  from reached r join pg_class c on c.oid = r.oid join pg_namespace n on n.oid = c.relnamespace
    join pg_class t on t.oid = r.through
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${userSchema('n.nspname')}
    group by c.oid, n.nspname, c.relname order by 2, 3`

/** Text of each query, by what it reads. */
export const catalogueQueries = {
  database: `select d.datname as name, pg_get_userbyid(d.datdba) as owner,
    ${grants('d.datacl', 'd', 'd.datdba')} as grants,
      pg_encoding_to_char(d.encoding) as encoding, d.datcollate as collation, current_user as "currentRole",
      current_setting('server_version_num')::int as version, current_setting('server_version') as
        "versionText",
      coalesce(current_setting('lo_compat_privileges', true), 'off') = 'on' as "largeObjectsCompatible",
      coalesce((select not (pg_get_viewdef(c.oid) ~*
        'has_column_privilege|row_security_active|pg_has_role') from pg_class c
          where c.oid = to_regclass('pg_catalog.pg_stats_ext')), false) as "statisticsViewOld"
    from pg_database d where d.datname = current_database()`,

  roles: `select rolname as name, rolsuper as superuser, rolinherit as inherit, rolcreaterole as
    "createRole", rolcreatedb as "createDatabase",
      rolcanlogin as login, rolreplication as replication, rolbypassrls as "bypassRls", oid = 10 as bootstrap
    from pg_roles where rolname !~ '^pg_' or oid = 10 order by rolname`,

  memberships: `select g.rolname as role, m.rolname as member, am.admin_option as admin,
      coalesce((to_jsonb(am) ->> 'inherit_option')::boolean, m.rolinherit) as inherit,
        coalesce((to_jsonb(am) ->> 'set_option')::boolean, true) as set
    from pg_auth_members am join pg_roles g on g.oid = am.roleid join pg_roles m on m.oid = am.member
    where m.rolname !~ '^pg_' order by 1, 2`,

  storedSettings: `select r.rolname as role, split_part(s.setting, '=', 1) as name,
    substr(s.setting, strpos(s.setting, '=') + 1) as value
    from pg_db_role_setting d left join pg_roles r on r.oid = d.setrole cross
      join unnest(d.setconfig) s(setting)
    where d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and (d.setrole = 0 or r.rolname is not null)
    order by d.setdatabase, r.rolname nulls first, 2`,

  schemas: `select nspname as name, pg_get_userbyid(nspowner) as owner,
    ${grants('nspacl', 'n', 'nspowner')} as grants
    from pg_namespace n where ${userSchema('nspname')}
      and ${notOfExtension('pg_namespace', 'n.oid')} order by 1`,

  relations: `select c.oid::int8 as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
    pg_get_userbyid(c.relowner) as owner, c.relpersistence as persistence,
      c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced, c.relispartition as "isPartition",
      pg_get_expr(c.relpartbound, c.oid) as "partitionBound", case when c.relkind = 'p'
        then pg_get_partkeydef(c.oid) end as "partitionKey",
      coalesce((select jsonb_agg(i.inhparent::int8 order by i.inhseqno) from pg_inherits i
        where i.inhrelid = c.oid), '[]') as parents,
      coalesce(to_jsonb(c.reloptions), '[]') as options,
        ${grants('c.relacl', 'r', 'c.relowner').replace("acldefault('r'", "acldefault(case when c.relkind = 'S' then 's' else 'r' end::\"char\"")} as grants,
      case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
      (select s.srvname from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver
        where f.ftrelid = c.oid) as server,
      (select jsonb_build_object('table', d.refobjid::int8, 'column', a.attname) from pg_depend d
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid
          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1) as "ownedBy",
      obj_description(c.oid, 'pg_class') as comment,
      coalesce((select jsonb_agg(distinct d.refobjid::int8) from pg_rewrite w join pg_depend d
        on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
        where c.relkind in ('v', 'm') and w.ev_class = c.oid and w.rulename = '_RETURN'
          and d.refobjid <> c.oid), '[]') as reads
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't'
      and ${free('c.oid')} and ${userSchema('n.nspname')} and ${notOfExtension('pg_class', 'c.oid')}
    order by n.nspname, c.relname`,

  columns: `select a.attrelid::int8 as relation, a.attname as name, format_type(a.atttypid,
    a.atttypmod) as type,
      format_type(coalesce(nullif(base.oid, 0), t.oid), null) as "baseType", t.typtype as "typeKind",
      coalesce((select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e
        where e.enumtypid = coalesce(base.oid, t.oid)), '[]') as "enumLabels",
      a.attnotnull as "notNull", case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid)
        else pg_get_expr(d.adbin, d.adrelid) end as "defaultSql",
      a.attgenerated as generated, a.attidentity as identity,
      case when a.attcollation <> t.typcollation then quote_ident(cn.nspname) || '.' ||
        quote_ident(co.collname) end as collation,
      coalesce(co.collisdeterministic, true) as deterministic, a.attinhcount > 0
        and not a.attislocal as inherited,
      coalesce((select jsonb_agg(jsonb_build_object('grantee', case when g.grantee = 0 then null
        else pg_get_userbyid(g.grantee) end, 'privilege', g.privilege_type, 'grantable', g.is_grantable))
        from aclexplode(a.attacl) g), '[]') as grants
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n
      on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
      left join lateral (with recursive up(oid, typtype, typbasetype) as (
          select t.oid, t.typtype, t.typbasetype union all select b.oid, b.typtype, b.typbasetype
            from up join pg_type b on b.oid = up.typbasetype where up.typtype = 'd')
        select oid from up where typtype <> 'd' limit 1) base on true
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join pg_collation co on co.oid = a.attcollation left join pg_namespace cn
        on cn.oid = co.collnamespace
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and c.relpersistence <> 't' and ${free('c.oid')} and ${userSchema('n.nspname')}
    order by a.attrelid, a.attnum`,

  constraints: `select o.conname as name, o.conrelid::int8 as table, o.contype as kind,
    ${columnNames('o.conrelid', 'o.conkey')} as columns,
      nullif(o.confrelid, 0)::int8 as target, ${columnNames('o.confrelid', 'o.confkey')} as
        "targetColumns", o.confdeltype as "onDelete", o.confupdtype as "onUpdate",
      pg_get_constraintdef(o.oid) as definition, not o.conislocal or o.conparentid <> 0 as inherited
    from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
    where o.contype in ('p', 'u', 'f', 'c', 'x') and ${free('c.oid')} and ${userSchema('n.nspname')}
      and ${notOfExtension('pg_class', 'c.oid')} order by 2, 3 desc, 1`,

  indexes: `select i.relname as name, x.indrelid::int8 as table, x.indisunique as unique,
    x.indisprimary as primary, x.indisexclusion as exclusion,
      exists (select 1 from pg_constraint o where o.conindid = x.indexrelid
        and o.contype in ('p', 'u', 'x')) as "ofConstraint",
      exists (select 1 from pg_inherits h where h.inhrelid = x.indexrelid) as inherited,
      (select jsonb_agg(case when x.indkey[k] = 0 then null else a.attname end order by k)
        from generate_series(0, x.indnkeyatts - 1) k left join pg_attribute a
          on a.attrelid = x.indrelid and a.attnum = x.indkey[k]) as columns,
      pg_get_expr(x.indpred, x.indrelid) as predicate, pg_get_indexdef(x.indexrelid) as definition
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
    where ${free('c.oid')} and ${userSchema('n.nspname')} and ${notOfExtension('pg_class', 'c.oid')}
      and x.indislive order by 2, 1`,

  policies: `select p.polrelid::int8 as table, p.polname as name, p.polcmd as command,
    p.polpermissive as permissive,
      coalesce((select jsonb_agg(pg_get_userbyid(r) order by 1) from unnest(p.polroles) r
        where r <> 0), '[]') as roles,
      pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
    from pg_policy p where ${free('p.polrelid')} order by 1, 2`,

  functions: `select p.oid::int8 as oid, n.nspname as schema, p.proname as name,
    pg_get_function_identity_arguments(p.oid) as "identityArguments",
      coalesce(to_jsonb(p.proargnames), '[]') as "argumentNames",
      coalesce((select jsonb_agg(format_type(t, null) order by k)
        from unnest(p.proargtypes) with ordinality u(t, k)), '[]') as "argumentTypes",
      p.pronargdefaults as defaults, format_type(p.prorettype, null) as returns, p.proretset as
        "returnsSet", p.prokind as kind, l.lanname as language, l.lanpltrusted
          or l.lanname in ('sql', 'internal') as "trustedLanguage",
      p.provolatile as volatility, p.prosecdef as definer, p.proleakproof as leakproof,
        pg_get_userbyid(p.proowner) as owner, coalesce(to_jsonb(p.proconfig), '[]') as settings,
      p.prosrc as source, case when p.prokind in ('f', 'p') and not exists (select 1
        from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
          and d.refclassid = 'pg_class'::regclass and not ${free('d.refobjid')})
            then pg_get_functiondef(p.oid) end as definition,
            ${grants('p.proacl', 'f', 'p.proowner')} as grants
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where ${userSchema('n.nspname')} and ${notOfExtension('pg_proc', 'p.oid')}
      and not exists (select 1 from pg_depend d where d.classid = 'pg_proc'::regclass
        and d.objid = p.oid and d.deptype = 'i')
    order by n.nspname, p.proname, 4`,

  triggers: `select t.tgrelid::int8 as table, t.tgname as name, t.tgfoid::int8 as function,
    pg_get_triggerdef(t.oid) as definition, t.tgenabled as enabled
    from pg_trigger t where not t.tgisinternal and t.tgparentid = 0 and ${free('t.tgrelid')} order by 1, 2`,

  rules: `select w.ev_class::int8 as table, w.rulename as name, pg_get_ruledef(w.oid) as definition
    from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
    where w.rulename <> '_RETURN' and ${free('c.oid')} and ${userSchema('n.nspname')}
      and ${notOfExtension('pg_class', 'c.oid')} order by 1, 2`,

  types: `select n.nspname as schema, t.typname as name, t.typtype as kind,
    pg_get_userbyid(t.typowner) as owner,
      case t.typtype
        when 'e' then 'AS ENUM (' || coalesce((select string_agg(quote_literal(e.enumlabel), ', '
          order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), '') || ')'
        when 'd' then 'AS ' || format_type(t.typbasetype, t.typtypmod) || coalesce(' DEFAULT ' ||
          t.typdefault, '') || case when t.typnotnull then ' NOT NULL' else '' end ||
          coalesce((select string_agg(' CONSTRAINT ' || quote_ident(o.conname) || ' ' ||
            pg_get_constraintdef(o.oid), '' order by o.conname) from pg_constraint o
            where o.contypid = t.oid and o.contype = 'c'), '')
        when 'c' then 'AS (' || coalesce((select string_agg(quote_ident(a.attname) || ' ' ||
          format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) from pg_attribute a
            where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '') || ')'
        when 'r' then 'AS RANGE (SUBTYPE = ' || (select format_type(r.rngsubtype, null)
          from pg_range r where r.rngtypid = t.oid) || ')'
      end as definition
    from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
    where t.typtype in ('e', 'd', 'c', 'r') and (t.typtype <> 'c' or c.relkind = 'c')
      and ${userSchema('n.nspname')} and ${notOfExtension('pg_type', 't.oid')} order by t.oid`,

  collations: `select n.nspname as schema, c.collname as name, pg_get_userbyid(c.collowner) as owner,
      '(provider = ' || case c.collprovider when 'i' then 'icu' when 'c' then 'libc'
        else 'builtin' end || ', locale = ' ||
      quote_literal(coalesce(to_jsonb(c) ->> 'colliculocale', to_jsonb(c) ->> 'colllocale',
        c.collcollate, 'C')) || ', deterministic = ' || c.collisdeterministic || ')' as definition
    from pg_collation c join pg_namespace n on n.oid = c.collnamespace
      where ${userSchema('n.nspname')} and ${notOfExtension('pg_collation', 'c.oid')} order by 1, 2`,

  extensions:
    'select e.extname as name, n.nspname as schema from pg_extension e join ' +
    `pg_namespace n on n.oid = e.extnamespace where e.extname <> 'plpgsql' order by 1`,

  defaultPrivileges: `select pg_get_userbyid(d.defaclrole) as owner, n.nspname as schema,
    d.defaclobjtype as objects, ${grants('d.defaclacl', 'r', 'd.defaclrole')} as grants
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace order by 1, 2`,

  published: `select p.pubname as publication, c.oid::int8 as table, coalesce(r.prqual is not null,
    false) as filtered
    from pg_publication_tables t join pg_publication p on p.pubname = t.pubname join pg_namespace n
      on n.nspname = t.schemaname join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
      left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid order by 1, 2`,

  servers: `select s.srvname as name, w.fdwname as wrapper, pg_get_userbyid(s.srvowner) as owner,
    ${grants('s.srvacl', 'S', 's.srvowner')} as grants,
      coalesce((select jsonb_agg(case when m.umuser = 0 then null
        else pg_get_userbyid(m.umuser) end) from pg_user_mappings m where m.srvid = s.oid), '[]') as mappings
    from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw order by 1`,

  wrappersUsable:
    'select w.fdwname as name, pg_get_userbyid(w.fdwowner) as owner, ' +
    `${grants('w.fdwacl', 'F', 'w.fdwowner')} as grants from pg_foreign_data_wrapper w ` +
    'order by 1',

  subscriptions: `select subname as name from pg_stat_subscription order by 1`,

  eventTriggers: `select evtname as name from pg_event_trigger order by 1`,

  parameterGrants:
    `select parname as parameter, ${grants('paracl', 'p', '10')} as grants from ` +
    'pg_parameter_acl order by 1',

  readByPolicies: `select distinct p.polrelid::int8 as relation, d.refobjid::int8 as reads
    from pg_depend d join pg_policy p on p.oid = d.objid
    where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid <> p.polrelid order by 1, 2`,

  ambientFunctions: `select distinct f.oid::int8 as oid from pg_proc f join pg_namespace n
    on n.oid = f.pronamespace
    where ${userSchema('n.nspname')} and ${notOfExtension('pg_proc', 'f.oid')} and (
      exists (select 1 from pg_operator o where o.oprcode = f.oid) or exists (select 1
        from pg_cast c where c.castfunc = f.oid)
      or exists (select 1 from pg_depend d join pg_constraint o on o.oid = d.objid and o.contypid <> 0
        where d.classid = 'pg_constraint'::regclass and d.refclassid = 'pg_proc'::regclass
          and d.refobjid = f.oid))
    order by 1`,

  ...reachedCode,
} as const
