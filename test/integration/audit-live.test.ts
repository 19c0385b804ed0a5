/**
 * What an audit does to the database that it judges, and to its server: nothing. Also not by way of
 * a foreign table that leads back to it.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolesFrom } from '../../harness/audit/roles.ts'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { startClonePostgres } from '../../harness/services/services.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { AuditResult } from '../../src/base/finding.ts'
import { audit, type AuditOptions } from '../../src/index.ts'

const schema = `
create role app login password 'app'; create role keeper nologin;
create table doc (tenant_id int not null, id int primary key, body text not null);
alter table doc enable row level security; alter table doc force row level security;
create policy tenant on doc using (tenant_id = (select nullif(current_setting('app.tid', true), '')::int));
create function volatile_tenant() returns int language plpgsql volatile as $$ begin insert into
  called values (now()); return 1; end $$;
create table called (at timestamptz); grant insert on called to app;
create table watched (tenant_id int not null, body text);
  alter table watched enable row level security; alter table watched force row level security;
create policy tenant on watched using (tenant_id = volatile_tenant());
create function endless() returns boolean language plpgsql stable cost 0.0001 as $$ begin loop begin
  perform pg_sleep(60); exception when query_canceled then null; end; end loop; end $$;
create table stuck (tenant_id int not null, body text); alter table stuck enable row level security;
  alter table stuck force row level security;
create policy tenant on stuck using (endless()); create policy narrow on stuck as restrictive
  using (tenant_id = current_setting('app.tid', true)::int); grant select, insert on stuck to app;
    insert into stuck values (1, 'a');
create view slow with (security_invoker) as select tenant_id, body from doc where pg_sleep(30) is not null;
grant select, insert, update, delete on doc, watched to app; grant select on slow to app;
insert into doc select n % 3 + 1, n, 'text ' || n from generate_series(1, 60) n;
  insert into watched values (1, 'a'), (2, 'b');
create extension postgres_fdw;
create server back foreign data wrapper postgres_fdw options (host '127.0.0.1', port 'PORT', dbname 'live');
create user mapping for public server back options (user 'tenantbench', password 'PASSWORD');
create foreign table doc_elsewhere (tenant_id int, id int, body text) server back options
  (schema_name 'public', table_name 'doc');
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
  audit({
    databaseUrl: urlOf('live'),
    roles: [{ role: 'app', how: 'impersonation' }],
    probe: 'readonly',
    threatModel: 'M2',
    stated: { context: [], axis: [] },
    exceptions: [],
    fixCheck: false,
    signal: new AbortController().signal,
    clock: systemClock,
    openServer: (majorVersion) =>
      startClonePostgres({ majorVersion, runtimeFolder: null }, systemClock),
    onStage: () => undefined,
    ...more,
  })

/** Every row of the catalogue that says what there is, and every row of the tables. */
const dump = (): Promise<readonly (readonly unknown[])[]> =>
  query(
    'live',
    [
      'pg_class',
      'pg_proc',
      'pg_policy',
      'pg_authid',
      'pg_auth_members',
      'pg_db_role_setting',
      'pg_namespace',
      'pg_attribute',
      'pg_constraint',
      'pg_trigger',
      'pg_user_mapping',
      'pg_database',
      'doc',
      'watched',
      'called',
    ]
      .map(
        (name) =>
          `select '${name}', count(*), md5(string_agg((to_jsonb(t) - 'relpages' - 'reltuples' ` +
          `- 'relallvisible' - 'relallfrozen' - 'relfrozenxid' - 'relminmxid' - ` +
          `'datfrozenxid')::text, '|' order by to_jsonb(t)::text)) from ${name} t`,
      )
      .join(' union all '),
  )

const asApp = (database: string): string => {
  const url = new URL(urlOf(database))
  Object.assign(url, { username: 'app', password: 'app' })
  return url.href
}

it('readonly changes nothing, and lets no statement outlive its timeout', async () => {
  const before = await dump()
  const startedMs = systemClock.monotonicMs()
  const { abstained, coverage, verdict } = await judge({ databaseUrl: asApp('live') })
  expect(await dump()).toEqual(before)
  expect(systemClock.monotonicMs() - startedMs).toBeLessThan(25_000)
  expect(coverage.probes).toBeGreaterThan(2)
  expect(verdict).not.toBe('isolated')
  expect(await query('live', 'select count(*) from called')).toEqual([['0']])
  expect(abstained.find(({ object }) => object === 'public.watched')?.reason).toContain(
    'read-only transaction',
  )
  expect(abstained.find(({ object }) => object === 'public.stuck')?.reason).toContain(
    'Query read timeout',
  )
  expect(
    await query('live', "select count(*) from pg_stat_activity where usename = 'app'"),
  ).toEqual([['0']])
  expect(
    await query(
      'live',
      "select count(*) from pg_stat_activity where application_name = 'tenantbench audit'",
    ),
  ).toEqual([['0']])
})

it(
  'no name of ours is looked for in the database: neither its search path nor a cast of its ' +
    'own runs as who connects',
  async () => {
    await query('postgres', 'create database lured')
    await query(
      'lured',
      `create table met (by_whom text); create schema evil; grant usage on schema evil to public;
      grant insert on met to public;
    create function evil.current_setting(text) returns text language sql as $$ insert into
      public.met values ('current_setting'); select pg_catalog.current_setting($1) $$;
    create function evil.set_config(text, text, boolean) returns text language sql as $$ insert into
      public.met values ('set_config'); select pg_catalog.set_config($1, $2, $3) $$;
    create function evil.seen(pg_catalog.text) returns boolean language plpgsql as $$ begin insert
      into public.met values ('text'); return true; end $$;
    create domain evil.text as pg_catalog.text check (evil.seen(value::pg_catalog.text));
    create table doc (tenant_id int not null, body pg_catalog.text); grant select on doc to app;
    create schema cron; create view cron.job as select 1 as jobid, 'x' as command, case
      when evil.seen('job') then 'x' end as username;
    alter database lured set search_path = evil, pg_catalog, public`,
    )
    await query(
      'lured',
      "select current_setting('server_version'), 'x'::text; select * from cron.job",
    )
    expect((await query('lured', 'select by_whom from met order by 1')).flat()).toEqual([
      'current_setting',
      'text',
      'text',
    ])
    await query('lured', 'delete from met')
    await judge({ probe: 'clone', databaseUrl: urlOf('lured') })
    await judge({ probe: 'off', databaseUrl: urlOf('lured'), fixCheck: true })
    await rolesFrom({ role: [asApp('lured')] })
    expect(await query('lured', 'select by_whom from met')).toEqual([])
    await query('postgres', 'drop database lured')
  },
)

it('readonly does not connect as a role with powers, and says how to make another one', async () => {
  const error = await judge({}).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'TB_PROBE_REFUSED', exitCode: 5 })
  expect(String((error as Error).message)).toMatch(
    /SUPERUSER[\s\S]*CREATE ROLE "tenantbench_reader" LOGIN[\s\S]*GRANT "app" TO "tenantbench_reader"/,
  )
})

it(
  'readonly does not read what runs with powers: a definer of a superuser behind an operator, ' +
    'a view of a superuser',
  async () => {
    await query('postgres', 'create database reach')
    await query(
      'reach',
      `create schema h; grant usage on schema h to app; create role plain_owner nologin;
    create table doc (tenant_id text not null, body text);
      alter table doc enable row level security; alter table doc force row level security;
        alter table doc owner to plain_owner;
    create table note (tenant_id text not null, body text);
      alter table note enable row level security; alter table note owner to plain_owner;
    create table plain (tenant_id text not null, body text);
      alter table plain enable row level security; alter table plain owner to plain_owner;
    create table ran (at timestamptz); grant select on doc, note, plain to app;
    create function h.powerful() returns text security definer language plpgsql immutable as $$
      begin raise exception 'ran'; end $$;
    create function h.eq(a text, b text) returns boolean language plpgsql immutable as $$ begin
      execute 'select h.power' || 'ful()'; return true; end $$;
    create operator h.=== (leftarg = text, rightarg = text, function = h.eq);
    create policy p on doc using (tenant_id operator(h.===) current_setting('app.tid', true));
    create policy p on note using (tenant_id = current_setting('app.tid', true));
    create policy p on plain using (tenant_id = current_setting('app.tid', true));
    create view seen as select tenant_id, body from note; grant select on seen to app;
    insert into doc values ('a', 'x'), ('b', 'y'); insert into plain values ('a', 'x')`,
    )
    const { abstained } = await judge({ databaseUrl: asApp('reach') })
    const reasonOf = (object: string): string =>
      abstained.find((each) => each.object === object)?.reason ?? ''
    expect(reasonOf('public.doc')).toContain(
      'reading it may run function h.powerful, which has the powers of tenantbench (SUPERUSER',
    )
    expect(reasonOf('public.seen')).toContain(
      'reading it may run view public.seen, which has the powers of tenantbench',
    )
    expect(reasonOf('public.plain')).toContain('sees no row')
    await query('postgres', 'drop database reach')
    await query('postgres', 'drop role plain_owner')
  },
)

it('a foreign table that leads back is abstained from on a clone, and the table keeps its rows', async () => {
  const before = await dump()
  const { findings, abstained } = await judge({ probe: 'clone' })
  expect(
    findings.find(({ vector, object }) => vector === 'C06' && object === 'public.doc_elsewhere'),
  ).toMatchObject({ status: 'possible' })
  expect(abstained.map(({ object }) => object)).toEqual(
    expect.arrayContaining([
      'public.doc_elsewhere',
      'extension postgres_fdw',
      'public.stuck',
      'public.slow',
    ]),
  )
  expect(await dump()).toEqual(before)
})

it('no copy is made where code could act beyond its database: everything that could is named', async () => {
  const before = await dump()
  const error = await judge({ probe: 'template' }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'TB_PROBE_REFUSED', exitCode: 5 })
  for (const each of [
    'role tenantbench (SUPERUSER',
    'public.doc',
    'extension postgres_fdw',
    'foreign server back',
  ])
    expect(String((error as Error).message)).toContain(each)
  expect(await dump()).toEqual(before)
})

describe('a copy of a database of ordinary owners', () => {
  const own = `create role copy_owner nologin; create role copy_app login; grant create
    on schema public to copy_owner; set role copy_owner;
    create table doc (tenant_id text not null, id int primary key, body text);
      alter table doc enable row level security; alter table doc force row level security;
    create policy p on doc using (tenant_id = current_setting('app.tid', true)); grant
      select, insert, update, delete on doc to copy_app;
    create table leak (tenant_id text not null, id int primary key references doc, body text);
      alter table leak enable row level security; create policy p on leak using (true); grant select
        on leak to copy_app; reset role;
    insert into doc values ('a', 1, 'x'), ('b', 2, 'y'); insert into leak values ('a', 1, 'x')`
  const serverState = (): Promise<readonly (readonly unknown[])[]> =>
    query(
      'postgres',
      "select 'role', string_agg(rolname, ',' order by rolname) from pg_roles union all select " +
        "'database', string_agg(datname, ',' order by datname) from pg_database union all select " +
        "'settings', count(*)::text from pg_db_role_setting",
    )
  const judgeCopy = (): Promise<AuditResult> =>
    judge({
      databaseUrl: urlOf('ordinary'),
      probe: 'template',
      roles: [{ role: 'copy_app', how: 'impersonation' }],
    })

  beforeAll(async () => {
    await query('postgres', 'create database ordinary')
    await query('ordinary', own)
  })

  it('is probed and removed, with the logins that were made for it; the original keeps its rows', async () => {
    const before = await serverState()
    const { findings, coverage } = await judgeCopy()
    expect(
      findings.find(({ object, vector }) => object === 'public.leak' && vector === 'B01'),
    ).toMatchObject({ status: 'proven' })
    expect(
      findings.filter(
        ({ object, severity }) =>
          object === 'public.doc' && severity !== 'info' && severity !== 'low',
      ),
    ).toEqual([])
    expect(coverage.probes).toBeGreaterThan(20)
    expect(await serverState()).toEqual(before)
    expect(await query('ordinary', 'select count(*) from doc')).toEqual([['2']])
  })

  it('that a killed audit left is removed by the next one, and one whose audit lives is not', async () => {
    const [dead, living] = ['tenantbench_copy_00000000aa', 'tenantbench_copy_00000000bb']
    const before = await serverState()
    for (const name of [dead, living, `${dead}_stage_1`, 'tenantbench_copy_of_mine'])
      await query('postgres', `create database ${name}`)
    for (const name of [`${dead}_login_0`, `${living}_login_0`])
      await query('postgres', `create role ${name}`)
    const holder = new pg.Client({ connectionString: urlOf('postgres') })
    await holder.connect()
    await holder.query(`select pg_advisory_lock(hashtextextended('${living}', 0))`)
    await judgeCopy()
    const left = await query(
      'postgres',
      "select datname from pg_database where datname ~ '^tenantbench_copy' union select " +
        "rolname from pg_roles where rolname ~ '^tenantbench_copy' order by 1",
    )
    expect(left.flat()).toEqual([living, `${living}_login_0`, 'tenantbench_copy_of_mine'])
    await holder.end()
    for (const name of [living, 'tenantbench_copy_of_mine'])
      await query('postgres', `drop database ${name}`)
    await query('postgres', `drop role ${living}_login_0`)
    expect(await serverState()).toEqual(before)
  })

  it.each(['ordinary', 'postgres'])(
    'is not made while a session stands in the way, which is not ended: in %s',
    async (database) => {
      const client = new pg.Client({ connectionString: urlOf(database) })
      await client.connect()
      if (database === 'postgres') await client.query('set session authorization copy_app')
      const as = new pg.Client({
        connectionString: database === 'postgres' ? asApp('postgres') : urlOf(database),
      })
      await as.connect()
      const { verdict, abstained } = await judge({
        databaseUrl: urlOf('ordinary'),
        probe: 'template',
        roles: [{ role: database === 'postgres' ? 'app' : 'copy_app', how: 'impersonation' }],
      })
      if (database === 'ordinary')
        expect({
          verdict,
          reason: abstained.find(({ object }) => object === 'database ordinary')?.reason,
        }).toEqual({
          verdict: 'leak',
          reason: 'Not probed: other sessions are connected to it, and they are not ended.',
        })
      else
        expect(abstained.find(({ object }) => object === 'database ordinary')?.reason).toContain(
          'app in postgres',
        )
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      await client.end()
      await as.end()
    },
  )
})

it('a server that disappears midway is unreachable, and no bug', async () => {
  const own = await takeLease(null)
  const brief = await startCluster(own, systemClock)
  const url = new URL(brief.adminUrl)
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(
    "create role app login password 'app'; create table doc (tenant_id int, body text); grant select on doc to app",
  )
  await client.end()
  Object.assign(url, { username: 'app', password: 'app' })
  await expect(
    judge({ databaseUrl: url.href, onStage: (stage) => void (stage === 'probes' && brief.stop()) }),
  ).rejects.toMatchObject({ code: 'TB_DATABASE_UNREACHABLE' })
  await releaseLease(own)
})
