/** The server on which a clone is made, and how it is reached. */
import pg from 'pg'
import type { Clock } from '../../base/clock.ts'
import { openGuarded, type GuardedConnection } from './guarded.ts'

/**
 * A server that is thrown away, with no database of the user's on it. Every role but the superuser
 * logs in without a password over the socket in `host`. `password` is a secret.
 */
export interface ThrowawayServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly superuser: string
  readonly password: string
  /** Why the server is not confined, in a clause; null when it is. */
  readonly unconfined: string | null
}

/**
 * How a role's session comes about: as itself on a clone's server, by a login of the audit's own on
 * the user's.
 */
export interface RoleAccess {
  /** Who connects for a role. */
  configFor(role: string, database: string): pg.ClientConfig
  /** What makes the connection that role, each run once; a setting that is refused is left out. */
  entering(role: string): readonly string[]
}

/** The connections of one audit to the server that holds the clone or the copy. */
export interface Connections extends AsyncDisposable {
  /**
   * The superuser's, in a database; for what runs none of the database's code. Closed with all
   * others.
   */
  superuser(database: string): Promise<Superuser>
  /** A new session of a role. The caller ends it. */
  session(role: string, database: string, statementMs: number): Promise<GuardedConnection>
}

/** A connection of the superuser. Names it uses are all qualified: its search path is empty. */
export interface Superuser {
  run(sql: string, values?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
  end(): Promise<void>
}

/** The connections to a throw-away server. */
export function connectionsTo(server: ThrowawayServer, clock: Clock): Connections {
  const { host, port, superuser, password } = server
  return openConnections({
    clock,
    admin: (database) => ({ host, port, user: superuser, password, database, options: pinned }),
    maintenance: 'postgres',
    access: {
      configFor: (role, database) => ({ host, port, user: role, database }),
      entering: () => [],
    },
  })
}

/** Who is the superuser, and how roles come in. */
export interface ConnectionOptions {
  readonly clock: Clock
  /** A database in which nothing of the audited one lies. */
  readonly maintenance: string
  readonly access: RoleAccess
  admin(database: string): pg.ClientConfig
}

/** Opens connections as they are asked for. */
export function openConnections({
  clock,
  admin,
  maintenance,
  access,
}: ConnectionOptions): Connections {
  const opened = new Set<Superuser>()
  const superuser = async (database: string): Promise<Superuser> => {
    const made = await openSuperuser(admin(database))
    opened.add(made)
    return made
  }
  const terminate = async (processId: number): Promise<void> => {
    const ender = await superuser(maintenance)
    await ender.run('select pg_catalog.pg_terminate_backend($1)', [processId])
    await ender.end()
  }
  return {
    superuser,
    async session(role, database, statementMs) {
      const config = access.configFor(role, database)
      const session = await openGuarded({ config, statementMs, clock, terminate })
      const [become, ...settings] = access.entering(role)
      if (become !== undefined) await session.run(become)
      for (const setting of settings) await session.run(setting).catch(() => undefined)
      return session
    },
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each.end()
    },
  }
}

/**
 * What a superuser's session begins with. Whoever owns a database may store settings for it, which
 * then hold for the superuser too; those of the start of a session win.
 */
export const pinned = (
  'role=none statement_timeout=0 lock_timeout=0 idle_session_timeout=0 ' +
  'idle_in_transaction_session_timeout=0 default_transaction_read_only=off ' +
  'standard_conforming_strings=on'
)
  .split(' ')
  .map((setting) => `-c ${setting}`)
  .join(' ')

async function openSuperuser(config: pg.ClientConfig): Promise<Superuser> {
  const client = new pg.Client({ ...config, application_name: 'tenantbench audit' })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(
    "set search_path to ''; set client_min_messages to error; set check_function_bodies to off",
  )
  return {
    run: async (sql, values) => {
      const result = await client.query({
        text: sql,
        rowMode: 'array',
        ...(values === undefined ? {} : { values: [...values] }),
      })
      const last = Array.isArray(result) ? (result.at(-1) as typeof result | undefined) : result
      return (last?.rows ?? []) as unknown[][]
    },
    end: () => client.end().catch(() => undefined),
  }
}
