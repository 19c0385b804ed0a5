/**
 * Reads a database's structure in one read-only transaction of one snapshot. Names come out
 * schema-qualified, because the search path is empty while they are printed.
 */
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import { sqlState, type Queryable, type Row } from '../../db/pool.ts'
import type { Catalogue, Column, Relation } from './catalogue.ts'
import { catalogueQueries, lockedQuery } from './queries.ts'

const oldestVersion = 150_000

/** What of the reading may take how long, so that an audit never stands in anybody's way. */
const limits =
  "set local search_path to ''; set local statement_timeout to '60s'; set local lock_timeout " +
  "to '200ms'; set local quote_all_identifiers to off"

/** How often a lock may come between the look for locks and the reading. */
const maxAttempts = 4
const lockNotAvailable = '55P03'

/**
 * Reads the catalogue over one connection, which must have no transaction open. Relations that
 * another session has locked are left out and named. Throws TB_DATABASE_VERSION below PostgreSQL
 * 15, TB_DATABASE_RIGHTS when a catalogue may not be read, and TB_DATABASE_LOCKED when locks come
 * and go too fast.
 */
export async function readCatalogue(client: Queryable): Promise<Catalogue> {
  await checkVersion(client)
  for (let attempt = 1; ; attempt++) {
    await client.query('begin transaction isolation level repeatable read read only')
    try {
      await client.query(limits)
      return await readAll(client)
    } catch (error) {
      if (sqlState(error) === '42501')
        throw new TenantbenchError('TB_DATABASE_RIGHTS', {
          detail: `The catalogue cannot be read: ${messageOf(error)}.`,
          cause: error,
        })
      if (sqlState(error) !== lockNotAvailable) throw error
      if (attempt === maxAttempts)
        throw new TenantbenchError('TB_DATABASE_LOCKED', {
          detail: `${messageOf(error)}.`,
          cause: error,
        })
    } finally {
      await client.query('rollback').catch(() => undefined)
    }
  }
}

interface LockedRow extends Row {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly through: string | null
  readonly held: boolean
}

/** Looks for locks, and keeps the queries that follow away from what is locked. */
async function leaveOutLocked(client: Queryable): Promise<Catalogue['locked']> {
  const { rows } = await client.query<LockedRow>(lockedQuery)
  await client.query("select set_config('tenantbench.locked', $1, true)", [
    `{${rows.map(({ oid }) => oid).join(',')}}`,
  ])
  return rows.map(({ schema, name, through, held }) => ({
    schema,
    name,
    through: held ? null : through,
  }))
}

async function checkVersion(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "select pg_catalog.current_setting('server_version_num')::pg_catalog.int4 as version",
  )
  const version = rows[0]?.version ?? 0
  if (version < oldestVersion)
    throw new TenantbenchError('TB_DATABASE_VERSION', {
      detail: `It is version ${Math.floor(version / 10_000)}.`,
    })
}

type Part = keyof typeof catalogueQueries

async function readAll(client: Queryable): Promise<Catalogue> {
  const read = async <T extends Row>(part: Part): Promise<T[]> =>
    (await client.query<T>(catalogueQueries[part])).rows
  const locked = await leaveOutLocked(client)
  const [database] = await read<Row>('database')
  if (database === undefined)
    throw new TenantbenchError('TB_BUG', { detail: 'The database does not know itself.' })
  const { version, versionText, currentRole, largeObjectsCompatible, statisticsViewOld, ...own } =
    database
  const relations = await read<Row>('relations')
  const columns = Map.groupBy(await read<Row>('columns'), ({ relation }) => Number(relation))
  return {
    version,
    versionText,
    currentRole,
    locked,
    largeObjectsCompatible,
    statisticsViewOld,
    database: own as Catalogue['database'],
    roles: await read('roles'),
    memberships: await read('memberships'),
    storedSettings: await read('storedSettings'),
    schemas: await read('schemas'),
    relations: relations.map(
      (relation) =>
        ({
          ...relation,
          columns: (columns.get(relation['oid']) ?? []) as unknown as Column[],
        }) as unknown as Relation,
    ),
    constraints: await read('constraints'),
    indexes: await read('indexes'),
    policies: await read('policies'),
    functions: await read('functions'),
    triggers: await read('triggers'),
    rules: await read('rules'),
    types: await read('types'),
    collations: await read('collations'),
    extensions: await read('extensions'),
    defaultPrivileges: await read('defaultPrivileges'),
    published: await read('published'),
    servers: await read('servers'),
    wrappersUsable: await read('wrappersUsable'),
    subscriptions: (await read<{ name: string }>('subscriptions')).map(({ name }) => name),
    eventTriggers: (await read<{ name: string }>('eventTriggers')).map(({ name }) => name),
    parameterGrants: await read('parameterGrants'),
    calledByRelations: await read('calledByRelations'),
    readByPolicies: await read('readByPolicies'),
    plantingFunctions: (await read<{ oid: number }>('plantingFunctions')).map(({ oid }) => oid),
    acting: {
      inRelations: await read('actingInRelations'),
      around: (await read<{ name: string }>('actingAround')).map(({ name }) => name),
      whenPlanted: (await read<{ name: string }>('actingWhenPlanted')).map(({ name }) => name),
      names: (await read<{ name: string }>('actingNames')).map(({ name }) => name),
    },
    ambientFunctions: (await read<{ oid: number }>('ambientFunctions')).map(({ oid }) => oid),
    jobs: await readJobs(client),
  } as Catalogue
}

/**
 * pg_cron's table, where it is there and may be read: a view of that name would run whatever it
 * likes as who reads it.
 */
async function readJobs(client: Queryable): Promise<Catalogue['jobs']> {
  const { rows } = await client.query<{ readable: boolean }>(
    `select coalesce(has_table_privilege(c.oid, 'SELECT'), false) as readable from pg_class c
       join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
         and d.refclassid = 'pg_extension'::regclass
       join pg_extension e on e.oid = d.refobjid
     where c.oid = to_regclass('cron.job') and c.relkind = 'r' and e.extname = 'pg_cron'`,
  )
  if (rows[0]?.readable !== true) return []
  return (
    await client.query<{ command: string; role: string }>(
      'select command, username as role from cron.job order by jobid',
    )
  ).rows
}
