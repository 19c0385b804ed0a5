/** Real processes and what is left of them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServiceAddresses, ServiceOptions } from '../../../harness/services/protocol.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { newSuffix } from '../../../src/base/random.ts'

/**
 * A folder for temporary files of its own: what other tests and runs hold in the real one is none
 * of this test's business.
 */
export interface OwnTemporaryFolder extends AsyncDisposable {
  readonly path: string
  /** The services' private folders in it. */
  leases(): Promise<readonly string[]>
}

/** Points this process and its children at a new folder, until it is disposed of. */
export async function ownTemporaryFolder(): Promise<OwnTemporaryFolder> {
  const before = process.env['TMPDIR']
  const path = await mkdtemp(join(tmpdir(), 'tb-contract-'))
  // As root the servers run as another user, who has to pass through.
  await chmod(path, 0o755)
  process.env['TMPDIR'] = path
  return {
    path,
    leases: async () => (await readdir(path)).map((name) => join(path, name)),
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
      for (const pid of await processesIn(path)) process.kill(pid, 'SIGKILL')
      await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}

/** Options for services without faults; a borrowed database if a URL is given. */
export function serviceOptions(changes: Partial<ServiceOptions> = {}): ServiceOptions {
  const faults = { abortedStreams: 0, lateEvents: 0, throttled: 0 }
  return {
    runId: `contract_${newSuffix()}`,
    seed: 1,
    timeScale: 0,
    faults,
    namespacesPerIndex: 100,
    databaseUrl: null,
    ...changes,
  }
}

const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
const script = fileURLToPath(new URL('../processes/start-services.ts', import.meta.url))

/** A run's process with its services up. */
export interface RunProcess extends AsyncDisposable {
  readonly child: ChildProcess
  readonly addresses: ServiceAddresses
}

/** Starts a run's process and waits until its services are up. */
export async function startRunProcess(options: ServiceOptions): Promise<RunProcess> {
  const child = spawn(node, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const line = await Promise.race([
    once(lines, 'line').then(([first]) => String(first)),
    once(child, 'exit').then(() => null),
  ])
  if (line === null)
    throw new Error(`The process ended with ${child.exitCode ?? child.signalCode}.`)
  return {
    child,
    addresses: JSON.parse(line) as ServiceAddresses,
    [Symbol.asyncDispose]: () => killed(child),
  }
}

/** Kills without warning and waits for the end. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Whether a process runs; one that has ended and only was not collected yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const fields = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return fields === null
    ? process.platform !== 'linux'
    : fields.slice(fields.lastIndexOf(')') + 2).split(' ')[0] !== 'Z'
}

/**
 * Processes whose working directory lies in a folder: PostgreSQL with all its children works in its
 * data folder. Linux only.
 */
export async function processesIn(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const inside = await Promise.all(
    pids.map(async (pid) =>
      (await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(`${folder}/`),
    ),
  )
  return pids.filter((_, at) => inside[at] === true)
}

/** The process that answers for a private folder. */
export async function holderOf(lease: string): Promise<number> {
  return (JSON.parse(await readFile(join(lease, 'lock.json'), 'utf8')) as { pid: number }).pid
}

/** The PostgreSQL server in a private folder. */
export async function postmasterOf(lease: string): Promise<number> {
  return Number(
    (await readFile(join(lease, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
  )
}

const pollMs = 20

/** Looks again until it holds; after the deadline it gives what is still there, for the message. */
export async function untilEmpty(
  look: () => Promise<readonly unknown[]>,
  deadlineMs: number,
): Promise<readonly unknown[]> {
  const end = systemClock.monotonicMs() + deadlineMs
  for (;;) {
    const left = await look()
    if (left.length === 0 || systemClock.monotonicMs() > end) return left
    await systemClock.sleep(pollMs)
  }
}
