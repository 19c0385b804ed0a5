/** Coming into a database without waking what lies in wait for whoever comes in. */
import pg from 'pg'

/**
 * No name of ours is looked for in a schema of the database, whatever its owner or the role's
 * stored: before the first statement.
 */
export const ownNames = '-c search_path='
/** The longest that is waited for a server that does not answer. */
export const connectTimeoutMs = 10_000

const quiet = `${ownNames} -c event_triggers=off`

/**
 * The address with settings for the start of its sessions, after those that stand in it: of two the
 * later one holds. The driver would take the address's own and leave out what it is given beside
 * it.
 */
export function withOptions(databaseUrl: string, options: string): string {
  const url = new URL(databaseUrl)
  const own = url.searchParams.get('options')
  url.searchParams.set('options', own === null ? options : `${own} ${options}`)
  return url.href
}

/** Unknown before PostgreSQL 17; refused to who is no superuser. */
const notTaken = new Set(['42704', '42501'])

/**
 * What a session begins with: an empty search path, and no login trigger where that can be had. A
 * login trigger would run with a superuser's rights when a superuser comes in; where switching it
 * off is refused, whoever comes in is none. Throws the driver's error when the server cannot be
 * reached.
 */
export async function quietOptions(databaseUrl: string): Promise<string> {
  const client = new pg.Client({
    connectionString: withOptions(databaseUrl, quiet),
    application_name: 'tenantbench audit',
    connectionTimeoutMillis: connectTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return quiet
  } catch (error) {
    if (error instanceof pg.DatabaseError && notTaken.has(error.code ?? '')) return ownNames
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}
