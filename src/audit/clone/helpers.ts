/**
 * Functions that a stage has beside the database's own. A judged session calls them in its own
 * transaction: to see what it really did, with the rights of a role that reads every row and can do
 * nothing else, and to do what only an object's owner may. No session ever is the superuser's. All
 * names in them are qualified: the search path does not decide what they mean.
 */
import { nameOf } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { makeAll, type Piece } from './piece.ts'
import type { Superuser } from './server.ts'

/** How the functions are called. */
export interface Helpers {
  /** A SELECT of rows as the observer sees them, one text each, as PostgreSQL prints a row. */
  observe(wanted: Observation): string
  /** Runs SQL as an owner, in the caller's transaction. */
  actAs(owner: string, sql: string): string
  /** A condition that tells whatever row it is asked about, by a notice. */
  look(column: string): string
}

/**
 * Rows to be seen: of a table or materialized view, in SQL; `columns` and `condition` are SQL of
 * ours.
 */
export interface Observation {
  readonly relation: { readonly schema: string; readonly name: string }
  readonly columns?: readonly string[]
  readonly condition?: string
  /** Only what the present transaction wrote, its savepoints too. */
  readonly written?: boolean
}

/**
 * Makes the functions in a schema and for a role of given names, both new. Runs nothing of the
 * database's own.
 */
export async function makeHelpers(superuser: Superuser, options: HelperOptions): Promise<Helpers> {
  const { schema, observer, owners, lookup } = options
  // What could not be built has nothing to be granted; that is told where it was not built.
  await makeAll(readingPieces(observer, lookup), ({ sql }) => superuser.run(sql))
  const own = quoted(schema)
  const numbers = new Map(owners.map((owner, position) => [owner, position]))
  const acting = owners.map((owner, position) => actingSql(`${own}.act_${position}`, owner))
  await superuser.run(
    [
      `create schema ${own}`,
      observingSql(`${own}.rows`),
      `alter function ${own}.rows(pg_catalog.text, pg_catalog.text, pg_catalog.text, ` +
        `pg_catalog.bool) owner to ${quoted(observer)}`,
      lookingSql(`${own}.look`),
      `alter function ${own}.look(pg_catalog.anyelement) owner to ${quoted(observer)}`,
      ...acting,
      `grant usage on schema ${own} to public`,
    ].join(';\n'),
  )
  return {
    observe: ({ relation, columns = [], condition = 'true', written = false }) => {
      const list = columns.length === 0 ? '*' : columns.map(quoted).join(', ')
      return (
        `select * from ${own}.rows(${literal(qualified(relation))}, ${literal(list)}, ` +
        `${literal(condition)}, ${written})`
      )
    },
    actAs: (owner, sql) => `select ${own}.act_${numbers.get(owner) ?? 'nobody'}(${literal(sql)})`,
    look: (column) => `${own}.look(${quoted(column)})`,
  }
}

/** Who the functions belong to: an observer, and each owner of something. */
export interface HelperOptions {
  readonly schema: string
  readonly observer: string
  readonly owners: readonly string[]
  readonly lookup: Lookup
}

/**
 * The role as which rows are observed. No system catalogue beyond what anybody reads: code of the
 * session may call `rows` too.
 */
export function observerSql(observer: string): string {
  return `CREATE ROLE ${quoted(observer)} NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION BYPASSRLS`
}

/**
 * What the observer may read: all rows of the database's own tables and materialized views, which
 * are planted ones.
 */
function readingPieces(observer: string, { catalogue }: Lookup): readonly Piece[] {
  const role = quoted(observer)
  const holding = catalogue.relations.filter(({ kind }) => ['r', 'p', 'm'].includes(kind))
  return [
    ...catalogue.schemas.map(({ name }) => ({
      object: `schema ${name}`,
      sql: `GRANT USAGE ON SCHEMA ${quoted(name)} TO ${role}`,
    })),
    ...holding.map((each) => ({
      object: nameOf(each),
      sql: `GRANT SELECT ON TABLE ${qualified(each)} TO ${role}`,
    })),
  ]
}

/**
 * A view could run anything as the observer: only what holds rows of its own is read, and rows are
 * printed without casts.
 */
function observingSql(name: string): string {
  return `create function ${name}(relation pg_catalog.text, columns pg_catalog.text, condition
    pg_catalog.text, written pg_catalog.bool)
returns setof pg_catalog.text language plpgsql security definer set search_path = '' as $body$
begin
  if not exists (select from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass(relation)
    and c.relkind in ('r', 'p', 'm')) then
    raise exception '% holds no rows', relation using errcode = '42809';
  end if;
  if written then
    condition := '(' || condition ||
      ') and xmin::pg_catalog.text::pg_catalog.numeric >= (pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.numeric % 4294967296)';
  end if;
  return query execute 'select pg_catalog.format(''%s'', seen) from (select ' || columns || ' from '
    || relation || ' where ' || condition || ') seen';
end $body$`
}

/** Cheap on purpose: the planner then runs it before the conditions of a view without a barrier. */
function lookingSql(name: string): string {
  return `create function ${name}(pg_catalog.anyelement) returns pg_catalog.bool language plpgsql
    cost 0.0000001 as $body$
begin raise notice '%', $1; return true; end $body$`
}

function actingSql(name: string, owner: string): string {
  return `create function ${name}(wanted pg_catalog.text) returns pg_catalog.void language plpgsql
    security definer set search_path = '' as $body$
begin execute wanted; end $body$; alter function ${name}(pg_catalog.text) owner to ${quoted(owner)}`
}
