/**
 * A table that a migration has locked: every kind of probe says so and ends, and nobody waits for
 * the audit.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import { audit } from '../../src/index.ts'
import { openSharedCloneServer, type SharedCloneServer } from '../support/clone-server.ts'

const own = "tenant_id = current_setting('app.tid', true)"
const table = (name: string, condition: string): string =>
  `create table ${name} (tenant_id text not null, id int primary key, doc int, body text);
   alter table ${name} enable row level security; alter table ${name} force row level security;
   create policy p on ${name} using (${condition}); grant select, insert on ${name} to app;`
const schema = `create role own nologin; create role app login password 'app'; grant create
  on schema public to own; set role own;
${table('locked', own)} ${table('free', own)} ${table('asking', 'doc in (select id from locked)')}
create view seen with (security_invoker) as select tenant_id, body from locked; grant select on seen to app;
create function through_atomic() returns bigint language sql begin atomic select count(*)
  from locked; end; reset role;`

let folder = ''
let cluster: PostgresCluster
let clone: SharedCloneServer

function urlOf(user: { readonly username: string; readonly password: string } | null): string {
  const url = new URL(cluster.adminUrl)
  url.pathname = '/shop'
  if (user !== null) Object.assign(url, user)
  return url.href
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(null) })
  await client.connect()
  return client
}

beforeAll(async () => {
  folder = await takeLease(null)
  cluster = await startCluster(folder, systemClock)
  clone = await openSharedCloneServer()
  const admin = new pg.Client({ connectionString: cluster.adminUrl })
  await admin.connect()
  await admin.query('create database shop')
  await admin.end()
  const client = await connected()
  await client.query(schema)
  await client.end()
})

afterAll(async () => {
  await clone[Symbol.asyncDispose]()
  await cluster.stop()
  await releaseLease(folder)
})

const judge = (probe: 'off' | 'clone' | 'template' | 'readonly') =>
  audit({
    databaseUrl: urlOf(probe === 'readonly' ? { username: 'app', password: 'app' } : null),
    roles: [{ role: 'app', how: 'impersonation' }],
    probe,
    threatModel: 'M2',
    stated: { context: [], axis: [] },
    exceptions: [],
    fixCheck: false,
    signal: new AbortController().signal,
    clock: systemClock,
    openServer: clone.lent,
    onStage: () => undefined,
  })

describe.each(['off', 'clone', 'template', 'readonly'] as const)('--probe %s', (probe) => {
  it('names the table and what reads it, is inconclusive, and stands in no queue for it', async () => {
    const locker = await connected()
    const writer = await connected()
    const watcher = await connected()
    await locker.query('begin; lock table locked in access exclusive mode')
    const judged = judge(probe)
    const waiting: string[] = []
    const over = new AbortController()
    const watching = (async () => {
      while (!over.signal.aborted) {
        const { rows } = await watcher.query<{ application_name: string }>(
          'select a.application_name from pg_locks l join pg_stat_activity a using (pid) where ' +
            "not l.granted and a.application_name like 'tenantbench%'",
        )
        waiting.push(...rows.map(({ application_name: name }) => name))
      }
    })()
    const { verdict, exitCode, abstained, statement } = await judged
    over.abort()
    await watching
    await locker.query('commit')
    await writer.query("insert into locked values ('a', 1, 1, 'x'); delete from locked")
    for (const client of [locker, writer, watcher]) await client.end()
    expect({ verdict, exitCode, waiting }).toEqual({
      verdict: 'inconclusive',
      exitCode: 3,
      waiting: [],
    })
    const reasonOf = (object: string): string | undefined =>
      abstained.find((each) => each.object === object)?.reason
    expect(reasonOf('public.locked')).toBe('Not judged: locked by another session.')
    expect(reasonOf('public.asking')).toBe(
      'Not judged: it reads locked, which is locked by another session.',
    )
    expect(reasonOf('public.seen')).toBe(
      'Not judged: it reads locked, which is locked by another session.',
    )
    expect(statement).toContain('public.locked')
  })
})
