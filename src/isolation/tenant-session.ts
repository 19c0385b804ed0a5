/**
 * The only way to tenant rows. A tenant's context lives in one transaction and dies with it: on
 * success, on error, when the server cancels, when the caller aborts, and on the next borrower of
 * the pooled connection.
 */
import { TenantbenchError } from '../base/errors.ts'
import type { TenantId } from '../base/tenant-id.ts'
import { withClient } from '../db/borrow.ts'
import type { Client, Database, Queryable, Row, SqlValue } from '../db/pool.ts'
import { inTransaction } from '../db/transaction.ts'
import { contextStatement, forgetContext, runScoped, type Statement } from './scoped-statement.ts'
import type { TenantDirectory } from './tenant-directory.ts'

/** The app role's database together with the tenants that may be named. */
export interface TenantDatabase {
  readonly app: Database
  readonly directory: TenantDirectory
  /** Told of each NOTICE that a tenant's work raised: notices cross the boundary too. */
  readonly onNotice?: (tenantId: TenantId, message: string) => void
  /**
   * For a view of the database that serves one request: `{ ...database, signal }`. On abort its
   * transactions are cut.
   */
  readonly signal?: AbortSignal
}

/** Statements in one transaction of one tenant. Unusable once the work has ended. */
export interface TenantSession extends Queryable {
  readonly tenantId: TenantId
}

/**
 * Runs `work` in a transaction that sees and writes only the rows of one tenant. Throws
 * TB_TENANT_INVALID or TB_TENANT_UNKNOWN before any I/O. Whatever the work throws rolls everything
 * back.
 */
export async function withTenant<T>(
  database: TenantDatabase,
  tenantId: TenantId,
  work: (session: TenantSession) => Promise<T>,
): Promise<T> {
  const tenant = database.directory.require(tenantId)
  return inTransaction(
    database.app,
    async (client) => {
      const stopListening = listenForNotices(client, database, tenant.id)
      const session = openSession(client, tenant.id)
      try {
        await client.query({ ...contextStatement, values: [tenant.id] })
        return await work(session)
      } finally {
        session.close()
        stopListening()
      }
    },
    { afterwards: forgetContext, signal: database.signal },
  )
}

/**
 * Runs one statement for a tenant in one round trip, with the same rights and the same rows as
 * `withTenant`. For a statement that must not share its transaction with others.
 */
export async function queryAsTenant<T extends Row = Row>(
  database: TenantDatabase,
  tenantId: TenantId,
  statement: Statement,
): Promise<readonly T[]> {
  const tenant = database.directory.require(tenantId)
  const work = async (client: Client): Promise<readonly T[]> => {
    const stopListening = listenForNotices(client, database, tenant.id)
    try {
      return (await runScoped<T>(client, tenant.id, statement)).rows
    } finally {
      stopListening()
    }
  }
  return withClient(database.app, work, { signal: database.signal })
}

function openSession(client: Client, tenantId: TenantId): TenantSession & { close(): void } {
  let isOpen = true
  return {
    tenantId,
    async query<T extends Row>(text: string, values: readonly SqlValue[] = []) {
      if (!isOpen) throw new TenantbenchError('TB_SESSION_CLOSED')
      return client.query<T>(text, values as unknown[])
    },
    close: () => void (isOpen = false),
  }
}

function listenForNotices(
  client: Client,
  database: TenantDatabase,
  tenantId: TenantId,
): () => void {
  const { onNotice } = database
  if (onNotice === undefined) return () => undefined
  const listener = (notice: { readonly message?: string | undefined }): void =>
    onNotice(tenantId, notice.message ?? '')
  client.on('notice', listener)
  return () => void client.off('notice', listener)
}
