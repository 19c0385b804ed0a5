/**
 * A database on a server of the user's: what is missing is named, and afterwards nothing is left.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createRunDatabase, dropRunDatabase } from '../../harness/services/postgres/borrowed.ts'
import { systemClock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import { newSecret, newSuffix } from '../../src/base/random.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import {
  installSchema,
  openDatabase,
  openTenantDirectory,
  placeTenant,
  provisionIndex,
  withTenant,
  type Database,
  type PlacementOptions,
} from '../../src/index.ts'
import { outcomeOf } from './isolation-helpers.ts'

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  const users: string[] = []
  let server: Database
  beforeAll(() => {
    server = openDatabase({ connectionString: serverUrl, maxConnections: 2 })
  })
  afterAll(async () => {
    for (const user of users) await server.query(`drop role "${user}"`)
    await server.close()
  })

  /** A user with these attributes alone, and how it connects. */
  async function userWith(
    attributes: string,
  ): Promise<{ readonly user: string; readonly url: string }> {
    const user = `borrower_${newSuffix()}`
    const url = new URL(serverUrl)
    url.username = user
    url.password = newSecret()
    await server.query(
      `create role "${user}" login nosuperuser ${attributes} password '${url.password}'`,
    )
    users.push(user)
    return { user, url: url.href }
  }

  /** Databases and roles that bear a name or a name that begins with it. */
  async function traces(name: string): Promise<readonly string[]> {
    const { rows } = await server.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1) union select ' +
        'rolname from pg_roles where starts_with(rolname, $1) order by 1',
      [name],
    )
    return rows.map((row) => row.name)
  }

  test.each([
    ['nocreatedb nocreaterole', 'CREATEDB and CREATEROLE'],
    ['createdb nocreaterole', 'CREATEROLE'],
    ['nocreatedb createrole', 'CREATEDB'],
  ])('with %s what is missing is named, and nothing is made', async (attributes, missing) => {
    const { user, url } = await userWith(attributes)
    const name = `borrowed_${newSuffix()}`
    const error = await createRunDatabase(url, name).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TenantbenchError)
    expect(error).toMatchObject({
      code: 'TB_DATABASE_RIGHTS',
      exitCode: 5,
      detail: `User ${user} lacks ${missing}.`,
    })
    expect(await traces(name)).toEqual([])
  })

  test.each([
    ['password', { password: 'wrong-secret' }],
    ['user', { username: 'nobody-of-that-name' }],
    ['port', { port: '1' }],
    ['host', { hostname: 'no-such-host.invalid' }],
    ['database', { pathname: '/no_such_database' }],
  ])('a wrong %s is unreachable, and no password is said', async (_what, changes) => {
    const url = Object.assign(new URL(serverUrl), changes)
    const error = await createRunDatabase(url.href, 'never').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TenantbenchError)
    expect(error).toMatchObject({ code: 'TB_DATABASE_UNREACHABLE', exitCode: 5 })
    expect(String(error)).not.toContain(url.password)
  })

  test('a database that is there already is not touched', async () => {
    const name = `borrowed_${newSuffix()}`
    const url = await createRunDatabase(serverUrl, name)
    await using theirs = openDatabase({ connectionString: url, maxConnections: 1 })
    await theirs.query('create table precious as select 1 as one')
    expect(await outcomeOf(createRunDatabase(serverUrl, name))).toBe('42P04')
    expect((await theirs.query('select one from precious')).rows).toEqual([{ one: 1 }])
    await theirs.close()
    await dropRunDatabase(serverUrl, name)
    expect(await traces(name)).toEqual([])
  })

  test('a user with CREATEDB and CREATEROLE is enough, and everything is dropped', async () => {
    const { url } = await userWith('createdb createrole')
    const name = `borrowed_${newSuffix()}`
    const logins = await installSchema(await createRunDatabase(url, name), systemClock)
    await workOn(logins)
    expect(await traces(name)).toEqual([name, `${name}_app`, `${name}_operator`, `${name}_owner`])
    await dropRunDatabase(url, name)
    expect(await traces(name)).toEqual([])
    await dropRunDatabase(url, name)
  })

  test('it is dropped also while the app is still connected, as after a run that was killed', async () => {
    const { url } = await userWith('createdb createrole')
    const name = `borrowed_${newSuffix()}`
    const logins = await installSchema(await createRunDatabase(url, name), systemClock)
    await using app = openDatabase({ connectionString: logins.app, maxConnections: 1 })
    await app.query('select 1')
    const outcome = await outcomeOf(dropRunDatabase(url, name))
    if (outcome !== 'done') await dropRunDatabase(serverUrl, name)
    expect(outcome).toBe('done')
    expect(await traces(name)).toEqual([])
  })

  test('dropping one run leaves the roles of another alone', async () => {
    const name = `borrowed_${newSuffix()}`
    const other = `${name}_2`
    for (const each of [name, other])
      await installSchema(await createRunDatabase(serverUrl, each), systemClock)
    const outcome = await outcomeOf(dropRunDatabase(serverUrl, name))
    const left = await traces(name)
    await dropRunDatabase(serverUrl, other)
    expect(outcome).toBe('done')
    expect(left).toEqual([other, `${other}_app`, `${other}_operator`, `${other}_owner`])
  })

  async function workOn(logins: {
    readonly app: string
    readonly operator: string
  }): Promise<void> {
    await using app = openDatabase({ connectionString: logins.app })
    await using operator = openDatabase({ connectionString: logins.operator })
    const directory = await openTenantDirectory(operator)
    const placement: PlacementOptions = {
      operator,
      clock: systemClock,
      limits: { namespaceLimit: 10, operatingLimit: 9, alertAt: 7 },
      indexPrefix: 'test',
      ensureIndex: async () => undefined,
    }
    await provisionIndex(placement, 1)
    const id = parseTenantId('alpha')
    await placeTenant(placement, { id, name: 'Alpha', tier: 'test' })
    await directory.refresh()
    const { rows } = await withTenant({ app, directory }, id, (session) =>
      session.query('select tenant_id from tenants'),
    )
    expect(rows).toEqual([{ tenant_id: 'alpha' }])
  }
})
