/**
 * What the isolation tests share: a tenant with a row in every tenant table, and assertions that a
 * planted fault must break.
 */
import { expect } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { picoUsd } from '../../src/base/money.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import { recordUsage } from '../../src/cost/store/usage.ts'
import { sqlState } from '../../src/db/pool.ts'
import {
  openDatabase,
  postMonth,
  withTenant,
  writePromptTemplate,
  type Database,
  type DayCharge,
  type Queryable,
  type TenantDatabase,
  type UsageEvent,
} from '../../src/index.ts'
import type { TestDatabase } from '../support/database.ts'

/** Every table with tenant rows; a test compares the list with the catalogue. */
export const tenantTables = [
  'charges',
  'chunks',
  'documents',
  'ledger',
  'namespace_sizes',
  'placements',
  'prompt_templates',
  'tenant_config_history',
  'tenant_configs',
  'tenants',
  'usage_events',
] as const
/** Every view of tenant rows. */
export const tenantViews = ['effective_tenant_configs'] as const
const tenantRelations = [...tenantTables, ...tenantViews]

/** One usage event of a tenant. */
export function usageOf(tenantId: TenantId, idempotencyKey: string): UsageEvent {
  return {
    tenantId,
    idempotencyKey,
    requestId: `request-${idempotencyKey}`,
    occurredAtMs: Date.UTC(2026, 10, 3),
    operation: 'chat',
    provider: 'openai',
    sku: 'gpt-4o-mini',
    attempt: 1,
    outcome: 'completed',
    estimated: false,
    quantities: { 'input-tokens': 1_200, 'output-tokens': 80 },
  }
}

/** Signs a tenant up and gives it a row in every tenant table. */
export async function settle(db: TestDatabase, text: string): Promise<TenantId> {
  const tenantId = await db.signUp(text)
  await withTenant(db.database, tenantId, async (session) => {
    await addDocument(session, tenantId, 'd1')
    await session.query(
      'insert into namespace_sizes (tenant_id, records, bytes) values ($1, 2, 2048)',
      [tenantId],
    )
  })
  await writePromptTemplate(db.database, systemClock, {
    tenantId,
    name: 'house-style',
    template: { body: `${text} says:\n{{passages}}\n\n{{question}}`, slots: {} },
  })
  await recordUsage(db.database, [usageOf(tenantId, 'u1')], systemClock.nowMs())
  // A month of its own for each: posting a month again without somebody would take back what that
  // tenant was charged.
  const { rows } = await db.operator.query<{ tenants: number }>(
    'select count(*)::int as tenants from tenants',
  )
  await postMonth(
    db.operator,
    postingOf(`${2026 + (rows[0]?.tenants ?? 0)}-11`, [[tenantId, 'openai.chat', 1_000n]]),
  )
  return tenantId
}

/** A month with charges and direct lines of so many pico-dollars. */
export function postingOf(
  month: string,
  amounts: readonly (readonly [tenantId: TenantId, component: string, amount: bigint])[],
  unallocated: readonly (readonly [string, bigint])[] = [],
): Parameters<typeof postMonth>[1] {
  const charges = amounts.map(([tenantId, component, amount]): DayCharge => ({
    tenantId,
    component,
    dayMs: Date.UTC(2026, 10, 3),
    provider: 'openai',
    sku: 'gpt-4o-mini',
    service: 'standard',
    unit: 'input-tokens',
    quantity: { numerator: amount, denominator: 1n },
    exact: { numerator: amount, denominator: 1n },
    amount: picoUsd(amount),
    use: { events: 1n, retried: 0n, estimated: 0n },
  }))
  const lines = amounts.map(([tenantId, component, amount]) => ({
    tenantId,
    component,
    method: 'direct' as const,
    ratio: { numerator: 1n, denominator: 1n },
    amount: picoUsd(amount),
  }))
  return {
    month,
    postedAtMs: systemClock.nowMs(),
    book: { id: 'test', sha256: 'none' },
    charges,
    allocation: {
      lines,
      unallocated: new Map(unallocated.map(([component, amount]) => [component, picoUsd(amount)])),
    },
  }
}

/** Adds a document with two chunks. */
export async function addDocument(
  session: Queryable,
  tenantId: string,
  documentId: string,
): Promise<void> {
  await session.query("insert into documents values ($1, $2, 'A title', 'hash', 4, '2026-11-01')", [
    tenantId,
    documentId,
  ])
  for (const ordinal of [0, 1]) {
    await session.query('insert into chunks values ($1, $2, $3, $4, $5, 4)', [
      tenantId,
      `${documentId}-${ordinal}`,
      documentId,
      ordinal,
      `canary of ${tenantId}`,
    ])
  }
}

/** Whose rows a table shows, each owner once. */
export async function ownersIn(query: Queryable, table: string): Promise<readonly string[]> {
  const { rows } = await query.query<{ owner: string }>(
    `select distinct tenant_id::text as owner from ${table} order by 1`,
  )
  return rows.map(({ owner }) => owner)
}

/** Whose rows each tenant table and view shows. */
export async function ownersByTable(
  query: Queryable,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const seen: Record<string, string[]> = Object.fromEntries(
    tenantRelations.map((table) => [table, []]),
  )
  const { rows } = await query.query<{ table: string; owner: string }>(`${allTables} order by 1, 2`)
  for (const { table, owner } of rows) seen[table]?.push(owner)
  return seen
}

const allTables = tenantRelations
  .map((table) => `select '${table}' as table, tenant_id::text as owner from ${table}`)
  .join(' union ')

/** Fails unless each tenant table and view shows the tenant's own rows and no others. */
export async function expectOnlyOwnRows(
  database: TenantDatabase,
  tenantId: TenantId,
): Promise<void> {
  const seen = await withTenant(database, tenantId, (session) => ownersByTable(session))
  expect(seen).toEqual(Object.fromEntries(tenantRelations.map((table) => [table, [tenantId]])))
}

/** Fails unless no tenant table or view shows any row. */
export async function expectNoRows(query: Queryable): Promise<void> {
  expect(await ownersByTable(query)).toEqual(
    Object.fromEntries(tenantRelations.map((table) => [table, []])),
  )
}

/** Fails when the next borrower of a connection still has a tenant. */
export async function expectNoContext(app: Database): Promise<void> {
  expect(await contextOf(app)).not.toMatch(/./)
  await expectNoRows(app)
}

/** The tenant of a connection as a policy reads it; '(fresh)' where it was never set. */
export async function contextOf(query: Queryable): Promise<string> {
  const { rows } = await query.query<{ context: string | null }>(
    "select current_setting('tenantbench.tenant_id', true) as context",
  )
  return rows[0]?.context ?? ''
}

/**
 * Whether the setting was never made on this connection: NULL, which policies may treat otherwise
 * than ''.
 */
export async function isFresh(query: Queryable): Promise<boolean> {
  const { rows } = await query.query<{ fresh: boolean }>(
    "select current_setting('tenantbench.tenant_id', true) is null as fresh",
  )
  return rows[0]?.fresh ?? false
}

/** What came of it in one word: `done`, an SQLSTATE, or an error code of ours. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return error instanceof TenantbenchError ? error.code : (sqlState(error) ?? messageOf(error))
  }
}

/** A tenant database over a pool of one connection, so that the next borrower gets the same one. */
export function onOneConnection(db: TestDatabase): TenantDatabase & AsyncDisposable {
  const app = openDatabase({ connectionString: db.logins.app, maxConnections: 1 })
  return { app, directory: db.database.directory, [Symbol.asyncDispose]: app.close }
}

/**
 * A superuser's connection to the test database: for planting faults and for looking at everything.
 */
export function openAdmin(db: TestDatabase): Database {
  return openDatabase({ connectionString: db.adminUrl, maxConnections: 2 })
}

/**
 * What would have ended the process while `work` ran. Vitest's own listeners stand aside, so that a
 * test can say what it saw.
 */
export async function uncaughtDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const others = process.listeners('uncaughtException')
  const seen: string[] = []
  const listener = (error: unknown): void => void seen.push(messageOf(error))
  process.removeAllListeners('uncaughtException').on('uncaughtException', listener)
  try {
    await work()
    return seen
  } finally {
    process.off('uncaughtException', listener)
    for (const other of others) process.on('uncaughtException', other)
  }
}

/** The process id of the server behind a connection. */
export async function backendOf(query: Queryable): Promise<number> {
  const { rows } = await query.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}
