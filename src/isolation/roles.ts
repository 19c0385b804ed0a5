/**
 * The three roles (DESIGN law 10) and the schema. `owner` cannot log in and owns every table; `app`
 * sees tenant rows only inside a tenant's transaction; `operator` reads usage, charges, ledger and
 * placements of all tenants and none of their content. None is superuser and none bypasses row
 * security.
 */
import pg from 'pg'
import type { Clock } from '../base/clock.ts'
import { TenantbenchError } from '../base/errors.ts'
import { newSecret } from '../base/random.ts'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from '../db/pool.ts'

/** Names of the three roles, all beginning with the name of the database they belong to. */
export interface RoleNames {
  readonly owner: string
  readonly app: string
  readonly operator: string
}

/** Connection strings of the two roles that log in. Secret: each holds a password. */
export interface RoleLogins {
  readonly app: string
  readonly operator: string
}

/** The names of a database's roles. Whoever drops the database drops the roles with this prefix. */
export function roleNames(database: string): RoleNames {
  return { owner: `${database}_owner`, app: `${database}_app`, operator: `${database}_operator` }
}

/**
 * Creates roles and schema in a fresh database and returns how the two logins connect. `adminUrl`
 * needs CREATEROLE and must own the database; superuser is not needed.
 */
export async function installSchema(adminUrl: string, clock: Clock): Promise<RoleLogins> {
  const names = roleNames(decodeURIComponent(new URL(adminUrl).pathname.slice(1)))
  const passwords = { app: newSecret(), operator: newSecret() }
  await createRoles(adminUrl, names, passwords)
  await migrateAsOwner(adminUrl, names, clock)
  const logins = {
    app: loginUrl(adminUrl, names.app, passwords.app),
    operator: loginUrl(adminUrl, names.operator, passwords.operator),
  }
  await checkLogin(logins.app, names.app)
  await checkLogin(logins.operator, names.operator)
  return logins
}

/**
 * Row security says nothing about a role that is exempt from it: makes sure that a login is who it
 * should be, and not exempt.
 */
async function checkLogin(url: string, role: string): Promise<void> {
  await using login = openDatabase({ connectionString: url, maxConnections: 1 })
  const { rows } = await login.query<{ name: string; exempt: boolean }>(
    'select rolname as name, rolsuper or rolbypassrls as exempt from pg_roles where rolname = session_user',
  )
  if (rows[0]?.name === role && !rows[0].exempt) return
  throw new TenantbenchError('TB_DATABASE_RIGHTS', {
    detail:
      `The login ${role} connects as ` +
      `${rows[0]?.name ?? 'nobody'}${rows[0]?.exempt === true ? ', which is exempt from row security' : ''}.`,
  })
}

async function createRoles(
  adminUrl: string,
  names: RoleNames,
  passwords: RoleLogins,
): Promise<void> {
  await using admin = openDatabase({ connectionString: adminUrl, maxConnections: 1 })
  const name = pg.escapeIdentifier
  const attributes = 'nosuperuser nobypassrls nocreatedb nocreaterole noinherit'
  await admin.query(`create role ${name(names.owner)} nologin ${attributes}`)
  for (const login of ['app', 'operator'] as const) {
    await admin.query(
      `create role ${name(names[login])} login ${attributes} password ${pg.escapeLiteral(passwords[login])}`,
    )
  }
  const database = name(decodeURIComponent(new URL(adminUrl).pathname.slice(1)))
  // Temporary tables would outlive a transaction and shadow real ones for the next tenant on the
  // connection.
  await admin.query(`revoke all on database ${database} from public`)
  await admin.query(
    `grant connect on database ${database} to ${name(names.app)}, ${name(names.operator)}`,
  )
  await admin.query(`grant usage, create on schema public to ${name(names.owner)}`)
  await admin.query(`grant ${name(names.owner)} to current_user`)
}

/**
 * Runs the migrations as the owner role, so that every table belongs to a role that nobody logs in
 * with.
 */
async function migrateAsOwner(adminUrl: string, names: RoleNames, clock: Clock): Promise<void> {
  const asOwner = new URL(adminUrl)
  asOwner.searchParams.set('options', `-c role=${names.owner}`)
  await using owner = openDatabase({ connectionString: asOwner.href, maxConnections: 1 })
  await migrate(owner, {
    folder: new URL('../db/migrations/', import.meta.url),
    identifiers: { app: names.app, operator: names.operator },
    clock,
  })
}

function loginUrl(adminUrl: string, role: string, password: string): string {
  const url = new URL(adminUrl)
  // The driver lets these win over the name before the host, and would go on as the admin.
  for (const parameter of ['user', 'password']) url.searchParams.delete(parameter)
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(password)
  return url.href
}
