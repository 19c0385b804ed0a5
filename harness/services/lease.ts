/**
 * The private folder of a run, and what a killed run left. A folder carries the pid and start time
 * of the process that answers for it; when that process is gone, the next run clears the folder
 * away. A folder whose process lives is never touched.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, lstat, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropRunDatabase } from './postgres/borrowed.ts'
import { removeLeftoverSocket } from './postgres/clone-server.ts'
import { endLeftoverServer } from './postgres/cluster.ts'

/**
 * A database on a user's server that this run must drop. `serverUrl` is a secret; the lock file has
 * mode 0600.
 */
export interface BorrowedDatabase {
  readonly serverUrl: string
  readonly name: string
}

interface Lock {
  readonly pid: number
  readonly startTime: string
  readonly borrowed: BorrowedDatabase | null
}

const prefix = 'tenantbench-services-'
const lockName = 'lock.json'

/** Makes a private folder (mode 0700) that this process answers for. */
export async function takeLease(borrowed: BorrowedDatabase | null): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  const lock: Lock = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '', borrowed }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, lockName), JSON.stringify(lock), { mode: 0o600 })
  return folder
}

/** Gives the folder back: it is removed with everything in it. */
export async function releaseLease(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

/** Clears away what processes left that are gone; returns the folders cleared. */
export async function clearLeftovers(): Promise<readonly string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix))
  const cleared: string[] = []
  for (const name of names) {
    const folder = join(tmpdir(), name)
    const lock = await deadLock(folder)
    if (lock === null) continue
    await endLeftoverServer(folder)
    await removeLeftoverSocket(folder)
    if (lock.borrowed !== null)
      await dropRunDatabase(lock.borrowed.serverUrl, lock.borrowed.name).catch(() => undefined)
    await releaseLease(folder)
    cleared.push(folder)
  }
  return cleared
}

/**
 * The lock of a folder whose process is gone; null while it lives, and for folders that are not
 * ours to judge.
 */
async function deadLock(folder: string): Promise<Lock | null> {
  try {
    const path = join(folder, lockName)
    const file = await lstat(path)
    // Anybody may put a folder of that name there; only a lock that we wrote ourselves says what to
    // clear away.
    if (!file.isFile() || file.uid !== (process.getuid?.() ?? file.uid)) return null
    const lock = JSON.parse(await readFile(path, 'utf8')) as Lock
    if (lock.borrowed !== null && !/^tenantbench_[0-9a-z_]+$/.test(lock.borrowed.name)) return null
    return startTimeOf(lock.pid) === lock.startTime ? null : lock
  } catch {
    return null
  }
}

/**
 * When a process started, in ticks since boot: with the pid it names a process once and for all.
 * Null when there is none.
 */
export function startTimeOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; after it come the state and, as the 20th field, the
    // start time.
    const [state = 'X', ...rest] = fields.slice(fields.lastIndexOf(')') + 2).split(' ')
    // A zombie is dead; whether anybody ever collects it says nothing.
    return state === 'Z' || state === 'X' ? null : (rest[18] ?? null)
  } catch {
    return process.platform === 'linux' ? null : aliveWithoutProc(pid)
  }
}

function aliveWithoutProc(pid: number): string | null {
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch {
    return null
  }
}
