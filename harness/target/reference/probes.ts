/**
 * What a tenant reaches when the application forgets every filter: all rows of every tenant table,
 * the text of a database error, notices, cost lines. Each probe is written so that it brings the
 * tenant's own mark along; a probe that sees nothing proves nothing.
 */
import type { Crossing } from '../../../src/base/boundaries.ts'
import { messageOf } from '../../../src/base/errors.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import { queryAsTenant, withTenant, type Row, type TenantDatabase } from '../../../src/index.ts'

const mostRows = 20_000

/** Runs all probes of one tenant. `notices` collects what the database says while they run. */
export async function probeTenant(
  database: TenantDatabase,
  tenantId: TenantId,
  notices: (tenantId: TenantId) => readonly string[],
): Promise<readonly Crossing[]> {
  return [
    await rows(database, tenantId),
    await errors(database, tenantId),
    await raisedNotices(database, tenantId, notices),
    await costLines(database, tenantId),
  ]
}

async function all(
  database: TenantDatabase,
  tenantId: TenantId,
  text: string,
): Promise<readonly Row[]> {
  return queryAsTenant(database, tenantId, { text: `${text} limit ${mostRows}`, values: [] })
}

/**
 * Texts of chunks and documents, and whose the rows of the other tables are, read without any
 * filter. Cost lines are below.
 */
async function rows(database: TenantDatabase, tenantId: TenantId): Promise<Crossing> {
  const chunks = await all(database, tenantId, 'select chunk_id, body from chunks')
  const documents = await all(database, tenantId, 'select title from documents')
  const others = await all(
    database,
    tenantId,
    'select tenant_id from placements union all select tenant_id from tenants union all select ' +
      'tenant_id from tenant_configs union all select tenant_id from tenant_config_history union ' +
      'all select tenant_id from namespace_sizes',
  )
  return {
    boundary: 'rows',
    texts: [
      ...chunks.map(({ body }) => String(body)),
      ...documents.map(({ title }) => String(title)),
    ],
    identifiers: [
      ...chunks.map(({ chunk_id: id }) => String(id)),
      ...others.map(({ tenant_id: id }) => String(id)),
    ],
  }
}

const castOfTitles = `
  select string_agg(title, '; ')::integer
  from (select split_part(body, e'\\n', 1) as title from chunks
    order by chunk_id limit ${mostRows / 10}) as titles`

/** A cast that fails puts a value into the error's text: whose, row security decides. */
async function errors(database: TenantDatabase, tenantId: TenantId): Promise<Crossing> {
  try {
    await queryAsTenant(database, tenantId, { text: castOfTitles, values: [] })
    return { boundary: 'errors', texts: [], identifiers: [] }
  } catch (error) {
    return { boundary: 'errors', texts: textsOfError(error), identifiers: [] }
  }
}

/**
 * Everything an error says, over all its causes: PostgreSQL puts values into detail, hint and where
 * as well.
 */
export function textsOfError(error: unknown): readonly string[] {
  const texts = [messageOf(error)]
  if (typeof error !== 'object' || error === null) return texts
  for (const key of ['detail', 'hint', 'where'] as const) {
    const said: unknown = (error as Readonly<Record<string, unknown>>)[key]
    if (typeof said === 'string') texts.push(said)
  }
  return 'cause' in error && error.cause !== undefined
    ? [...texts, ...textsOfError(error.cause)]
    : texts
}

/** A notice for each chunk the tenant can see. */
async function raisedNotices(
  database: TenantDatabase,
  tenantId: TenantId,
  notices: (tenantId: TenantId) => readonly string[],
): Promise<Crossing> {
  await withTenant(database, tenantId, async (session) => {
    await session.query(
      'do $$ declare title text; begin for title in select documents.title from documents ' +
        `limit ${mostRows} loop raise notice '%', title; end loop; end $$`,
    )
  })
  return { boundary: 'notices', texts: notices(tenantId), identifiers: [] }
}

/** Usage, charges and ledger, read without any filter. */
async function costLines(database: TenantDatabase, tenantId: TenantId): Promise<Crossing> {
  const lines = await all(
    database,
    tenantId,
    'select tenant_id, request_id from usage_events union all select tenant_id, sku from ' +
      'charges union all select tenant_id, component from ledger',
  )
  return {
    boundary: 'cost-lines',
    texts: [],
    identifiers: lines.flatMap(({ tenant_id: owner, request_id: requestId }) => [
      String(owner),
      String(requestId),
    ]),
  }
}
