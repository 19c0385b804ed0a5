/**
 * Reading as a hunt does: everything a role may read, without any filter, in every relation that
 * the catalogue knows.
 */
import type { Database, Queryable, Row, TenantDatabase } from '../../../src/index.ts'
import { messageOf } from '../../../src/base/errors.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import { queryAsTenant, withTenant } from '../../../src/index.ts'

const mostRows = 2_000

/** One statement that reads every relation that the current role may read, each row as JSON. */
export async function readEverything(as: Queryable): Promise<string> {
  const { rows } = await as.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p', 'v', 'm', 'f')
       and has_table_privilege(current_user, oid, 'select') order by relname`,
  )
  return rows
    .map(
      ({ name }) =>
        `(select to_jsonb(found)::text as seen from public."${name}" as found limit ${mostRows})`,
    )
    .join(' union all ')
}

/** The texts of rows. */
export function textsOf(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => (typeof row['seen'] === 'string' ? row['seen'] : JSON.stringify(row)))
}

/** Reads in a transaction of the tenant's. */
export async function inSession(
  database: TenantDatabase,
  tenantId: TenantId,
  text: string,
): Promise<readonly string[]> {
  return textsOf(
    await withTenant(database, tenantId, async (session) => (await session.query(text)).rows),
  )
}

/** Reads by the fast path. */
export async function inOneGo(
  database: TenantDatabase,
  tenantId: TenantId,
  text: string,
): Promise<readonly string[]> {
  return textsOf(await queryAsTenant(database, tenantId, { text, values: [] }))
}

/** Reads without saying who asks. */
export async function asNobody(app: Database, text: string): Promise<readonly string[]> {
  return textsOf((await app.query(text)).rows)
}

/** The error of what should fail, as texts; none when it did not fail. */
export async function errorTexts(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work
    return []
  } catch (error) {
    const {
      detail = '',
      hint = '',
      where = '',
    } = error as { readonly detail?: string; readonly hint?: string; readonly where?: string }
    return [messageOf(error), detail, hint, where]
  }
}

/** The SQLSTATE that work ends in, or `done`. */
export async function stateOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error
      ? String(error.code)
      : messageOf(error)
  }
}
