/**
 * The schema as text, from the catalogue: tables, policies, grants, constraints, functions. Names
 * of roles lose the database's name.
 */
import type { Queryable } from '../../src/index.ts'

// Not-null constraints are catalogued from version 18 on; columns say the same on every version.
const parts: readonly string[] = [
  `select format('domain %s %s collate %s %s', typname, format_type(typbasetype, typtypmod),
    collname, pg_get_constraintdef(pg_constraint.oid))
    from pg_type join pg_constraint on contypid = pg_type.oid join pg_collation
      on pg_collation.oid = typcollation
    where typtype = 'd' and typnamespace = 'public'::regnamespace order by typname`,
  `select format('table %s owner %s%s%s', relname, relowner::regrole, case when relrowsecurity
    then ' row-security' end, case when relforcerowsecurity then ' forced' end)
    from pg_class where relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and relnamespace = 'public'::regnamespace order by relname`,
  `select format('column %s.%s %s%s%s%s', relname, attname, format_type(atttypid, atttypmod), case
    when attnotnull then ' not null' end,
      ' default ' || pg_get_expr(adbin, adrelid), case attidentity when '' then '' else ' identity' end)
    from pg_class join pg_attribute on attrelid = pg_class.oid left join pg_attrdef
      on adrelid = attrelid and adnum = attnum
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and attnum > 0
      and not attisdropped order by relname, attnum`,
  `select format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid))
    from pg_constraint where conrelid <> 0 and contype <> 'n'
      and connamespace = 'public'::regnamespace order by 1`,
  `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
  `select format('policy %s on %s %s %s to %s using (%s) check (%s)', policyname, tablename,
    lower(permissive), lower(cmd), array_to_string(roles, ', '), coalesce(qual, '-'),
      coalesce(with_check, '-'))
    from pg_policies where schemaname = 'public' order by tablename, policyname`,
  `select format('grant %s on %s to %s', string_agg(lower(privilege_type), ', '
    order by privilege_type), relname, case grantee when 0 then 'public' else grantee::regrole::text end)
    from pg_class, aclexplode(relacl) where relnamespace = 'public'::regnamespace
      and grantee <> relowner group by relname, grantee order by relname, grantee::regrole::text`,
  `select format('grant %s on column %s.%s to %s', lower(privilege_type), attrelid::regclass,
    attname, case grantee when 0 then 'public' else grantee::regrole::text end)
    from pg_attribute, aclexplode(attacl) where attrelid::regclass::text !~ '^pg_' order by 1`,
  `select format('grant %s on schema %s to %s', lower(privilege_type), nspname, case grantee when 0
    then 'public' else grantee::regrole::text end)
    from pg_namespace, aclexplode(nspacl) where nspname = 'public' and grantee <> nspowner order by 1`,
  `select format('grant %s on database to %s', lower(privilege_type), case grantee when 0
    then 'public' else grantee::regrole::text end)
    from pg_database, aclexplode(datacl) where datname = current_database() and grantee <> datdba order by 1`,
  `select format('function %s owner %s%s %s %s', oid::regprocedure, proowner::regrole, case
    when prosecdef then ' security-definer' end, array_to_string(proconfig, ' '), prosrc)
    from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
  `select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1`,
]

/** Describes the schema of a database whose roles begin with `rolePrefix`. */
export async function describeSchema(admin: Queryable, rolePrefix: string): Promise<string> {
  const sections: string[] = []
  for (const part of parts) {
    const { rows } = await admin.query<{ line: string }>(
      `select line from (${part}) as described (line)`,
    )
    sections.push(rows.map(({ line }) => line.replaceAll(rolePrefix, '').trimEnd()).join('\n'))
  }
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}
