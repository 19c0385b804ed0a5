/** What an audit does to the database that it judges: nothing. Also not by way of a foreign table that leads back to it. */
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { AuditResult } from '../../src/base/finding.ts'
import { audit, type AuditOptions } from '../../src/index.ts'

const schema = `
create role app login password 'app'; create role keeper nologin;
create table doc (tenant_id int not null, id int primary key, body text not null);
alter table doc enable row level security; alter table doc force row level security;
create policy tenant on doc using (tenant_id = (select nullif(current_setting('app.tid', true), '')::int));
create function volatile_tenant() returns int language plpgsql volatile as $$ begin insert into called values (now()); return 1; end $$;
create table called (at timestamptz); grant insert on called to app;
create table watched (tenant_id int not null, body text); alter table watched enable row level security; alter table watched force row level security;
create policy tenant on watched using (tenant_id = volatile_tenant());
create view slow with (security_invoker) as select tenant_id, body from doc where pg_sleep(30) is not null;
grant select, insert, update, delete on doc, watched to app; grant select on slow to app;
insert into doc select n % 3 + 1, n, 'text ' || n from generate_series(1, 60) n; insert into watched values (1, 'a'), (2, 'b');
create extension postgres_fdw;
create server back foreign data wrapper postgres_fdw options (host '127.0.0.1', port 'PORT', dbname 'live');
create user mapping for public server back options (user 'tenantbench', password 'PASSWORD');
create foreign table doc_elsewhere (tenant_id int, id int, body text) server back options (schema_name 'public', table_name 'doc');
grant select, delete on doc_elsewhere to app;`

let folder = ''
let cluster: PostgresCluster

const urlOf = (database: string): string => {
  const url = new URL(cluster.adminUrl)
  url.pathname = `/${database}`
  return url.href
}

async function query(database: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  const client = new pg.Client({ connectionString: urlOf(database) })
  await client.connect()
  try {
    const result = await client.query({ text: sql, rowMode: 'array' })
    return (Array.isArray(result) ? result.at(-1) : result).rows as unknown[][]
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  folder = await takeLease(null)
  cluster = await startCluster(folder, systemClock)
  await query('postgres', 'create database live')
  const { port, password } = new URL(cluster.adminUrl)
  await query('live', schema.replace('PORT', port).replace('PASSWORD', password))
})

afterAll(async () => {
  await cluster.stop()
  await releaseLease(folder)
})

const judge = (more: Partial<AuditOptions>): Promise<AuditResult> =>
  audit({ databaseUrl: urlOf('live'), roles: [{ role: 'app', how: 'impersonation' }], probe: 'readonly', threatModel: 'M2', stated: { context: [], axis: [] }, exceptions: [], fixCheck: false, signal: new AbortController().signal, openServer: async () => ({ adminUrl: cluster.adminUrl, [Symbol.asyncDispose]: async () => undefined }), onStage: () => undefined, ...more })

/** Every row of the catalogue that says what there is, and every row of the tables. */
const dump = (): Promise<readonly (readonly unknown[])[]> => query('live', ['pg_class', 'pg_proc', 'pg_policy', 'pg_authid', 'pg_auth_members', 'pg_db_role_setting', 'pg_namespace', 'pg_attribute', 'pg_constraint', 'pg_trigger', 'pg_user_mapping', 'pg_database', 'doc', 'watched', 'called']
  .map((name) => `select '${name}', count(*), md5(string_agg((to_jsonb(t) - 'relpages' - 'reltuples' - 'relallvisible' - 'relallfrozen' - 'relfrozenxid' - 'relminmxid' - 'datfrozenxid')::text, '|' order by to_jsonb(t)::text)) from ${name} t`).join(' union all '))

it('readonly changes nothing, calls nothing VOLATILE, and lets no statement outlive its timeout', async () => {
  const before = await dump()
  const startedMs = systemClock.monotonicMs()
  const { abstained, coverage } = await judge({})
  expect(await dump()).toEqual(before)
  expect(systemClock.monotonicMs() - startedMs).toBeLessThan(25_000)
  expect(coverage.probes).toBeGreaterThan(2)
  expect(await query('live', 'select count(*) from called')).toEqual([['0']])
  expect(abstained.find(({ object }) => object === 'public.watched')?.reason).toContain('VOLATILE')
  expect(abstained).toContainEqual({ object: 'public.slow', reason: expect.stringContaining('probe a clone') as string })
  expect(await query('live', "select count(*) from pg_stat_activity where application_name = 'tenantbench audit'")).toEqual([['0']])
})

it('a foreign table that leads back is abstained from, and the table keeps its rows: on a clone and on a copy', async () => {
  const before = await dump()
  for (const probe of ['clone', 'template'] as const) {
    const { findings } = await judge({ probe })
    expect(findings.find(({ vector, object }) => vector === 'C06' && object === 'public.doc_elsewhere')).toMatchObject({ status: 'possible' })
    expect(await query('live', 'select count(*) from doc')).toEqual([['60']])
  }
  expect(await query('postgres', "select count(*) from pg_database where datname ~ '^(clone_|tenantbench_copy_)'")).toEqual([['0']])
  expect((await dump()).filter(([name]) => name !== 'pg_authid' && name !== 'pg_database')).toEqual(before.filter(([name]) => name !== 'pg_authid' && name !== 'pg_database'))
})

it('a copy is refused while somebody is connected, and nobody is sent away', async () => {
  const client = new pg.Client({ connectionString: urlOf('live') })
  await client.connect()
  await expect(judge({ probe: 'template' })).rejects.toMatchObject({ code: 'TB_DATABASE_RIGHTS' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await client.end()
})

it('a server that disappears midway is unreachable, and no bug', async () => {
  const own = await takeLease(null)
  const brief = await startCluster(own, systemClock)
  const url = new URL(brief.adminUrl)
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query('create role app login; create table doc (tenant_id int, body text); grant select on doc to app')
  await client.end()
  await expect(judge({ databaseUrl: url.href, onStage: (stage) => void (stage === 'probes' && brief.stop()) })).rejects.toMatchObject({ code: 'TB_DATABASE_UNREACHABLE' })
  await releaseLease(own)
})
