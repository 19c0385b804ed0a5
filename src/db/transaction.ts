/**
 * One transaction on one client: commits when the work returns, rolls back when it throws, never
 * hands back a dirty client.
 */
import { TenantbenchError } from '../base/errors.ts'
import { withClient, type BorrowOptions } from './borrow.ts'
import type { Client, Database } from './pool.ts'

/** How a transaction ends. */
export interface TransactionOptions extends BorrowOptions {
  /**
   * Runs in COMMIT's and ROLLBACK's own round trip; what it resets is reset for whoever borrows the
   * client next.
   */
  readonly afterwards?: string
}

/**
 * Runs `work` in a transaction. Throws TB_TRANSACTION_ABORTED when the work swallowed a database
 * error: COMMIT then answers ROLLBACK, and reporting success would lose data silently.
 */
export async function inTransaction<T>(
  database: Database,
  work: (client: Client) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const afterwards = options.afterwards ?? ''
  const transaction = async (client: Client): Promise<T> => {
    await client.query('begin')
    try {
      const result = await work(client)
      await commit(client, afterwards)
      return result
    } catch (error) {
      // A rollback that fails leaves a client that is not idle, or an error that no client
      // survives: it is thrown away.
      await client.query(`rollback; ${afterwards}`).catch(() => undefined)
      throw error
    }
  }
  return withClient(database, transaction, options)
}

async function commit(client: Client, afterwards: string): Promise<void> {
  const results: unknown = await client.query(`commit; ${afterwards}`)
  const first = (Array.isArray(results) ? results[0] : results) as { readonly command: string }
  if (first.command !== 'COMMIT') throw new TenantbenchError('TB_TRANSACTION_ABORTED')
}
