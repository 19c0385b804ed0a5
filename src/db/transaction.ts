/** One transaction on one client: commits when the work returns, rolls back when it throws, never hands back a dirty client. */
import { TenantbenchError } from '../base/errors.ts'
import type { Client, Database } from './pool.ts'

/** How a transaction begins and ends. */
export interface TransactionOptions {
  /** Runs in front of COMMIT's round trip; what it resets is reset for whoever borrows the client next. */
  readonly afterCommit?: string
  /** On abort the connection is cut, so the server rolls back and the client is not used again. */
  readonly signal?: AbortSignal
}

/**
 * Runs `work` in a transaction. Throws TB_TRANSACTION_ABORTED when the work swallowed a database error: COMMIT then answers
 * ROLLBACK, and reporting success would lose data silently.
 */
export async function inTransaction<T>(database: Database, work: (client: Client) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
  options.signal?.throwIfAborted()
  const client = await database.pool.connect()
  const cut = (): void => void client.release(true)
  options.signal?.addEventListener('abort', cut, { once: true })
  try {
    const result = await workBetween(client, work)
    await commit(client, options.afterCommit ?? '')
    if (options.signal?.aborted !== true) client.release()
    return result
  } catch (error) {
    if (options.signal?.aborted !== true) client.release(await failsToRollBack(client, options.afterCommit ?? ''))
    throw options.signal?.aborted === true ? options.signal.reason : error
  } finally {
    options.signal?.removeEventListener('abort', cut)
  }
}

async function workBetween<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
  await client.query('begin')
  return work(client)
}

async function commit(client: Client, afterCommit: string): Promise<void> {
  const results: unknown = await client.query(`commit; ${afterCommit}`)
  const first = (Array.isArray(results) ? results[0] : results) as { readonly command: string }
  if (first.command !== 'COMMIT') throw new TenantbenchError('TB_TRANSACTION_ABORTED')
}

/** True when the client must be thrown away. */
async function failsToRollBack(client: Client, afterCommit: string): Promise<boolean> {
  try {
    await client.query(`rollback; ${afterCommit}`)
    return false
  } catch {
    return true
  }
}
