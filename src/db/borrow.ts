/**
 * Borrowing a client: given back exactly once, and thrown away when its state is not known: after
 * an abort, and after an error that ended the connection. A waiter must never be handed a dead or a
 * dirty one.
 */
import pg from 'pg'
import { isUnreachable, type Client, type Database } from './pool.ts'

/** How a client is borrowed. On abort the connection is cut, so the server rolls back. */
export interface BorrowOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Whether the server ended the connection with this error: its last known state then says nothing.
 */
function isFatal(error: unknown): boolean {
  return (
    isUnreachable(error) ||
    (error instanceof pg.DatabaseError &&
      (error.severity === 'FATAL' || error.severity === 'PANIC'))
  )
}

/**
 * Runs work on a borrowed client. Rejects with the signal's reason when it is aborted, also while
 * waiting for a client.
 */
export async function withClient<T>(
  database: Database,
  work: (client: Client) => Promise<T>,
  { signal }: BorrowOptions = {},
): Promise<T> {
  signal?.throwIfAborted()
  const client = await database.pool.connect()
  let isGivenBack = false
  const giveBack = (destroy: boolean): void => {
    if (isGivenBack) return
    isGivenBack = true
    client.release(destroy)
  }
  const cut = (): void => giveBack(true)
  signal?.addEventListener('abort', cut, { once: true })
  try {
    if (signal?.aborted === true) giveBack(false)
    signal?.throwIfAborted()
    const result = await work(client)
    // 'I' is idle: a transaction that is still open must not reach the next borrower.
    giveBack(client.getTransactionStatus() !== 'I')
    return result
  } catch (error) {
    giveBack(isFatal(error) || client.getTransactionStatus() !== 'I')
    throw signal?.aborted === true ? signal.reason : error
  } finally {
    signal?.removeEventListener('abort', cut)
  }
}
