/** Migrations run once, in turn, and not in another wording; what they make is written down. */
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { migrate, type MigrationOptions } from '../../src/db/migrate.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { openDatabase, type Database, type Queryable } from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { describeSchema } from './describe-schema.ts'
import { openAdmin, outcomeOf } from './isolation-helpers.ts'

const ours = new URL('../../src/db/migrations/', import.meta.url)

// Each would open a hole or lose a guard.
const changes = [
  'alter table chunks no force row level security',
  'grant delete on ledger to public',
  'grant update (title) on documents to public',
  'alter policy tenant_rows on chunks using (true)',
  'create policy another on documents using (true)',
  'alter table placements alter column namespace drop not null',
  'alter table ledger drop constraint ledger_tenant_id_fkey',
  'create view all_documents as select * from documents',
  'alter function tenant_config_changed() security definer',
  'drop trigger tenant_config_changed on tenant_configs',
  'grant create on schema public to public',
]

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  let prefix: string
  let folder: string
  beforeEach(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    prefix = db.app.role.replace(/app$/, '')
    folder = await mkdtemp(join(tmpdir(), 'tenantbench-migrations-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  function asOwner(): Database {
    const url = new URL(db.adminUrl)
    url.searchParams.set('options', `-c role=${prefix}owner`)
    return openDatabase({ connectionString: url.href, maxConnections: 1 })
  }

  const options = (from: URL = pathToFileURL(`${folder}/`)): MigrationOptions => ({
    folder: from,
    identifiers: { app: db.app.role, operator: db.operator.role },
    clock: systemClock,
  })

  const schema = (): Promise<string> => describeSchema(admin, prefix)

  async function emptyAgain(): Promise<void> {
    await admin.query(
      'drop schema public cascade; create schema public authorization pg_database_owner; grant ' +
        'usage on schema public to public; grant usage, create on schema public to ' +
        `"${prefix}owner"`,
    )
  }

  test('the schema is the one written down', async () => {
    await expect(await schema()).toMatchFileSnapshot('../golden/schema.golden.sql')
  })

  test('what is written down shows each change', async () => {
    const before = await schema()
    for (const change of changes) {
      const undone = inTransaction(admin, async (client) => {
        await client.query(change)
        expect(await describeSchema(client as Queryable, prefix), change).not.toBe(before)
        throw new RangeError('undone')
      })
      await expect(undone).rejects.toThrow('undone')
    }
    expect(await schema()).toBe(before)
  })

  test('run again, they do nothing', async () => {
    const before = await schema()
    await using owner = asOwner()
    expect(await migrate(owner, options(ours))).toEqual([])
    expect(await schema()).toBe(before)
  })

  test('run by four at once, each runs one time and all succeed', async () => {
    const before = await schema()
    await emptyAgain()
    const owners = [asOwner(), asOwner(), asOwner(), asOwner()]
    const ran = await Promise.all(owners.map((owner) => migrate(owner, options(ours))))
    for (const owner of owners) await owner.close()
    expect(ran.filter(({ length }) => length > 0)).toEqual([(await readdir(ours)).sort()])
    expect(await schema()).toBe(before)
  })

  test('a migration whose text was changed after it ran is refused', async () => {
    for (const name of await readdir(ours)) await copyFile(new URL(name, ours), join(folder, name))
    await using owner = asOwner()
    expect(await migrate(owner, options())).toEqual([])
    await writeFile(join(folder, '002-cost.sql'), '-- nothing')
    await writeFile(join(folder, '009-more.sql'), 'create table more ()')
    const before = await schema()
    await expect(migrate(owner, options())).rejects.toMatchObject({
      code: 'TB_BUG',
      detail: 'Migration 002-cost.sql was changed after it had run here.',
    })
    expect(await schema()).toBe(before)
  })

  test('one that fails leaves nothing, neither of its own nor of those before it in the same run', async () => {
    await writeFile(join(folder, '010-good.sql'), 'create table good ()')
    await writeFile(join(folder, '011-bad.sql'), 'create table half (); select 1 / 0')
    const before = await schema()
    await using owner = asOwner()
    expect(await outcomeOf(migrate(owner, options()))).toBe('22012')
    expect(await schema()).toBe(before)
    await writeFile(join(folder, '011-bad.sql'), 'create table whole ()')
    expect(await migrate(owner, options())).toEqual(['010-good.sql', '011-bad.sql'])
    expect(await migrate(owner, options())).toEqual([])
  })

  test('a placeholder without a value is refused before anything runs', async () => {
    await writeFile(join(folder, '012-unknown.sql'), 'grant all on schema public to {{nobody}}')
    await using owner = asOwner()
    await expect(migrate(owner, options())).rejects.toMatchObject({
      code: 'TB_BUG',
      detail: 'A migration names {{nobody}}, which has no value.',
    })
  })

  test('a placeholder is quoted, whatever the name', async () => {
    await writeFile(join(folder, '013-quoted.sql'), 'create table {{odd}} ()')
    await using owner = asOwner()
    const odd = 'a "b"; drop table chunks'
    await migrate(owner, { ...options(), identifiers: { odd } })
    const { rows } = await admin.query<{ found: number }>(
      'select count(*) as found from pg_class where relname = any ($1)',
      [[odd, 'chunks']],
    )
    expect(rows).toEqual([{ found: 2 }])
  })
})
