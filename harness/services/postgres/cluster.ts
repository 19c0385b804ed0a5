/**
 * An embedded PostgreSQL: real binaries, a data folder that is thrown away, loopback only. Data, socket and password lie in one
 * folder of mode 0700. Durability is switched off, because nothing here has to survive; that is said wherever times are.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import type { Clock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { newSecret } from '../../../src/base/random.ts'
import { chooseUser, prepareBinaries, type PostgresBinaries } from './binaries.ts'

/** A running cluster. `adminUrl` is a secret. */
export interface PostgresCluster {
  readonly adminUrl: string
  stop(): Promise<void>
}

const superuser = 'tenantbench'
const startTimeoutMs = 20_000
const mostAttempts = 5
const stopTimeoutMs = 3_000

/** Another major version of those that come along; for tests, binaries from elsewhere and another way to a port. */
export interface ClusterOptions {
  readonly binariesFolder?: string
  readonly majorVersion?: number
  readonly findPort?: () => Promise<number>
}

/** Creates and starts a cluster in an existing private folder. Throws TB_SERVICE_START with PostgreSQL's own words. */
export async function startCluster(folder: string, clock: Clock, options: ClusterOptions = {}): Promise<PostgresCluster> {
  const runAs = await chooseUser()
  const home = join(folder, 'postgres')
  await mkdir(home, { mode: 0o700 })
  if (runAs !== null) await giveTo(runAs, [folder, home])
  const binaries = options.binariesFolder === undefined ? await prepareBinaries(runAs, folder, options.majorVersion) : { folder: options.binariesFolder, runAs }
  const password = newSecret()
  await initialize(binaries, { home, password })
  for (let attempt = 1; ; attempt++) {
    const port = await (options.findPort ?? freePort)()
    const server = launch(binaries, home, port)
    const adminUrl = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
    try {
      await untilReady(server, { adminUrl, clock })
      return { adminUrl, stop: () => stop(server.process, clock) }
    } catch (error) {
      server.process.kill('SIGKILL')
      // Somebody was quicker at the port: another one will do.
      if (attempt >= mostAttempts || !/address already in use/i.test(server.said())) throw error
    }
  }
}

async function giveTo(runAs: { readonly uid: number; readonly gid: number }, paths: readonly string[]): Promise<void> {
  for (const path of paths) await chown(path, runAs.uid, runAs.gid)
}

async function initialize({ folder, runAs }: PostgresBinaries, { home, password }: { readonly home: string; readonly password: string }): Promise<void> {
  const passwordFile = join(home, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (runAs !== null) await giveTo(runAs, [passwordFile])
  const options = ['--pgdata', join(home, 'data'), '--username', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync']
  const result = spawnSync(join(folder, 'initdb'), options, { ...runAs, cwd: home, encoding: 'utf8', env: { LC_ALL: 'C', TZ: 'UTC' } })
  if (result.status === 0) return
  throw new TenantbenchError('TB_SERVICE_START', { detail: `initdb: ${result.error === undefined ? result.stderr.trim() : messageOf(result.error)}`, cause: result.error })
}

interface Server {
  readonly process: ChildProcess
  /** What the server said so far, for messages. */
  said(): string
}

function launch({ folder, runAs }: PostgresBinaries, home: string, port: number): Server {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: home,
    max_connections: 60,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    // In the data folder, so that nothing outside it can be left behind.
    dynamic_shared_memory_type: 'mmap',
    timezone: 'UTC',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(folder, 'postgres'), ['-D', join(home, 'data'), ...flags], { ...runAs, cwd: home, stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C', TZ: 'UTC' } })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text = (text + piece).slice(-4_000)))
  child.on('error', (error) => (text += messageOf(error)))
  return { process: child, said: () => text.trim() }
}

async function untilReady(server: Server, { adminUrl, clock }: { readonly adminUrl: string; readonly clock: Clock }): Promise<void> {
  const deadline = clock.monotonicMs() + startTimeoutMs
  while (clock.monotonicMs() < deadline && server.process.exitCode === null && server.process.pid !== undefined) {
    if (await accepts(adminUrl)) return
    await clock.sleep(15)
  }
  throw new TenantbenchError('TB_SERVICE_START', { detail: `PostgreSQL did not come up: ${server.said()}` })
}

/** Whoever took the port may take connections too, and never answer. */
const connectTimeoutMs = 1_000

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

/** A port that is free now. PostgreSQL takes no port 0; if another process is quicker, the next one is tried. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TenantbenchError('TB_BUG', { detail: 'No port was given.' })
  return address.port
}

/** Fast shutdown (SIGINT); immediate (SIGQUIT) when that takes too long. */
async function stop(server: ChildProcess, clock: Clock): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGINT')
  const waiting = new AbortController()
  const late = clock.sleep(stopTimeoutMs, waiting.signal).then(() => server.kill('SIGQUIT'), () => undefined)
  await ended
  waiting.abort()
  await late
}

/** Ends the postmaster that a killed run left in its folder, if it is still one of ours. */
export async function endLeftoverServer(folder: string): Promise<void> {
  const data = join(folder, 'postgres', 'data')
  try {
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    if (commandLine.includes(data)) process.kill(pid, 'SIGQUIT')
  } catch {
    // No pid file, no such process, or not ours: nothing to end.
  }
}
