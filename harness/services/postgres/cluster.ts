/**
 * An embedded PostgreSQL: real binaries, a data folder that is thrown away, loopback only. Data,
 * socket and password lie in one folder of mode 0700. Durability is switched off, because nothing
 * here has to survive; that is said wherever times are.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { initialize } from './initialize.ts'
import {
  launch,
  settingFlags,
  stopProcess,
  throwawaySettings,
  untilReady,
  type ServerProcess,
} from './server-process.ts'

/** A running cluster. `adminUrl` is a secret. */
export interface PostgresCluster {
  readonly adminUrl: string
  stop(): Promise<void>
}

const superuser = 'tenantbench'
const mostAttempts = 5

/**
 * Another major version of those that come along; for tests, binaries from elsewhere and another
 * way to a port.
 */
export interface ClusterOptions {
  readonly binariesFolder?: string
  readonly majorVersion?: number
  readonly findPort?: () => Promise<number>
}

/**
 * Creates and starts a cluster in an existing private folder. Throws TB_SERVICE_START with
 * PostgreSQL's own words.
 */
export async function startCluster(
  folder: string,
  clock: Clock,
  { findPort = freePort, ...options }: ClusterOptions = {},
): Promise<PostgresCluster> {
  const { binaries, home, password } = await initialize(folder, { superuser, ...options })
  const start = (port: number): ServerProcess =>
    launch({
      command: join(binaries.folder, 'postgres'),
      args: [
        '-D',
        join(home, 'data'),
        ...settingFlags({
          ...throwawaySettings,
          listen_addresses: '127.0.0.1',
          port,
          unix_socket_directories: home,
        }),
      ],
      runAs: binaries.runAs,
      cwd: home,
      environment: {},
    })
  for (let attempt = 1; ; attempt++) {
    const port = await findPort()
    const server = start(port)
    const adminUrl = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
    try {
      await untilReady(server, { connectionString: adminUrl }, clock)
      // Fast shutdown; immediate when that takes too long.
      return { adminUrl, stop: () => stopProcess(server.process, clock, ['SIGINT', 'SIGQUIT']) }
    } catch (error) {
      server.process.kill('SIGKILL')
      // Somebody was quicker at the port: another one will do.
      if (attempt >= mostAttempts || !/address already in use/i.test(server.said())) throw error
    }
  }
}

/**
 * A port that is free now. PostgreSQL takes no port 0; if another process is quicker, the next one
 * is tried.
 */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') {
    throw new TenantbenchError('TB_BUG', { detail: 'No port was given.' })
  }
  return address.port
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
