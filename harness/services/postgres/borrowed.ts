/**
 * A database on a server of the user's. A run makes one database of its own name and drops it with
 * its roles; nothing else on the server is written to.
 */
import pg from 'pg'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'

const oldestVersion = 150_000
/** The roles of a run's database, as src/isolation names them. */
const roleSuffixes = ['owner', 'app', 'operator'] as const
const mark = 'made by a run of tenantbench, dropped at its end'

/**
 * Creates the database and returns how to reach it. Throws TB_DATABASE_UNREACHABLE,
 * TB_DATABASE_VERSION, TB_DATABASE_RIGHTS.
 */
export async function createRunDatabase(serverUrl: string, name: string): Promise<string> {
  const url = new URL(serverUrl)
  await onServer(serverUrl, async (client) => {
    await checkServer(client)
    await client.query(`create database ${pg.escapeIdentifier(name)}`)
    await client.query(
      `comment on database ${pg.escapeIdentifier(name)} is ${pg.escapeLiteral(mark)}`,
    )
  })
  url.pathname = `/${name}`
  return url.href
}

/**
 * Drops the database and its roles, as far as they are there. A database without our mark is not
 * ours and stays.
 */
export async function dropRunDatabase(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, async (client) => {
    if (await isSomebodyElses(client, name)) return
    const { rows } = await client.query<{ rolname: string }>(
      'select rolname from pg_roles where rolname = any($1)',
      [roleSuffixes.map((suffix) => `${name}_${suffix}`)],
    )
    // To end the sessions of roles one must be a member of them.
    for (const { rolname } of rows)
      await client.query(`grant ${pg.escapeIdentifier(rolname)} to current_user`)
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    for (const { rolname } of rows)
      await client.query(`drop role if exists ${pg.escapeIdentifier(rolname)}`)
  })
}

/**
 * A database that is there without our mark. One that is gone may have left its roles, and those
 * are ours to drop.
 */
async function isSomebodyElses(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ mark: string | null }>(
    "select shobj_description(oid, 'pg_database') as mark from pg_database where datname = $1",
    [name],
  )
  return rows[0] !== undefined && rows[0].mark !== mark
}

/** What listens there need not be PostgreSQL, and may never answer. */
const connectTimeoutMs = 5_000

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tenantbench',
    connectionTimeoutMillis: connectTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw new TenantbenchError('TB_DATABASE_UNREACHABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{
    version: number
    may_database: boolean
    may_role: boolean
    name: string
  }>(`
    select current_setting('server_version_num')::int as version, rolname as name,
      rolsuper or rolcreatedb as may_database, rolsuper or rolcreaterole as may_role
    from pg_roles where rolname = current_user`)
  const found = rows[0]
  if (found === undefined)
    throw new TenantbenchError('TB_DATABASE_RIGHTS', { detail: 'The current user has no role.' })
  if (found.version < oldestVersion)
    throw new TenantbenchError('TB_DATABASE_VERSION', {
      detail: `It is version ${Math.floor(found.version / 10_000)}.`,
    })
  const missing = [
    ...(found.may_database ? [] : ['CREATEDB']),
    ...(found.may_role ? [] : ['CREATEROLE']),
  ]
  if (missing.length > 0)
    throw new TenantbenchError('TB_DATABASE_RIGHTS', {
      detail: `User ${found.name} lacks ${missing.join(' and ')}.`,
    })
}
