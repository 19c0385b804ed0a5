/** A clone: a database on a throw-away server, dropped with its roles when it is disposed of. */
import pg from 'pg'
import { newSuffix } from '../../base/random.ts'
import type { Abstention } from '../../base/finding.ts'
import { openDatabase } from '../../db/pool.ts'
import type { Lookup } from '../sql/lookup.ts'
import { quoted } from '../sql/quote.ts'
import { buildClone } from './build.ts'

/** A server that is thrown away. `adminUrl` is a secret. */
export interface ThrowawayServer extends AsyncDisposable {
  readonly adminUrl: string
}

/** A database with the structure of the one that is judged. `url` is a secret. */
export interface Clone extends AsyncDisposable {
  readonly url: string
  readonly abstained: readonly Abstention[]
}

/** Makes a clone. */
export async function makeClone(server: Pick<ThrowawayServer, 'adminUrl'>, lookup: Lookup): Promise<Clone> {
  const name = `clone_${newSuffix()}`
  const admin = openDatabase({ connectionString: server.adminUrl, maxConnections: 1 })
  await admin.query(`create database ${quoted(name)} template template0`)
  const url = new URL(server.adminUrl)
  url.pathname = `/${name}`
  const own = new Set((await admin.query<{ rolname: string }>('select rolname from pg_roles')).rows.map(({ rolname }) => rolname))
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => undefined)
  await client.connect()
  const queryable = { query: async (text: string) => client.query(text) as never }
  try {
    const { abstained } = await buildClone(queryable, lookup)
    return { url: url.href, abstained, [Symbol.asyncDispose]: () => drop(admin, name, own) }
  } catch (error) {
    await drop(admin, name, own)
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function drop(admin: ReturnType<typeof openDatabase>, name: string, before: ReadonlySet<string>): Promise<void> {
  try {
    await admin.query(`drop database if exists ${quoted(name)} with (force)`)
    const { rows } = await admin.query<{ rolname: string }>("select rolname from pg_roles where rolname !~ '^pg_'")
    for (const { rolname } of rows) if (!before.has(rolname)) await admin.query(`drop role ${quoted(rolname)}`).catch(() => undefined)
  } finally {
    await admin.close()
  }
}
