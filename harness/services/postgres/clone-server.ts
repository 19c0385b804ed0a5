/**
 * The server of a clone, on which code of the audited database runs: only on a socket in a folder
 * of its own, where every role logs in as itself without a password and the superuser alone has
 * one; confined where the machine allows it.
 */
import { chmod, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../../../src/base/clock.ts'
import { newSuffix } from '../../../src/base/random.ts'
import { newestVersion, type RunAs } from './binaries.ts'
import { confined, inside, whyNotConfined, type Reach } from './confinement.ts'
import { giveTo, initialize } from './initialize.ts'
import {
  launch,
  settingFlags,
  stopProcess,
  throwawaySettings,
  untilReady,
  type Launch,
} from './server-process.ts'

/**
 * How to reach a clone's server. `password` is the superuser's, a secret; other roles have none.
 */
export interface CloneServerAddress {
  /** The folder of the socket. */
  readonly host: string
  readonly port: number
  readonly superuser: string
  readonly password: string
  /** Why the server is not confined, in a clause; null when it is. */
  readonly unconfined: string | null
}

/** A running server. */
export interface CloneServer extends CloneServerAddress {
  stop(): Promise<void>
}

/**
 * `confine` is switched off by tests alone. `runtimeFolder` is where the user's sockets belong,
 * XDG_RUNTIME_DIR.
 */
export interface CloneServerOptions {
  readonly majorVersion?: number
  readonly runtimeFolder?: string | null
  readonly confine?: boolean
}

/** The number in the socket's name. Nothing listens on a port. */
const port = 5432
const socketPrefix = 'tb-'
const socketNote = 'socket-folder'

/**
 * Starts a server in an existing private folder. Throws TB_SERVICE_START with PostgreSQL's own
 * words.
 */
export async function startCloneServer(
  folder: string,
  clock: Clock,
  { majorVersion = newestVersion, runtimeFolder = null, confine = true }: CloneServerOptions = {},
): Promise<CloneServer> {
  // A name that no role of the audited database has: whoever is called like the superuser would be
  // it.
  const made = await initialize(folder, { superuser: `tenantbench_${newSuffix()}`, majorVersion })
  const { binaries, home, superuser, password } = made
  const { runAs } = binaries
  await writeFile(join(home, 'data', 'pg_hba.conf'), accessRules(superuser))
  const host = await socketFolder(home, { runAs, runtimeFolder })
  const root = join(home, 'root')
  await mkdir(root)
  await giveTo(runAs, [root])
  const reach: Reach = {
    root,
    binaries: dirname(binaries.folder),
    data: join(home, 'data'),
    socket: host,
  }
  const unconfined = confine ? whyNotConfined(reach, runAs) : 'it was switched off'
  const start: Launch =
    unconfined === null
      ? confined(serverFlags(inside, majorVersion), reach, runAs)
      : {
          command: join(binaries.folder, 'postgres'),
          args: serverFlags(reach, majorVersion),
          runAs,
          cwd: home,
          environment: {},
        }
  const server = launch(start)
  const stop = async (): Promise<void> => {
    // Of a confined server the first process is the parent of its namespaces, and takes no other
    // signal.
    const signals =
      unconfined === null ? (['SIGKILL', 'SIGKILL'] as const) : (['SIGINT', 'SIGQUIT'] as const)
    await stopProcess(server.process, clock, signals)
    await rm(host, { recursive: true, force: true })
  }
  try {
    await untilReady(server, { host, port, user: superuser, password, database: 'postgres' }, clock)
  } catch (error) {
    server.process.kill('SIGKILL')
    await rm(host, { recursive: true, force: true })
    throw error
  }
  return { host, port, superuser, password, unconfined, stop }
}

/** Only the superuser has a password. Who may open the socket's folder may be any other role. */
function accessRules(superuser: string): string {
  return [
    `local all ${superuser} scram-sha-256`,
    'local replication all reject',
    'local all all trust',
    '',
  ].join('\n')
}

/**
 * Settings beyond those of every throw-away server: nothing runs by itself, nothing listens,
 * nothing is loaded.
 */
function serverFlags(
  { data, socket }: Pick<Reach, 'data' | 'socket'>,
  majorVersion: number,
): readonly string[] {
  return [
    '-D',
    data,
    ...settingFlags({
      ...throwawaySettings,
      listen_addresses: '',
      port,
      unix_socket_directories: socket,
      unix_socket_permissions: '0700',
      autovacuum: 'off',
      jit: 'off',
      wal_level: 'minimal',
      max_wal_senders: 0,
      max_logical_replication_workers: 0,
      max_parallel_workers: 0,
      shared_preload_libraries: '',
      temp_file_limit: '1GB',
      ...(majorVersion >= 17 ? { event_triggers: 'off', allow_alter_system: 'off' } : {}),
    }),
  ]
}

/** A socket's path has room for some hundred bytes, less than a data folder's may take. */
async function socketFolder(
  home: string,
  { runAs, runtimeFolder }: { readonly runAs: RunAs; readonly runtimeFolder: string | null },
): Promise<string> {
  // The folder of the user's sockets is closed to the other user as whom a server of root's runs.
  const isUsable = runAs === null && runtimeFolder !== null && /^\/.{1,60}$/.test(runtimeFolder)
  const made = (parent: string): Promise<string> => mkdtemp(join(parent, socketPrefix))
  const folder = await (isUsable ? made(runtimeFolder).catch(() => made('/tmp')) : made('/tmp'))
  await chmod(folder, 0o700)
  await giveTo(runAs, [folder])
  await writeFile(join(home, socketNote), folder, { mode: 0o600 })
  return folder
}

/** Removes the socket folder that a killed process left, as its note in the private folder says. */
export async function removeLeftoverSocket(folder: string): Promise<void> {
  const path = join(folder, 'postgres', socketNote)
  const note = await lstat(path).catch(() => null)
  // The user that runs the server may write there too: only a note that we wrote ourselves says
  // what to remove.
  if (note === null || !note.isFile() || note.uid !== (process.getuid?.() ?? note.uid)) return
  const noted = await readFile(path, 'utf8')
  if (noted.startsWith('/') && basename(noted).startsWith(socketPrefix)) {
    await rm(noted, { recursive: true, force: true })
  }
}
