/**
 * The command line as a user runs it: a real process, with a temporary folder of its own that shows
 * what was left behind.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '../../harness/cli/main.ts'

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url))
const node = join(root, 'node_modules/.bin/node')
const bin = join(root, 'bin/tenantbench.js')

/** A place to run in; removed at the end. */
export interface Workplace extends Disposable {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  /** Folders of services that are still there. */
  leftFolders(): readonly string[]
  /** Processes that were started with this place as their temporary folder, or work in it. */
  leftProcesses(): readonly number[]
}

/**
 * Makes a workplace. Everybody may enter it, because PostgreSQL runs as another user when we are
 * root.
 */
export function openWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-test-'))
  chmodSync(folder, 0o755)
  const mine = (pid: string): boolean =>
    [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].some((file) =>
      readQuietly(file).includes(folder),
    )
  return {
    folder,
    environment: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder },
    leftFolders: () =>
      readdirSync(folder).filter((name) => name.startsWith('tenantbench-services-')),
    leftProcesses: () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name) && mine(name))
        .map(Number),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the command line; `detached` gives it a process group of its own. */
export function startCli(
  place: Workplace,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(node, [bin, ...args], {
    cwd: root,
    env: { ...place.environment, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, ended: outcomeOf(child) }
}

/** Runs the command line to its end. */
export async function runCli(
  place: Workplace,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return startCli(place, args, environment).ended
}

/** Collects what a process says until it ends. */
export async function outcomeOf(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, ...said }
}

/** Waits until something holds, looking often; throws when it does not in time. */
export async function until(what: string, holds: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/**
 * The same in this process, for many cases of one command: the process itself is tried once, and
 * each start costs a second. Not for two at once.
 */
export async function runHere(
  place: Workplace,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  const kept = { stdout: process.stdout.write, stderr: process.stderr.write }
  const hear = (stream: keyof typeof said): typeof process.stdout.write =>
    ((text: string | Uint8Array): boolean => {
      said[stream] += typeof text === 'string' ? text : new TextDecoder().decode(text)
      return true
    }) as typeof process.stdout.write
  process.stdout.write = hear('stdout')
  process.stderr.write = hear('stderr')
  try {
    return { exitCode: await main(args, { ...place.environment, ...environment }), ...said }
  } finally {
    process.stdout.write = kept.stdout
    process.stderr.write = kept.stderr
  }
}
