/**
 * Databases that try to get out: every attempt of test/corpus/escapes succeeds in a superuser's
 * session that became the application's role, and none does in an audit, whatever is probed how. On
 * one version drawn from the commit; on 15 and 18, with every control, with
 * TENANTBENCH_ESCAPES=full.
 */
import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCloneServer } from '../../harness/services/postgres/clone-server.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { AuditResult } from '../../src/base/finding.ts'
import { audit, type AuditOptions, type ThrowawayServer } from '../../src/index.ts'
import { drawn } from '../support/drawn.ts'
import {
  escapeNeighbourSql,
  escapeRoles,
  escapeRolesSql,
  fireEscape,
  isFor,
  leftTraces,
  loadEscape,
  openObserver,
  openWatch,
  readEscapes,
  type EscapeAttempt,
  type EscapeObserver,
  type EscapeValues,
  type EscapeWatch,
} from '../support/escapes.ts'

const isFull = process.env['TENANTBENCH_ESCAPES'] === 'full'
const outFile = process.env['TENANTBENCH_OUT']
const versions = isFull ? [15, 18] : drawn('escapes: version', [15, 18], 1)
/**
 * What waits for whoever logs in, also for the application itself: no audit can log in and not meet
 * it.
 */
const meetsEveryLogin = new Set(['connect'])
const figures: object[] = []

afterAll(async () => {
  if (outFile !== undefined) await writeFile(outFile, JSON.stringify({ escapes: figures }))
})

/**
 * Every row of tables and catalogues as a hash; what statistics and vacuuming change is left out.
 */
function everythingIn(tables: readonly string[]): string {
  const moving = [
    'relpages',
    'reltuples',
    'relallvisible',
    'relallfrozen',
    'relfrozenxid',
    'relminmxid',
    'datfrozenxid',
  ]
    .map((name) => ` - '${name}'`)
    .join('')
  return tables
    .map(
      (name) =>
        `select '${name} ' || count(*) || md5(string_agg((to_jsonb(t)${moving})::text, '|' ` +
        `order by to_jsonb(t)::text)) as text from ${name} t`,
    )
    .join(' union all ')
}

/**
 * Files of this machine that are newer than a marker, without those of the audited server and of
 * whoever runs the tests.
 */
function changedSince(marker: string, subject: string): readonly string[] {
  const { stdout, status } = spawnSync(
    'find',
    [
      '/',
      '-ignore_readdir_race',
      '-xdev',
      '(',
      '-path',
      subject,
      '-o',
      '-path',
      '/proc',
      '-o',
      '-path',
      '/sys',
      '-o',
      '-path',
      '/dev',
      // Embedded servers of other runs; one of an audit is inside of its own folder as well.
      '-o',
      '-path',
      '/tmp/tenantbench-services-*',
      '-o',
      '-path',
      '/root/.npm/_logs',
      ')',
      '-prune',
      '-o',
      '-type',
      'f',
      '-newer',
      marker,
      '-print',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  if (status !== 0) throw new Error(`find ended with ${status}`)
  const ownWork =
    /node_modules\/\.(vite|cache|vitest)|compile-cache|\/bash_jobs|vitest-|\/tmp\/base\//
  return stdout.split('\n').filter((path) => path !== '' && !ownWork.test(path))
}

describe.each(versions)('on PostgreSQL %i', (version) => {
  const attempts = readEscapes().filter((attempt) => isFor(attempt, version))
  let folder = ''
  let cluster: PostgresCluster
  let watch: EscapeWatch
  let observer: EscapeObserver

  const urlOf = (
    database: string,
    user: { readonly username: string; readonly password: string } | null = null,
  ): string => {
    const url = new URL(cluster.adminUrl)
    url.pathname = `/${database}`
    if (user !== null) Object.assign(url, user)
    return url.href
  }
  const valuesOf = (attempt: EscapeAttempt): EscapeValues => {
    const { hostname, port, username, password } = new URL(cluster.adminUrl)
    const neighbour = `host=${hostname} port=${port} dbname=neighbour user=${username} password=${password}`
    return watch.valuesOf(attempt, { neighbour, superuser: username })
  }
  const run = async (database: string, sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: urlOf(database) })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  const load = async (database: string, loaded: readonly EscapeAttempt[]): Promise<void> => {
    await run('postgres', `create database ${database}`)
    for (const attempt of loaded) {
      const client = new pg.Client({ connectionString: urlOf(database) })
      await client.connect()
      await loadEscape(client, attempt, valuesOf(attempt)).finally(() => client.end())
    }
  }
  const clear = async (): Promise<void> => {
    for (const attempt of attempts) await observer.undo(valuesOf(attempt))
    await watch.clear()
  }
  const isOut = async (attempt: EscapeAttempt): Promise<boolean> =>
    (await watch.seen(attempt)) ||
    (attempt.effect === 'server' && (await observer.effectOf(attempt, valuesOf(attempt))))
  const out = async (among: readonly EscapeAttempt[]): Promise<readonly string[]> => {
    const found: string[] = []
    for (const attempt of among) if (await isOut(attempt)) found.push(attempt.file)
    return found
  }

  beforeAll(async () => {
    folder = await takeLease(null)
    cluster = await startCluster(folder, systemClock, { majorVersion: version })
    watch = await openWatch()
    await run('postgres', escapeRolesSql)
    await run('postgres', 'create database neighbour')
    await run('neighbour', escapeNeighbourSql)
    await load('hostile', attempts)
    observer = await openObserver({ adminUrl: urlOf('hostile'), neighbourUrl: urlOf('neighbour') })
    await clear()
  }, 240_000)

  afterAll(async () => {
    await observer[Symbol.asyncDispose]()
    await watch[Symbol.asyncDispose]()
    await cluster.stop()
    await releaseLease(folder)
  })

  const judge = (more: Partial<AuditOptions>): Promise<AuditResult> =>
    audit({
      databaseUrl: urlOf('hostile'),
      roles: [{ role: escapeRoles.app, how: 'impersonation' }],
      probe: 'clone',
      threatModel: 'M2',
      stated: { context: [], axis: [] },
      exceptions: [],
      fixCheck: false,
      signal: new AbortController().signal,
      clock: systemClock,
      openServer: () => openServer({ confine: true }),
      onStage: () => undefined,
      ...more,
    })
  const openServer = async ({
    confine,
  }: {
    readonly confine: boolean
  }): Promise<ThrowawayServer> => {
    const own = await takeLease(null)
    const server = await startCloneServer(own, systemClock, { majorVersion: version, confine })
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        onServer.push(...(await tracesOn(server)))
        await server.stop()
        await releaseLease(own)
      },
    }
  }
  /** What attempts left on a clone's own server: roles, its configuration, stored settings. */
  const onServer: string[] = []
  const tracesOn = async ({
    host,
    port,
    superuser,
    password,
  }: Omit<ThrowawayServer, keyof AsyncDisposable>): Promise<readonly string[]> => {
    const client = new pg.Client({ host, port, user: superuser, password, database: 'postgres' })
    await client.connect()
    const found: string[] = []
    for (const attempt of attempts)
      if (await leftTraces(client, valuesOf(attempt).role)) found.push(attempt.file)
    const { rows } = await client.query<{ name: string }>(
      "select rolname as name from pg_roles where rolsuper and rolname !~ '^tenantbench_'",
    )
    await client.end()
    return [...found, ...rows.map(({ name }) => `superuser ${name}`)]
  }
  const note = (mode: string, among: readonly EscapeAttempt[], found: readonly string[]): void =>
    void figures.push({ version, mode, attempts: among.length, out: found })

  const controls = isFull ? attempts : drawn(`escapes: controls on ${version}`, attempts, 12)
  it(
    `gets out where nothing holds it back: ${controls.length} of ${attempts.length} attempts`,
    { timeout: 600_000 },
    async () => {
      const failed: string[] = []
      for (const attempt of controls) {
        await observer.undo(valuesOf(attempt))
        await watch.clear()
        const { errors } = await fireEscape(urlOf('hostile'), attempt, valuesOf(attempt))
        if (!(await isOut(attempt))) failed.push(`${attempt.file}: ${errors.join('; ')}`)
      }
      note(
        'control',
        controls,
        controls
          .filter(({ file }) => !failed.some((each) => each.startsWith(file)))
          .map(({ file }) => file),
      )
      expect(failed).toEqual([])
      await clear()
    },
  )

  it.each([true, false])(
    'stays inside a clone, confined: %s',
    { timeout: 300_000 },
    async (confine) => {
      await clear()
      onServer.length = 0
      const { coverage } = await judge({ openServer: () => openServer({ confine }) })
      const found = await out(attempts)
      note(confine ? 'clone, confined' : 'clone, not confined', attempts, found)
      expect([...found, ...onServer]).toEqual([])
      expect(coverage.probes).toBeGreaterThan(500)
      expect(coverage.notes.some((each) => each.includes('not confined'))).toBe(!confine)
    },
  )

  it.runIf(isFull)(
    'leaves the files of this machine and the neighbour database as they were',
    { timeout: 600_000 },
    async () => {
      await clear()
      const dump = async (): Promise<string> => {
        const client = new pg.Client({ connectionString: urlOf('neighbour') })
        await client.connect()
        const { rows } = await client.query<{ text: string }>(
          everythingIn([
            'pg_class',
            'pg_proc',
            'pg_authid',
            'pg_auth_members',
            'pg_db_role_setting',
            'pg_database',
            'pg_parameter_acl',
            'touched',
          ]),
        )
        await client.end()
        return JSON.stringify(rows)
      }
      const before = await dump()
      const marker = join(folder, 'marker')
      await writeFile(marker, '')
      await judge({})
      await judge({ openServer: () => openServer({ confine: false }) })
      // The control: a change is found.
      const changed = join(watch.folder, 'control')
      await writeFile(changed, '')
      expect(changedSince(marker, folder)).toContain(changed)
      await rm(changed)
      expect(changedSince(marker, folder)).toEqual([])
      expect(await dump()).toEqual(before)
      figures.push({
        version,
        mode: 'files of the machine and the neighbour after two audits',
        changed: [],
      })
    },
  )

  it.each(isFull ? [true, false] : [true])(
    'meets superusers as roles, and stays inside where it is confined: %s',
    { timeout: 300_000 },
    async (confine) => {
      await clear()
      const raised = { count: 0 }
      const over = new AbortController()
      const raise = async ({ host, port, superuser, password }: ThrowawayServer): Promise<void> => {
        const client = new pg.Client({
          host,
          port,
          user: superuser,
          password,
          database: 'postgres',
        })
        client.on('error', () => undefined)
        await client.connect()
        while (!over.signal.aborted) {
          const { rows } = await client.query<{ name: string }>(
            "select rolname as name from pg_roles where rolname ~ '^esc_' and rolcanlogin and not rolsuper",
          )
          for (const { name } of rows)
            raised.count += await client
              .query(`alter role ${pg.escapeIdentifier(name)} superuser`)
              .then(
                () => 1,
                () => 0,
              )
        }
        await client.end().catch(() => undefined)
      }
      let raising: Promise<void> = Promise.resolve()
      await judge({
        openServer: async () => {
          const server = await openServer({ confine })
          raising = raise(server).catch(() => undefined)
          return server
        },
      }).finally(() => over.abort())
      await raising
      const found = await out(attempts)
      note(`clone, ${confine ? '' : 'not '}confined, roles are superusers`, attempts, found)
      expect(raised.count).toBeGreaterThan(1)
      // The control: without confinement the same audit lets many out.
      if (confine) expect(found).toEqual([])
      else expect(found.length).toBeGreaterThan(10)
    },
  )

  it(
    'is not copied: something in it could act beyond its database',
    { timeout: 300_000 },
    async () => {
      await clear()
      await expect(judge({ probe: 'template' })).rejects.toMatchObject({ code: 'TB_PROBE_REFUSED' })
      expect(await out(attempts)).toEqual([])
      figures.push({ version, mode: 'template', attempts: attempts.length, refused: true })
    },
  )

  it('stays inside when it is read where it lies', { timeout: 300_000 }, async () => {
    await clear()
    const databaseUrl = urlOf('hostile', {
      username: escapeRoles.app,
      password: escapeRoles.password,
    })
    const { verdict } = await judge({ probe: 'readonly', databaseUrl })
    const met = attempts.filter(({ fires }) => !meetsEveryLogin.has(fires))
    const found = await out(met)
    note('readonly', met, found)
    expect(found).toEqual([])
    expect(verdict).not.toBe('isolated')
  })
})
