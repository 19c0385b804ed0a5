/**
 * Ways in which an audited database went beyond what an audit grants it, each found by an attack on
 * the code: names that become SQL, an encoding that swallows a quote, functions that are reached
 * without their name, settings that win over ours.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCloneServer } from '../../harness/services/postgres/clone-server.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { AuditResult } from '../../src/base/finding.ts'
import { audit, type AuditOptions, type ThrowawayServer } from '../../src/index.ts'
import { drawn } from '../support/drawn.ts'

const [version = 18] = drawn('audit tricks: version', [15, 18], 1)
const ordinary = { username: 'own', password: 'x' }
const application = { username: 'app', password: 'x' }
const tenantPolicy = `using (tenant = current_setting('app.tenant', true))`
/** In SJIS its first byte takes the backslash along, so that the quote ends the literal. */
const oddTable = `"Á\\',null,null,true)where false;COMMIT;select public.leave();--"`
const ends = (name: string, kind = ''): string =>
  `create function ${name}(int) returns int ${kind} language plpgsql as $f$ begin perform ` +
  `pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'; return ` +
  '1; end $f$'

const schemas = {
  names: `create table t0(id int, tenant text not null); alter table t0 enable row level security;
    create policy p on t0 ${tenantPolicy};
    create function f() returns setof t0 security definer language sql as 'select * from t0';
    create view "a\nALTER ROLE own SUPERUSER; --" with (security_invoker) as select * from f();
    grant select on all tables in schema public to app`,
  encoding: `create table ${oddTable}(id int, tenant text not null, body text);
    alter table ${oddTable} enable row level security; create policy p
      on ${oddTable} ${tenantPolicy}; grant select, insert, update, delete on ${oddTable} to app;
    create function changes() returns trigger language plpgsql as $f$ begin perform
      set_config('backslash_quote', 'on', false), set_config('client_encoding', 'SJIS', false);
        return new; end $f$;
    create trigger t before insert or update on ${oddTable} for each row execute function changes();
    create function leave() returns void language plpgsql as $f$ begin if current_database() <>
      'encoding' then execute format('alter role %I set search_path = left_behind', current_user);
        end if; end $f$;
    grant execute on function leave() to app`,
  checks: `create function planted() returns text language sql as 'select 1::text';
    create table t(id int, tenant text not null, check (query_to_xml('select public.planted()',
      false, false, '') is not null)); grant select on t to app`,
  filled: `create function filled() returns text language sql as 'select 1::text';
    create view behind as select filled() as tenant;
    create materialized view m as select * from behind with no data; grant select on m to app`,
  secrets: `create table t(id int, tenant text not null, body text); alter table t enable row level security;
    create policy p on t ${tenantPolicy}; grant select on t to app;
    insert into t select i, 'REAL', 'x' from generate_series(1, 200) i;
    create function look() returns int language plpgsql as $f$ declare got text := 'looked'; begin
      if exists (select from pg_stats where most_common_vals::text ~ 'REAL') then got := got || '+stats'; end if;
      if exists (select from pg_largeobject_metadata) then got := got || '+objects'; end if;
      perform set_config('application_name', got, false), pg_sleep(0.3); return 1; end $f$;
    grant execute on function look() to app`,
  passwords: `create table t(id int, tenant text not null, body text); alter table t enable row level security;
    create policy p on t ${tenantPolicy}; grant select on t to app;
    create function steal() returns int language plpgsql as $f$ declare s text; got text := 'looked'; begin
      select nspname into s from pg_namespace where nspname ~ '^tenantbench_[0-9a-f]+$' limit 1;
      if s is null then return 0; end if;
      begin execute format('select ''stolen'' from %I.rows(''pg_catalog.pg_authid'', ''rolname'', ''true'', false) r limit 1', s)
        into got; exception when others then null; end;
      perform set_config('application_name', got, false), pg_sleep(0.3); return 1; end $f$;
    grant execute on function steal() to app`,
  dynamic: `create table t(id int, tenant text not null); grant select on t to app;
    create function ends() returns int language plpgsql as $f$ declare n int; begin
      execute 'select count(pg_term' || 'inate_backend(pid)) from pg_stat_activity where usename = ''app''' into n; return n; end $f$`,
  described: `create table t(id int, tenant text not null); grant select on t to app;
    create function told(int) returns int immutable language sql as 'select 1'; create statistics s on (told(1) + id), tenant from t`,
  reading: `${['by_index', 'by_check', 'by_statistic'].map((each) => ends(each, 'immutable')).join(';\n')};
    ${['indexed', 'checked', 'described', 'with_operator', 'with_domain', 'plain']
      .map(
        (each) =>
          `create table ${each}(id int, tenant text not null); insert into ${each} select i, ` +
          `'a' from generate_series(1, 50) i`,
      )
      .join(';\n')};
    create index on indexed ((by_index(1) + id)); alter table checked add check (by_check(1) = 1 and id > 0); create statistics s on (by_statistic(1) + id), tenant from described; analyze;
    create operator public.!!! (leftarg = int, rightarg = bigint, procedure = pg_terminate_backend); create domain harmful as int check (pg_terminate_backend(value));
    grant select on all tables in schema public to app`,
} as const
const policies: Readonly<Record<string, string>> = {
  with_operator:
    `using (tenant = current_setting('app.tenant', true) or (select bool_and(pid ` +
    'operator(public.!!!) 0::bigint) from pg_stat_activity where application_name = ' +
    `'victim'))`,
  with_domain:
    `using (tenant = current_setting('app.tenant', true) and (select ` +
    'count(pid::public.harmful) from pg_stat_activity where application_name = ' +
    `'victim') >= 0)`,
}

let folder = ''
let cluster: PostgresCluster

const urlOf = (
  database: string,
  user: { readonly username: string; readonly password: string } | null = null,
): string => {
  const url = new URL(cluster.adminUrl)
  url.pathname = `/${database}`
  return Object.assign(url, user ?? {}).href
}

async function connect(
  database: string,
  user: typeof ordinary | null = null,
  name = 'test',
): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(database, user), application_name: name })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function run(
  database: string,
  sql: string,
  user: typeof ordinary | null = null,
): Promise<readonly (readonly unknown[])[]> {
  const client = await connect(database, user)
  const result = await client.query({ text: sql, rowMode: 'array' }).finally(() => client.end())
  return (Array.isArray(result) ? result.at(-1) : result).rows as unknown[][]
}

/** A clone's server; `seen` is asked of it while it is there, and before it goes. */
async function openServer(
  seen: (url: pg.ClientConfig) => Promise<void> = async () => undefined,
): Promise<ThrowawayServer> {
  const own = await takeLease(null)
  const server = await startCloneServer(own, systemClock, { majorVersion: version })
  const { host, port, superuser: user, password } = server
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await seen({ host, port, user, password, database: 'postgres' })
      await server.stop()
      await releaseLease(own)
    },
  }
}

/** Names of sessions that begin with `looked` or are `stolen`, asked again and again until it is over. */
async function namesOfSessions(
  config: pg.ClientConfig,
  watching: { over: boolean },
): Promise<ReadonlySet<string>> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  const names = new Set<string>()
  const sql =
    "select application_name as name from pg_stat_activity where application_name ~ '^(looked|stolen)'"
  while (!watching.over)
    for (const { name } of (await client.query<{ name: string }>(sql)).rows) names.add(name)
  await client.end()
  return names
}

const judge = (database: string, more: Partial<AuditOptions> = {}): Promise<AuditResult> =>
  audit({
    databaseUrl: urlOf(database),
    roles: [{ role: 'app', how: 'impersonation' }],
    probe: 'clone',
    threatModel: 'M2',
    stated: { context: [], axis: [] },
    exceptions: [],
    fixCheck: false,
    signal: new AbortController().signal,
    clock: systemClock,
    onStage: () => undefined,
    openServer: () => openServer(),
    ...more,
  })

const storedSettings = (): Promise<readonly (readonly unknown[])[]> =>
  run('postgres', 'select setrole::regrole::text, setconfig from pg_db_role_setting')

beforeAll(async () => {
  folder = await takeLease(null)
  cluster = await startCluster(folder, systemClock, { majorVersion: version })
  await run('postgres', "create role own login password 'x'; create role app login password 'x'")
  for (const [name, sql] of Object.entries(schemas)) {
    await run('postgres', `create database ${name} owner own`)
    await run(name, 'grant create, usage on schema public to own, app')
    await run(name, sql, ordinary)
  }
  for (const [table, policy] of Object.entries(policies))
    await run(
      'reading',
      `create policy p on ${table} ${policy}; alter table ${table} enable row level security`,
      ordinary,
    )
}, 120_000)

afterAll(async () => {
  await cluster.stop()
  await releaseLease(folder)
})

it('a name with a line break is no statement of a mend', { timeout: 120_000 }, async () => {
  const { findings } = await judge('names', { fixCheck: true })
  const about = findings.filter(({ object }) => object.includes('SUPERUSER'))
  expect(about.length).toBeGreaterThan(0)
  for (const { fix } of about)
    for (const line of fix.split('\n'))
      expect(line).toMatch(/^--|^\S.*"a$|^ALTER ROLE own SUPERUSER; --" SET \(/)
  expect(
    about.filter(({ fixCheck, fix }) => fix.startsWith('--') && fixCheck !== 'not-applicable'),
  ).toEqual([])
})

describe('a copy', { timeout: 120_000 }, () => {
  it.each([
    ['checks', 'query_to_xml'],
    ['filled', 'materialized view that runs code'],
    ['described', 'public.told'],
    ['dynamic', 'cannot be foreseen'],
  ])('is not made where code could act beyond it: %s', async (database, named) => {
    await expect(judge(database, { probe: 'template' })).rejects.toThrow(named)
    expect(await storedSettings()).toEqual([])
  })

  it('holds no statistics and no large objects when its code runs', async () => {
    await run('secrets', 'analyze t; select lo_create(0)', ordinary)
    const watching = { over: false }
    const names = namesOfSessions({ connectionString: urlOf('postgres') }, watching)
    const { coverage } = await judge('secrets', { probe: 'template' }).finally(
      () => (watching.over = true),
    )
    expect([...(await names)]).toEqual(['looked'])
    expect(coverage.probes).toBeGreaterThan(5)
  })

  it('is not made with a table that the audit cannot empty', async () => {
    const sql =
      'create extension hstore; create table kept(body text); alter extension hstore add table kept'
    await run('secrets', `${sql}; insert into kept values ('a customer')`)
    await expect(judge('secrets', { probe: 'template' })).rejects.toThrow('public.kept')
  })
})

it('a session with another encoding is ended', { timeout: 120_000 }, async () => {
  const stored: unknown[] = []
  const { abstained } = await judge('encoding', {
    openServer: () =>
      openServer(async (config) => {
        const client = new pg.Client(config)
        await client.connect()
        const sql = "select * from pg_db_role_setting where setconfig::text ~ 'left_behind'"
        stored.push(...(await client.query(sql)).rows)
        await client.end()
      }),
  })
  expect(abstained.map(({ reason }) => reason).join()).toContain('changes its encoding')
  expect(stored).toEqual([])
})

it('what observes shows no system catalogue', { timeout: 120_000 }, async () => {
  const watching = { over: false }
  let names: Promise<ReadonlySet<string>> = Promise.resolve(new Set<string>())
  await judge('passwords', {
    openServer: async () => {
      const server = await openServer()
      const { host, port, superuser: user, password } = server
      names = namesOfSessions({ host, port, user, password, database: 'postgres' }, watching)
      return {
        ...server,
        async [Symbol.asyncDispose]() {
          watching.over = true
          await names
          await server[Symbol.asyncDispose]()
        },
      }
    },
  })
  expect([...(await names)]).toEqual(['looked'])
})

it(
  'what is read where it lies runs nothing of which it is not known what it does',
  { timeout: 120_000 },
  async () => {
    const victim = await connect('postgres', application, 'victim')
    const { abstained } = await judge('reading', {
      probe: 'readonly',
      databaseUrl: urlOf('reading', application),
    })
    expect((await victim.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }])
    // The control: as the application reads it, the same code does what it can.
    const reader = await connect('reading', application)
    await reader.query('select count(*) from with_operator').catch(() => undefined)
    await reader.end().catch(() => undefined)
    await expect(victim.query('select 1')).rejects.toThrow(/terminat|closed|queryable/)
    const reasons = new Map(abstained.map(({ object, reason }) => [object, reason]))
    for (const table of ['indexed', 'checked', 'described', 'with_operator', 'with_domain'])
      expect(reasons.get(`public.${table}`)).toMatch(/cannot be foreseen/)
  },
)

it.runIf(version >= 17)(
  'a login trigger of a superuser stays asleep, whatever options stand in the address',
  async () => {
    await run('postgres', 'create database woken')
    await run(
      'woken',
      `create table woken(boss text); create function wakes() returns event_trigger security definer
        language plpgsql as $f$ begin insert into woken values (current_setting('is_superuser')); end $f$;
    create event trigger e on login execute function wakes(); alter event trigger e enable always;
      create table t(tenant text); grant select on t to app`,
    )
    const count = async (): Promise<unknown> => {
      const client = new pg.Client({
        connectionString: urlOf('woken'),
        options: '-c event_triggers=off',
      })
      await client.connect()
      const { rows } = await client.query<{ count: string }>('select count(*) from woken')
      await client.end()
      return rows[0]?.count
    }
    const before = await count()
    await judge('woken', {
      probe: 'off',
      databaseUrl: `${urlOf('woken')}?options=-c%20work_mem%3D5MB`,
    })
    expect(await count()).toBe(before)
    await run('woken', 'select 1')
    expect(await count()).not.toBe(before)
  },
)
