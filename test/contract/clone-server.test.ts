/**
 * What a superuser of a clone's server can reach: nothing but the server. Tried with the superuser
 * itself, since every rule that keeps code of the audited database from becoming it might fail. As
 * whoever runs the tests, and as an ordinary user where that is root.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, chmod, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCloneServer } from '../../harness/services/postgres/clone-server.ts'
import { systemClock } from '../../src/base/clock.ts'
import { root } from '../support/cli.ts'

const isRoot = process.getuid?.() === 0
const nobody = Number(
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':')[2] ?? 65_534,
)
const users = [
  ['whoever runs the tests', null],
  ...(isRoot ? ([['an ordinary user', nobody]] as const) : []),
] as const

let watched = ''
let listener: Server
let connections = 0

beforeEach(async () => {
  watched = await mkdtemp(join(tmpdir(), 'tenantbench-watch-'))
  await chmod(watched, 0o777)
  connections = 0
  listener = createServer((socket) => {
    connections++
    socket.destroy()
  }).listen(join(watched, '.s.PGSQL.5432'))
  await once(listener, 'listening')
  await chmod(join(watched, '.s.PGSQL.5432'), 0o777)
})

afterEach(async () => {
  listener.close()
  await rm(watched, { recursive: true, force: true })
})

interface Said {
  readonly folder: string
  readonly host: string
  readonly unconfined: string | null
  readonly said: readonly string[]
}

function start(
  uid: number | null,
  options: { readonly majorVersion: number; readonly statements: readonly string[] },
) {
  const script = join(root, 'test/contract/processes/clone-server.ts')
  const child = spawn(join(root, 'node_modules/.bin/node'), [script, JSON.stringify(options)], {
    ...(uid === null ? {} : { uid, gid: uid }),
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  })
  const said = once(createInterface(child.stdout), 'line').then(
    ([line]) => JSON.parse(String(line)) as Said,
  )
  const ended = once(child, 'exit')
  return { child, said, ended, stop: () => void child.stdin.write('stop\n') }
}

/** Names of processes that mention a text in their command line. */
async function processesNaming(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commandOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  }
  return pids.map(commandOf).filter((command) => command.includes(text))
}

describe.skipIf(process.platform !== 'linux')('a confined server', () => {
  it.each(users)(
    'lets its superuser start, write and reach nothing: %s',
    { timeout: 60_000 },
    async (_name, uid) => {
      const statements = [
        `copy (select 1) to program 'touch ${watched}/program'`,
        `copy (select 1) to '${watched}/file'`,
        `select lo_export(lo_from_bytea(0, 'x'), '${watched}/large')`,
        `do $$ begin create extension dblink; perform dblink_connect('host=${watched} user=x password=y'); end $$`,
        `select pg_read_file('/etc/passwd')`,
        `create function run(text) returns int language c as '/usr/lib/x86_64-linux-gnu/libc.so.6', 'system'`,
        `select pg_ls_dir('/proc')`,
        'copy (select 1) to $$/postgres/share/x$$',
      ]
      const { said, ended, stop } = start(uid, { majorVersion: 18, statements })
      const { unconfined, said: answers, folder, host } = await said
      stop()
      await ended
      expect(unconfined).toBeNull()
      expect(answers.filter((answer) => answer === 'done')).toEqual([])
      expect(answers).toHaveLength(statements.length)
      expect(await readdir(watched)).toEqual(['.s.PGSQL.5432'])
      expect(connections).toBe(0)
      expect([folder, host].filter((path) => existsSync(path))).toEqual([])
    },
  )

  it(
    'is the control of that: not confined, the same statements do it',
    { timeout: 60_000 },
    async () => {
      const folder = await takeLease(null)
      const server = await startCloneServer(folder, systemClock, { confine: false })
      const { host, port, superuser, password } = server
      const client = new pg.Client({ host, port, user: superuser, password, database: 'postgres' })
      await client.connect()
      await client.query(`copy (select 1) to program 'touch ${watched}/program'`)
      await client.query(`copy (select 1) to '${watched}/file'`)
      await client.query('create extension dblink')
      await expect(
        client.query(`select dblink_connect('host=${watched} user=x password=y')`),
      ).rejects.toThrow()
      await client.end()
      await server.stop()
      await releaseLease(folder)
      expect((await readdir(watched)).toSorted()).toEqual(['.s.PGSQL.5432', 'file', 'program'])
      expect(connections).toBeGreaterThan(0)
    },
  )

  it.each(users)(
    'ends with the process that started it, however that ends: %s',
    { timeout: 60_000 },
    async (_name, uid) => {
      const { child, said, ended } = start(uid, { majorVersion: 18, statements: [] })
      const { host } = await said
      expect((await processesNaming(host)).length).toBeGreaterThan(0)
      child.kill('SIGKILL')
      await ended
      await expect.poll(() => processesNaming(host), { timeout: 5_000 }).toEqual([])
      await rm(host, { recursive: true, force: true })
    },
  )
})

it(
  'asks its superuser for a password and nobody else, and listens on no address',
  { timeout: 60_000 },
  async () => {
    const folder = await takeLease(null)
    const server = await startCloneServer(folder, systemClock)
    const { host, port, superuser, password } = server
    const as = async (config: pg.ClientConfig): Promise<unknown> => {
      const client = new pg.Client({ host, port, database: 'postgres', ...config })
      client.on('error', () => undefined)
      try {
        await client.connect()
        return (
          await client.query(
            "select session_user::text as who, current_setting('listen_addresses') as at, " +
              "current_setting('autovacuum') as auto",
          )
        ).rows[0]
      } finally {
        await client.end().catch(() => undefined)
      }
    }
    expect(await as({ user: superuser, password })).toEqual({ who: superuser, at: '', auto: 'off' })
    await expect(as({ user: superuser, password: 'another' })).rejects.toThrow(
      /password authentication failed/,
    )
    const client = new pg.Client({ host, port, user: superuser, password, database: 'postgres' })
    await client.connect()
    await client.query('create role app login')
    await client.end()
    expect(await as({ user: 'app' })).toMatchObject({ who: 'app' })
    await server.stop()
    await releaseLease(folder)
  },
)
