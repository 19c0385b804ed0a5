/**
 * Numbered SQL migrations. Each file runs once, in one transaction with the row that records it;
 * two processes that migrate at once take turns by an advisory lock. `{{name}}` in a file is
 * replaced by a quoted identifier, so the same SQL serves databases whose roles carry a run's id.
 */
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { isoTime, type Clock } from '../base/clock.ts'
import { sha256 } from '../base/random.ts'
import { TenantbenchError } from '../base/errors.ts'
import type { Client, Database } from './pool.ts'
import { inTransaction } from './transaction.ts'

/** Where the migrations are and what their placeholders stand for. */
export interface MigrationOptions {
  readonly folder: URL
  readonly identifiers: Readonly<Record<string, string>>
  readonly clock: Clock
}

interface Migration {
  readonly name: string
  readonly sql: string
}

// Any fixed number; it keeps two migrators of one database apart.
const advisoryLockKey = 7_310_205
const placeholder = /\{\{([a-z_]+)\}\}/g

/**
 * Brings a database up to date and returns the names of the migrations that ran. Run again, it does
 * nothing.
 */
export async function migrate(
  database: Database,
  options: MigrationOptions,
): Promise<readonly string[]> {
  const migrations = await readMigrations(options)
  return inTransaction(database, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLockKey])
    await client.query(
      'create table if not exists schema_migrations (name text primary key, sha256 text not ' +
        'null, applied_at timestamptz not null)',
    )
    const applied = await appliedMigrations(client)
    const pending = migrations.filter((migration) => isPending(migration, applied))
    for (const { name, sql } of pending) {
      await client.query(sql)
      await client.query('insert into schema_migrations values ($1, $2, $3)', [
        name,
        sha256(sql),
        isoTime(options.clock.nowMs()),
      ])
    }
    return pending.map(({ name }) => name)
  })
}

async function readMigrations(options: MigrationOptions): Promise<readonly Migration[]> {
  const names = (await readdir(options.folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: fill(await readFile(new URL(name, options.folder), 'utf8'), options.identifiers),
    })),
  )
}

function fill(sql: string, identifiers: Readonly<Record<string, string>>): string {
  return sql.replace(placeholder, (_match, name: string) => {
    const identifier = identifiers[name]
    if (identifier === undefined)
      throw new TenantbenchError('TB_BUG', {
        detail: `A migration names {{${name}}}, which has no value.`,
      })
    return pg.escapeIdentifier(identifier)
  })
}

async function appliedMigrations(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migrations',
  )
  return new Map(rows.map((row) => [row.name, row.sha256]))
}

function isPending(migration: Migration, applied: ReadonlyMap<string, string>): boolean {
  const known = applied.get(migration.name)
  if (known === undefined) return true
  if (known !== sha256(migration.sql))
    throw new TenantbenchError('TB_BUG', {
      detail: `Migration ${migration.name} was changed after it had run here.`,
    })
  return false
}
