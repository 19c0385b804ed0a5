/** A postmaster as a child process: started with settings, waited for, ended. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import type { Clock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import type { RunAs } from './binaries.ts'

/** A started postmaster, or what it was started through. */
export interface ServerProcess {
  readonly process: ChildProcess
  /** What the server said so far, for messages: the last 4,000 characters. */
  said(): string
}

/** A command with its arguments, as which user, in which folder, with which environment. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly runAs: RunAs
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
}

const startTimeoutMs = 20_000
const stopTimeoutMs = 3_000

/**
 * Settings of every throw-away server: nothing has to survive, and nothing is left outside the data
 * folder.
 */
export const throwawaySettings = {
  max_connections: 60,
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // In the data folder, so that nothing outside it can be left behind.
  dynamic_shared_memory_type: 'mmap',
  timezone: 'UTC',
} as const

/** Settings as flags of a postmaster. */
export function settingFlags(
  settings: Readonly<Record<string, string | number>>,
): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Starts the process; whether the server comes up is for `untilReady` to say. */
export function launch({ command, args, runAs, cwd, environment }: Launch): ServerProcess {
  const child = spawn(command, args, {
    ...runAs,
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', TZ: 'UTC', ...environment },
  })
  let text = ''
  child.stderr
    .setEncoding('utf8')
    .on('data', (piece: string) => (text = (text + piece).slice(-4_000)))
  child.on('error', (error) => (text += messageOf(error)))
  return { process: child, said: () => text.trim() }
}

/** Waits until the server takes connections. Throws TB_SERVICE_START with what it said. */
export async function untilReady(
  server: ServerProcess,
  config: pg.ClientConfig,
  clock: Clock,
): Promise<void> {
  const deadline = clock.monotonicMs() + startTimeoutMs
  while (clock.monotonicMs() < deadline && isRunning(server.process)) {
    if (await accepts(config)) return
    await clock.sleep(15)
  }
  throw new TenantbenchError('TB_SERVICE_START', {
    detail: `PostgreSQL did not come up: ${server.said()}`,
  })
}

function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode === null && signalCode === null && pid !== undefined
}

/** Whoever took the port may take connections too, and never answer. */
const connectTimeoutMs = 1_000

async function accepts(config: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: connectTimeoutMs })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

/** Ends the process by a signal, and by another one when that takes too long. */
export async function stopProcess(
  server: ChildProcess,
  clock: Clock,
  [signal, lateSignal]: readonly [NodeJS.Signals, NodeJS.Signals],
): Promise<void> {
  if (!isRunning(server)) return
  const ended = once(server, 'exit')
  server.kill(signal)
  const waiting = new AbortController()
  const late = clock.sleep(stopTimeoutMs, waiting.signal).then(
    () => server.kill(lateSignal),
    () => undefined,
  )
  await ended
  waiting.abort()
  await late
}
