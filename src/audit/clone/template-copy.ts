/**
 * A copy of the database on its own server, made only when that is asked for and where nothing in
 * it can act beyond its database. The rows are removed from the copy; what makes it behave is taken
 * off and put on again as on a clone. Sessions come in by logins of the audit's own, each a member
 * of one role of the database: no session of the copy's code is a superuser's.
 */
import pg from 'pg'
import type { Clock } from '../../base/clock.ts'
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import type { Abstention } from '../../base/finding.ts'
import { newSecret, newSuffix } from '../../base/random.ts'
import { sqlState } from '../../db/pool.ts'
import { quietOptions, withOptions } from '../catalogue/quiet.ts'
import { roleGraph } from '../reach/roles.ts'
import type { Lookup } from '../sql/lookup.ts'
import { literal, quoted } from '../sql/quote.ts'
import { ownersOf } from './clone.ts'
import { clearLeftCopies, copyPrefix, lockSql } from './left-copies.ts'
import { makeOwned, ownersIn } from './owners.ts'
import { openConnections, pinned, type Connections, type Superuser } from './server.ts'
import { stagesOf, type Structure } from './stage.ts'
import { strippingPieces } from './strip.ts'

/** What is copied. `databaseUrl` is a secret. */
export interface CopyOptions {
  readonly databaseUrl: string
  readonly lookup: Lookup
  readonly clock: Clock
  /** Roles as which sessions are judged. */
  readonly logins: readonly string[]
}

/** The copy, or why there is none, when sessions that are not ended stand in the way. */
export type TemplateCopy = { readonly structure: Structure } | { readonly busy: string }

/**
 * Copies. Throws TB_DATABASE_RIGHTS when the user is no superuser, TB_PROBE_REFUSED when the
 * audit's own logins are not let in.
 */
export async function makeTemplateCopy(options: CopyOptions): Promise<TemplateCopy> {
  const { databaseUrl, lookup, clock, logins } = options
  const database = `${copyPrefix}${newSuffix()}`
  const roles = [...new Set([...ownersOf(lookup.catalogue), ...logins])]
  const entries = new Map(
    roles.map((role, position) => [
      role,
      { login: `${database}_login_${position}`, password: newSecret() },
    ]),
  )
  const connections = await connectionsOn(databaseUrl, { clock, entries, lookup })
  try {
    const admin = await connections.superuser('postgres')
    await requireSuperuser(admin)
    await clearLeftCopies(admin)
    await admin.run(lockSql('pg_advisory_lock', database))
    const open = await openElsewhere(admin, { lookup, roles: withAllTheyAre(roles, lookup) })
    if (open !== null) return await given({ busy: open }, connections)
    try {
      await admin.run(
        `create database ${quoted(database)} template ` +
          `${quoted(lookup.catalogue.database.name)} owner ` +
          `${quoted(lookup.catalogue.database.owner)}`,
      )
    } catch (error) {
      if (sqlState(error) !== '55006')
        throw new TenantbenchError('TB_DATABASE_RIGHTS', {
          detail: `The database cannot be copied: ${messageOf(error)}.`,
          cause: error,
        })
      return await given(
        { busy: 'other sessions are connected to it, and they are not ended' },
        connections,
      )
    }
    return { structure: await prepare({ admin, connections, entries, database, lookup }) }
  } catch (error) {
    await connections[Symbol.asyncDispose]()
    throw error
  }
}

async function given(copy: TemplateCopy, connections: Connections): Promise<TemplateCopy> {
  await connections[Symbol.asyncDispose]()
  return copy
}

type Entries = ReadonlyMap<string, { readonly login: string; readonly password: string }>

interface Coming {
  readonly clock: Clock
  readonly entries: Entries
  readonly lookup: Lookup
}

/**
 * Connections to the server of an address, to other databases and by other logins than it names.
 */
async function connectionsOn(
  databaseUrl: string,
  { clock, entries, lookup }: Coming,
): Promise<Connections> {
  const options = await quietOptions(databaseUrl)
  const at = (
    database: string,
    entry?: { readonly login: string; readonly password: string },
  ): pg.ClientConfig => {
    // A session of the copy's code takes no settings from the address of whoever runs the audit.
    const url = new URL(
      entry === undefined ? withOptions(databaseUrl, `${options} ${pinned}`) : databaseUrl,
    )
    if (entry !== undefined) url.searchParams.delete('options')
    url.pathname = `/${encodeURIComponent(database)}`
    if (entry !== undefined) Object.assign(url, { username: entry.login, password: entry.password })
    return { connectionString: url.href }
  }
  return openConnections({
    clock,
    maintenance: 'postgres',
    admin: (database) => at(database),
    access: {
      configFor: (role, database) => at(database, entries.get(role)),
      // Settings that the role would have had from its login on.
      entering: (role) => [
        `set role ${quoted(role)}`,
        ...lookup.catalogue.storedSettings
          .filter((setting) => setting.role === null || setting.role === role)
          .map(
            ({ name, value }) =>
              `select pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`,
          ),
      ],
    },
  })
}

async function requireSuperuser(admin: Superuser): Promise<void> {
  const [[isSuperuser] = []] = await admin.run(
    'select rolsuper from pg_catalog.pg_roles where rolname = current_user',
  )
  if (isSuperuser !== true) {
    throw new TenantbenchError('TB_DATABASE_RIGHTS', {
      detail:
        '--probe template needs a superuser: to copy the database, and to make logins for the copy.',
    })
  }
}

/** Roles with those whose rights they have or can take on: sessions of these may be ended too. */
function withAllTheyAre(roles: readonly string[], { catalogue }: Lookup): readonly string[] {
  const graph = roleGraph(catalogue)
  return [...new Set(roles.flatMap((role) => [...graph.inherited(role), ...graph.settable(role)]))]
}

/** Code may end any session of the role it runs as, in every database of the server. */
async function openElsewhere(
  admin: Superuser,
  { lookup, roles }: { readonly lookup: Lookup; readonly roles: readonly string[] },
): Promise<string | null> {
  const rows = await admin.run(
    `select distinct usename, datname from pg_catalog.pg_stat_activity
     where usename = any ($1) and datname is distinct from $2 and pid <> pg_catalog.pg_backend_pid()
       order by 1, 2`,
    [roles, lookup.catalogue.database.name],
  )
  if (rows.length === 0) return null
  const named = rows.map(([role, database]) => `${String(role)} in ${String(database)}`).join(', ')
  return `sessions of its roles are open elsewhere on the server (${named}), and code in the copy could end them`
}

const loginMs = 10_000

interface Preparing {
  readonly admin: Superuser
  readonly connections: Connections
  readonly entries: Entries
  readonly database: string
  readonly lookup: Lookup
}

async function prepare({
  admin,
  connections,
  entries,
  database,
  lookup,
}: Preparing): Promise<Structure> {
  const roles = [...entries.values()].map(({ login }) => login)
  const abstained: Abstention[] = []
  const structure = stagesOf({
    connections,
    admin,
    structure: database,
    lookup,
    abstained,
    roles,
    owners: ownersOf(lookup.catalogue),
    notes: [
      'Probed on a copy on the same server; the copy and the logins that were made for it are removed.',
    ],
    settings: () => [],
  })
  try {
    for (const [role, entry] of entries)
      await admin.run(loginSql(role, entry, lookup.catalogue.version))
    const superuser = await connections.superuser(database)
    for (const name of lookup.catalogue.eventTriggers)
      await superuser.run(`alter event trigger ${quoted(name)} disable`)
    // What a refusal means is read from its words.
    await superuser.run(`alter database ${quoted(database)} set lc_messages = 'C'`)
    await superuser.end()
    // A login that is not let in is told as that, not as tables that could not be emptied.
    for (const role of entries.keys())
      await (await connections.session(role, database, loginMs)).end()
    {
      await using owners = ownersIn(connections, database)
      abstained.push(...(await makeOwned(owners, strippingPieces(lookup))))
    }
    await forgetRows(connections, database)
    return structure
  } catch (error) {
    await structure[Symbol.asyncDispose]()
    if (['28P01', '28000'].includes(sqlState(error) ?? ''))
      throw new TenantbenchError('TB_PROBE_REFUSED', {
        detail: `The server does not let in the logins that are made for the copy: ${messageOf(error)}.`,
        cause: error,
      })
    throw error
  }
}

/**
 * Rows are also in statistics and large objects. Throws TB_PROBE_REFUSED when a table could not be
 * emptied: code of the copy would see it.
 */
async function forgetRows(connections: Connections, database: string): Promise<void> {
  const superuser = await connections.superuser(database)
  const forgotten = [
    'pg_statistic',
    'pg_statistic_ext_data',
    'pg_largeobject',
    'pg_largeobject_metadata',
  ]
  await superuser.run(
    'set allow_system_table_mods to on; ' +
      `${forgotten.map((name) => `delete from pg_catalog.${name}`).join('; ')}; reset ` +
      'allow_system_table_mods',
  )
  // The size alone: planning a query on a table would run code of its indexes and statistics.
  const rows = await superuser.run(
    `select n.nspname, c.relname from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
     where c.relkind operator(pg_catalog.=) any (array['r', 'm']::pg_catalog."char"[])
       and n.nspname operator(pg_catalog.!~) '^(pg_|information_schema$)'
       and pg_catalog.pg_relation_size(c.oid) operator(pg_catalog.>) 0 order by 1, 2`,
  )
  const left = rows.map(([schema, name]) => `${String(schema)}.${String(name)}`)
  await superuser.end()
  if (left.length > 0)
    throw new TenantbenchError('TB_PROBE_REFUSED', {
      detail: `In a copy the rows of ${left.join(', ')} could not be removed.`,
    })
}

/** A member of one role, whose rights it has only while it is that role. */
function loginSql(
  role: string,
  { login, password }: { readonly login: string; readonly password: string },
  version: number,
): string {
  const attributes = 'LOGIN NOINHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS'
  const options = version >= 160_000 ? ' WITH INHERIT FALSE, SET TRUE' : ''
  return (
    `CREATE ROLE ${quoted(login)} ${attributes} PASSWORD ${literal(password)}; GRANT ` +
    `${quoted(role)} TO ${quoted(login)}${options}`
  )
}
