/**
 * The way to PostgreSQL: pools of the official driver, opened from a connection string and closed
 * by `await using`. Decides how values come back (int8 as number where it is exact, numeric as
 * text) and what a lost connection is called.
 */
import pg from 'pg'
import { messageOf, TenantbenchError } from '../base/errors.ts'

/** A pooled client of the driver. */
export type Client = pg.PoolClient
/** A row as the driver gives it. */
export type Row = pg.QueryResultRow
/** A parameter of a statement. Lists become PostgreSQL arrays. */
export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly string[]
  | readonly number[]
  | readonly (string | null)[]

/** Anything that runs one statement: a pool, a client, a tenant session. */
export interface Queryable {
  query<T extends Row = Row>(
    text: string,
    values?: readonly SqlValue[],
  ): Promise<{ readonly rows: T[]; readonly rowCount: number | null }>
}

/** A pool with the role it logs in as. */
export interface Database extends Queryable, AsyncDisposable {
  readonly pool: pg.Pool
  readonly role: string
  close(): Promise<void>
}

/** Where to connect. `connectionString` may hold a password; it is never logged. */
export interface DatabaseOptions {
  readonly connectionString: string
  readonly maxConnections?: number
  readonly applicationName?: string
  /** The longest that is waited for a connection. Without it, for ever. */
  readonly connectTimeoutMs?: number
}

const int8Oid = 20

/**
 * int8 arrives as text; counts and token sums are far below 2^53, so a larger one is a bug and said
 * to be one.
 */
export function exactNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new TenantbenchError('TB_BUG', {
      detail: `The integer ${text} from the database is too large to be exact.`,
    })
  return value
}

function typesWithExactIntegers(): pg.CustomTypesConfig {
  const overrides = new pg.TypeOverrides()
  overrides.setTypeParser(int8Oid, exactNumber)
  return overrides
}

/**
 * Opens a pool. Connects on first use; an idle client that is lost is dropped by the pool and
 * replaced.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 8,
    application_name: options.applicationName ?? 'tenantbench',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 0,
    types: typesWithExactIntegers(),
  })
  // Without a listener the driver turns the loss of an idle connection into an uncaught exception.
  pool.on('error', () => undefined)
  // The same for one that is borrowed: its statement rejects, and that is where the loss is dealt
  // with.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const close = async (): Promise<void> => {
    if (!pool.ended) await pool.end()
  }
  return {
    pool,
    role: decodeURIComponent(new URL(options.connectionString).username),
    query: (text, values) => pool.query(text, values as unknown[]),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  '28P01',
  '28000',
  '3D000',
  '57P01',
  '57P02',
  '57P03',
])
const lostConnection = /^(Connection terminated|Client has encountered a connection error)/

/** Whether an error says that the server cannot be reached, does not let us in, or has gone. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnreachable)
  if (!(error instanceof Error)) return false
  return (
    lostConnection.test(error.message) ||
    ('code' in error && unreachableCodes.has(String(error.code)))
  )
}

/** Gives an unreachable server its registered error; everything else passes through. */
export function namedDatabaseError(error: unknown): unknown {
  return isUnreachable(error)
    ? new TenantbenchError('TB_DATABASE_UNREACHABLE', {
        detail: `${messageOf(error)}.`,
        cause: error,
      })
    : error
}

/** The SQLSTATE of a database error, or null when the error is not one. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code !== undefined ? error.code : null
}
