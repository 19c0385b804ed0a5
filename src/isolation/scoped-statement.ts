/**
 * One tenant statement in one message group. Context, statement and the clearing of anything the
 * statement may have set for the session are bound and executed before a single Sync, so PostgreSQL
 * runs them in one implicit transaction: the transaction-local context is gone when the answer
 * arrives, also after an error, and there is one round trip instead of four.
 */
import pg from 'pg'
import { sha256 } from '../base/random.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { Client, Row, SqlValue } from '../db/pool.ts'

/** Sets the tenant of the current transaction. A bound parameter, because SET takes none. */
export const contextStatement = {
  name: 'tenantbench_context',
  text: "select set_config('tenantbench.tenant_id', $1, true)",
} as const

/**
 * Clears a session-level context that the statement itself may have set. After an error there is
 * nothing to clear: it is rolled back.
 */
const forgetStatement = {
  name: 'tenantbench_forget',
  text: "select set_config('tenantbench.tenant_id', '', false)",
} as const

/**
 * The same for a transaction of several statements, in COMMIT's own round trip: a session-level SET
 * in the work would outlive it.
 */
export const forgetContext = 'reset tenantbench.tenant_id'

/** A statement with its parameters. */
export interface Statement {
  readonly text: string
  readonly values: readonly SqlValue[]
}

// The driver's query object with the protocol hooks that it calls on itself; its published types
// leave them out.
interface ProtocolQuery {
  readonly portal: string
  prepare(connection: pg.Connection): void
  _getRows(connection: pg.Connection, rows: number | undefined): void
  handleEmptyQuery(connection: pg.Connection): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: pg.Connection): void
}
interface ProtocolConnection {
  readonly parsedStatements: Readonly<Record<string, string>>
  bind(config: { readonly statement: string; readonly values: readonly unknown[] }): void
  execute(config: object): void
  sync(): void
}
const DriverQuery = pg.Query as unknown as new (
  config: object,
  values: readonly unknown[],
  callback: (error: Error | null, result: unknown) => void,
) => ProtocolQuery

class ScopedQuery extends DriverQuery {
  #tenantId: TenantId
  /** Whose answers are coming in: those of the context, of the statement, or of the clearing. */
  #answering: 'context' | 'statement' | 'forget' = 'context'

  constructor(
    tenantId: TenantId,
    statement: Statement,
    callback: (error: Error | null, result: unknown) => void,
  ) {
    super(
      { ...statementName(statement.text), text: statement.text, queryMode: 'extended' },
      statement.values,
      callback,
    )
    this.#tenantId = tenantId
  }

  override prepare(connection: pg.Connection): void {
    const wire = connection as unknown as ProtocolConnection
    wire.bind({ statement: contextStatement.name, values: [this.#tenantId] })
    wire.execute({})
    super.prepare(connection)
  }

  // The driver calls this last in `prepare`, to execute and to sync; the clearing goes between the
  // two.
  override _getRows(connection: pg.Connection): void {
    const wire = connection as unknown as ProtocolConnection
    wire.execute({ portal: this.portal })
    wire.bind({ statement: forgetStatement.name, values: [] })
    wire.execute({})
    wire.sync()
  }

  override handleDataRow(message: unknown): void {
    if (this.#answering === 'statement') super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    if (this.#answering === 'statement') super.handleCommandComplete(message, connection)
    this.#answering = this.#answering === 'context' ? 'statement' : 'forget'
  }

  override handleEmptyQuery(connection: pg.Connection): void {
    super.handleEmptyQuery(connection)
    this.#answering = 'forget'
  }
}

const namesByText = new Map<string, string>()
const namesKept = 500

/**
 * Statements are prepared under a name made from their text; beyond the first few hundred texts
 * they have none, and are not kept.
 */
function statementName(text: string): { readonly name?: string } {
  const known = namesByText.get(text)
  if (known !== undefined) return { name: known }
  if (namesByText.size >= namesKept) return {}
  const name = `tenantbench_${sha256(text).slice(0, 24)}`
  namesByText.set(text, name)
  return { name }
}

/** Runs one statement for a tenant on a client that is in no transaction. */
export async function runScoped<T extends Row>(
  client: Client,
  tenantId: TenantId,
  statement: Statement,
): Promise<pg.QueryResult<T>> {
  await prepareContext(client)
  return new Promise((resolve, reject) => {
    const query = new ScopedQuery(tenantId, statement, (error, result) =>
      error === null ? resolve(result as pg.QueryResult<T>) : reject(error),
    )
    client.query(query as unknown as pg.Submittable)
  })
}

async function prepareContext(client: Client): Promise<void> {
  const { parsedStatements } = (client as unknown as { readonly connection: ProtocolConnection })
    .connection
  if (parsedStatements[contextStatement.name] === undefined)
    await client.query({ ...contextStatement, values: [''] })
  if (parsedStatements[forgetStatement.name] === undefined) await client.query(forgetStatement)
}
