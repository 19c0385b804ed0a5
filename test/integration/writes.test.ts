/**
 * What each role cannot write, change or become. Writes are blind: without RETURNING or WHERE,
 * which would hide a hole.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { TenantId } from '../../src/base/tenant-id.ts'
import { withTenant, type Database, type Queryable } from '../../src/index.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openAdmin, outcomeOf, settle } from './isolation-helpers.ts'

const refused = '42501'

/**
 * Blind writes of alpha that would give beta a row, or take one; last, what comes of them when the
 * policy's check is planted away: done, stopped by a key of beta's, or by the policy that reads.
 */
const foreignWrites: readonly (readonly [string, string, string])[] = [
  ['documents', "insert into documents values ('beta', 'x', 't', 'h', 1, '2026-11-01')", 'done'],
  [
    'documents',
    "insert into documents select 'beta', document_id || 'x', title, sha256, words, created_at from documents",
    'done',
  ],
  [
    'documents',
    "insert into documents values ('beta', 'd1', 't', 'h', 1, '2026-11-01') on conflict do nothing",
    'done',
  ],
  [
    'documents',
    "insert into documents values ('beta', 'x', 't', 'h', 1, '2026-11-01') on conflict do nothing",
    'done',
  ],
  [
    'documents',
    "insert into documents values ('beta', 'd1', 't', 'h', 1, '2026-11-01') on conflict " +
      "(tenant_id, document_id) do update set title = 'taken'",
    '42501',
  ],
  [
    'documents',
    "merge into documents using (values ('beta', 'x')) as new (t, d) on tenant_id = t and " +
      "document_id = d when not matched then insert values (t, d, 't', 'h', 1, '2026-11-01')",
    'done',
  ],
  ['documents', "update documents set tenant_id = 'beta'", '23505'],
  ['chunks', "update chunks set tenant_id = 'beta'", '23505'],
  ['chunks', "insert into chunks values ('beta', 'x', 'd1', 0, 'b', 1)", 'done'],
  ['namespace_sizes', "update namespace_sizes set tenant_id = 'beta'", '23505'],
  [
    'namespace_sizes',
    "insert into namespace_sizes values ('beta', 1, 1) on conflict (tenant_id) do update set bytes = 0",
    '42501',
  ],
  [
    'prompt_templates',
    "insert into prompt_templates values ('beta', 'x', 1, '{{passages}} {{question}}', '{}', '2026-11-01')",
    'done',
  ],
  [
    'prompt_templates',
    "insert into prompt_templates values ('beta', 'house-style', 1, 'b', '{}', '2026-11-01') " +
      "on conflict (tenant_id, name) do update set body = 'taken'",
    '42501',
  ],
  ['prompt_templates', "update prompt_templates set tenant_id = 'beta'", '23505'],
  [
    'usage_events',
    "insert into usage_events select 'beta', 'x', request_id, attempt, operation, provider, " +
      'sku, outcome, estimated, quantities, occurred_at, recorded_at, service from usage_events',
    'done',
  ],
]

const ownRows = {
  app: [
    'insert into charges select tenant_id, posting_id, day + 1, provider, sku, service, unit, ' +
      'component, 1, 1, 1 from charges',
    "insert into ledger select tenant_id, posting_id, month, 'x', method, 1, 1, 1, posted_at from ledger",
    "insert into tenants values ('gamma', 'n', 't', '2026-11-01')",
    "insert into placements values ('alpha', 'test-1', 'n', '2026-11-01')",
    "update tenant_configs set model = 'gpt-4'",
    "insert into tenant_config_history values ('alpha', 9, 'me', '{}')",
    "update tiers set model = 'gpt-4'",
    "insert into tiers (tier, changed_at) values ('mine', '2026-11-01')",
    'select * from tier_history',
    "update placements set namespace = 'tenant-beta'",
    'delete from tenants',
    'select * from vector_indexes',
    'select * from capacity_events',
    'select * from schema_migrations',
  ],
  operator: [
    'select * from documents',
    'select * from chunks',
    "update documents set title = 'seen'",
    'delete from chunks',
    "insert into usage_events (tenant_id) values ('alpha')",
    'update namespace_sizes set bytes = 0',
    'delete from tenants',

    'delete from tenant_configs',
    'update tenant_config_history set version = 2',
    'delete from tiers',
    'update tier_history set version = 2',
    'select * from prompt_templates',
    "insert into prompt_templates values ('alpha', 'x', 1, 'b', '{}', '2026-11-01')",
    "update prompt_templates set body = 'read'",
    'delete from prompt_templates',
    'delete from capacity_events',
    'update vector_indexes set operating_limit = 1',
  ],
} as const

const appendOnly = ['usage_events', 'charges', 'ledger'].flatMap((table) => [
  `update ${table} set tenant_id = tenant_id`,
  `delete from ${table}`,
])

const everyRole = [
  'truncate chunks',
  'truncate documents cascade',
  'create table mine ()',
  'create temp table chunks ()',
  'create temp view shadow as select 1',
  'create schema mine',
  'create function mine() returns int language sql as $$select 1$$',
  'create policy open on chunks using (true)',
  'alter table chunks disable row level security',
  'alter table chunks no force row level security',
  'alter domain tenant_id drop constraint tenant_id_check',
  'drop policy tenant_rows on chunks',
  'alter role current_user bypassrls',
  'create role mine',
]

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  let alpha: TenantId
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    alpha = await settle(db, 'alpha')
    await settle(db, 'beta')
  })
  afterAll(async () => {
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  /** Runs statements as alpha and rolls them back; the outcome is the first error or `done`. */
  const asAlpha = (...statements: readonly string[]): Promise<string> =>
    undone(async (session) => {
      for (const statement of statements) await session.query(statement)
    })

  async function undone(work: (session: Queryable) => Promise<void>): Promise<string> {
    const outcome = await outcomeOf(
      withTenant(db.database, alpha, async (session) => {
        await work(session)
        throw new RangeError('undone')
      }),
    )
    return outcome === 'undone' ? 'done' : outcome
  }

  test.each(foreignWrites)(
    'alpha cannot write for beta in %s: %s',
    async (table, statement, unchecked) => {
      expect(await asAlpha(statement)).toBe(refused)
      const { rows } = await admin.query<{ name: string; condition: string }>(
        'select policyname as name, with_check as condition from pg_policies where tablename = ' +
          '$1 and with_check is not null and $2 = any (roles)',
        [table, db.app.role],
      )
      const [policy] = rows
      await admin.query(`alter policy ${policy?.name} on ${table} with check (true)`)
      try {
        expect(await asAlpha(statement)).toBe(unchecked)
      } finally {
        await admin.query(
          `alter policy ${policy?.name} on ${table} with check (${policy?.condition})`,
        )
      }
    },
  )

  test('what alpha changes or deletes without a filter is its own', async () => {
    const rowCount = (text: string): Promise<number | null> =>
      withTenant(db.database, alpha, async (session) => (await session.query(text)).rowCount)
    for (const table of ['documents', 'chunks', 'namespace_sizes']) {
      expect(await rowCount(`delete from ${table} where tenant_id = 'beta'`)).toBe(0)
      expect(
        await rowCount(`update ${table} set tenant_id = 'alpha' where tenant_id = 'beta'`),
      ).toBe(0)
    }
    expect(await rowCount("update chunks set body = 'changed'")).toBe(2)
    expect(await rowCount('delete from chunks')).toBe(2)
    expect(await rowCount('delete from documents')).toBe(1)
    const { rows } = await admin.query<{ tenant: string; body: string }>(
      'select tenant_id as tenant, body from chunks order by chunk_id',
    )
    expect(rows).toEqual([
      { tenant: 'beta', body: 'canary of beta' },
      { tenant: 'beta', body: 'canary of beta' },
    ])
    await withTenant(db.database, alpha, async (session) => {
      await session.query("insert into documents values ('alpha', 'd1', 't', 'h', 1, '2026-11-01')")
      await session.query("insert into chunks values ('alpha', 'd1-0', 'd1', 0, 'b', 1)")
    })
  })

  test("a chunk cannot belong to another tenant's document", async () => {
    await withTenant(db.database, alpha, (session) =>
      session.query(
        "insert into documents values ('alpha', 'of-alpha', 't', 'h', 1, '2026-11-01')",
      ),
    )
    const chunk = (tenant: string, document: string): Promise<string> =>
      outcomeOf(
        admin.query(`insert into chunks values ('${tenant}', 'stray', '${document}', 0, 'b', 1)`),
      )
    expect(await chunk('beta', 'of-alpha')).toBe('23503')
    expect(
      await asAlpha("insert into chunks values ('alpha', 'stray', 'nowhere', 0, 'b', 1)"),
    ).toBe('23503')
    expect(await chunk('alpha', 'of-alpha')).toBe('done')
    await admin.query("delete from chunks where chunk_id = 'stray'")
  })

  test.each(ownRows.app)('a tenant session cannot: %s', async (statement) => {
    expect(await asAlpha(statement)).toBe(refused)
    const asSuperuser = inTransaction(admin, async (client) => {
      await client.query(statement)
      throw new RangeError('undone')
    })
    expect(await outcomeOf(asSuperuser)).not.toBe(refused)
  })

  test.each(ownRows.operator)('the operator cannot: %s', async (statement) => {
    expect(await outcomeOf(db.operator.query(statement))).toBe(refused)
  })

  test.each(appendOnly)('nobody who logs in can: %s', async (statement) => {
    expect(await asAlpha(statement)).toBe(refused)
    expect(await outcomeOf(db.operator.query(statement))).toBe(refused)
  })

  test.each(everyRole)('neither login can: %s', async (statement) => {
    expect(await asAlpha(statement)).toBe(refused)
    expect(await outcomeOf(db.operator.query(statement))).toBe(refused)
  })

  test('neither login can become another role, or look past row security', async () => {
    const name = db.app.role.replace(/_app$/, '')
    const roles = [
      `${name}_owner`,
      `${name}_app`,
      `${name}_operator`,
      'tenantbench',
      'pg_read_all_data',
    ]
    for (const login of [db.app, db.operator]) {
      for (const role of roles.filter((each) => each !== login.role)) {
        expect(await outcomeOf(login.query(`set role "${role}"`))).toBe(refused)
        expect(await outcomeOf(login.query(`set session authorization "${role}"`))).toBe(refused)
      }
    }
    expect(await asAlpha('set local row_security = off', 'select from chunks')).toBe(refused)
  })

  test('no role is above row security, and the owner of all tables cannot log in', async () => {
    const { rows: roles } = await admin.query(
      "select replace(rolname, $1, '') as role, rolcanlogin as login, rolsuper or rolbypassrls " +
        'or rolcreaterole or rolcreatedb or rolreplication as above from pg_roles where ' +
        'starts_with(rolname, $1) order by 1',
      [db.app.role.replace(/app$/, '')],
    )
    expect(roles).toEqual([
      { role: 'app', login: true, above: false },
      { role: 'operator', login: true, above: false },
      { role: 'owner', login: false, above: false },
    ])
    const { rows: memberships } = await admin.query(
      'select roleid::regrole::text from pg_auth_members where member::regrole::text = any ($1)',
      [[db.app.role, db.operator.role]],
    )
    expect(memberships).toEqual([])
    const { rows: owners } = await admin.query<{ owner: string }>(
      "select distinct relowner::regrole::text as owner from pg_class where relnamespace = 'public'::regnamespace",
    )
    expect(owners).toEqual([{ owner: db.app.role.replace(/app$/, 'owner') }])
  })

  test(
    'every table with a tenant_id has row security enabled and forced, and every view the ' +
      'rights of who asks',
    async () => {
      expect(await unguarded()).toEqual([])
      await admin.query(
        'create table bare (tenant_id text); create table parted (tenant_id text) partition by list (tenant_id)',
      )
      await admin.query(
        'create table unforced (tenant_id text); alter table unforced enable row level security',
      )
      await admin.query(
        'create view peeking as select tenant_id from chunks; create materialized view stored as ' +
          'select tenant_id from chunks',
      )
      expect(await unguarded()).toEqual(['bare', 'parted', 'peeking', 'stored', 'unforced'])
      await admin.query(
        'drop view peeking; drop materialized view stored; drop table bare, parted, unforced',
      )
      expect(await unguarded()).toEqual([])
    },
  )

  async function unguarded(): Promise<readonly string[]> {
    const { rows } = await admin.query<{ name: string }>(`
      select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid
      where attname = 'tenant_id' and relkind in ('r', 'p', 'f', 'm', 'v')
        and relnamespace = 'public'::regnamespace
        and not (relrowsecurity and relforcerowsecurity) and not (relkind = 'v'
          and coalesce(reloptions, '{}') @> '{security_invoker=true}')
      order by 1`)
    return rows.map(({ name }) => name)
  }
})
