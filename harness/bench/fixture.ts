/**
 * What the database cases run on: two tenants with chunks under row security, and the same rows in
 * a table without it.
 */
import {
  openDatabase,
  queryAsTenant,
  withTenant,
  insertChunks,
  type Chunk,
  type Database,
  type TenantDatabase,
} from '../../src/index.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'

/** A database with the same chunks twice. */
export interface BenchDatabase {
  readonly tenants: TenantDatabase
  readonly tenantId: TenantId
  /** The superuser's pool, for the tables without row security. */
  readonly admin: Database
  readonly chunkIds: readonly string[]
}

/** Makes chunks of a realistic size. */
export function benchChunks(prefix: string, count: number): readonly Chunk[] {
  const sentence =
    'The retainer is fixed in the engagement letter and is held in the client account until the matter is closed. '
  return Array.from({ length: count }, (_each, at) => ({
    id: `${prefix}-${at}`,
    documentId: 'bench',
    ordinal: at,
    body: `Engagement letter ${at}\n\n${sentence.repeat(10)}`,
    tokens: 210,
  }))
}

const rowsPerTenant = 2_000

/** Fills both tables. */
export async function prepareBenchDatabase(options: {
  readonly adminUrl: string
  readonly tenants: TenantDatabase
  readonly tenantIds: readonly TenantId[]
}): Promise<BenchDatabase> {
  const admin = openDatabase({ connectionString: options.adminUrl, maxConnections: 2 })
  for (const tenantId of options.tenantIds) {
    await queryAsTenant(options.tenants, tenantId, {
      text: "insert into documents values ($1, 'bench', 'Bench', '', 0, '2026-01-01')",
      values: [tenantId],
    })
    await withTenant(options.tenants, tenantId, (session) =>
      insertChunks(session, benchChunks(`${tenantId}`, rowsPerTenant)),
    )
  }
  await admin.query('create table plain_chunks (like chunks including indexes)')
  await admin.query('insert into plain_chunks select * from chunks')
  await admin.query('create table plain_copies (like chunks including indexes)')
  await admin.query('analyze')
  const [tenantId] = options.tenantIds
  return {
    tenants: options.tenants,
    tenantId: tenantId as TenantId,
    admin,
    chunkIds: benchChunks(`${tenantId}`, 5).map(({ id }) => id),
  }
}
