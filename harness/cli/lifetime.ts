/**
 * When a command must end early: a signal, or the parent's death. SIGTERM to `npm` or `npx` never
 * reaches the command below it, so the chain of parents up to npm is watched by pid and start time;
 * when a link is gone, the command ends as if it had been told to.
 */
import { readFileSync } from 'node:fs'
import type { Clock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'

/** An end that may come from outside. */
export interface Lifetime extends Disposable {
  /** Aborted with TB_INTERRUPTED or TB_TERMINATED. */
  readonly signal: AbortSignal
}

const pollMs = 250
const longestChain = 6

/**
 * Begins to watch. A second SIGINT ends the process at once: its services notice and tidy by
 * themselves.
 */
export function watchLifetime(clock: Clock): Lifetime {
  const ended = new AbortController()
  const disposed = new AbortController()
  const interrupt = (): void => end(ended, 'TB_INTERRUPTED')
  const terminate = (): void => end(ended, 'TB_TERMINATED')
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', terminate)
  process.on('SIGHUP', terminate)
  void watchParents(clock, disposed.signal, terminate)
  return {
    signal: ended.signal,
    [Symbol.dispose]() {
      disposed.abort()
      process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', terminate)
    },
  }
}

function end(ended: AbortController, code: 'TB_INTERRUPTED' | 'TB_TERMINATED'): void {
  const error = new TenantbenchError(code)
  // A closing terminal hangs up twice; only somebody who presses Ctrl-C again wants out at once.
  if (ended.signal.aborted && code === 'TB_INTERRUPTED') process.exit(error.exitCode)
  ended.abort(error)
}

async function watchParents(clock: Clock, stop: AbortSignal, onGone: () => void): Promise<void> {
  const chain = parentChain()
  // Started by the machine's first process, or adopted by it: there is no parent to lose.
  if (chain.length === 0) return
  try {
    while (chain.every(isThere) && process.ppid === chain[0]?.pid) await clock.sleep(pollMs, stop)
    onGone()
  } catch {
    // Disposed: the command has ended by itself.
  }
}

interface Parent {
  readonly pid: number
  readonly startTime: string | null
}

/**
 * The parent, and further up as long as it takes to reach npm; without npm in sight the parent
 * alone.
 */
function parentChain(): readonly Parent[] {
  const chain: Parent[] = []
  let found = 0
  for (let pid = process.ppid; pid > 1 && chain.length < longestChain;) {
    const about = readProcess(pid)
    chain.push({ pid, startTime: about?.startTime ?? null })
    if (about === null) break
    if (/^np[mx]\b|[/ ]np[mx](-cli\.js)?\b/.test(about.commandLine)) found = chain.length
    pid = about.parent
  }
  return chain.slice(0, Math.max(1, found))
}

function isThere({ pid, startTime }: Parent): boolean {
  const about = readProcess(pid)
  if (about !== null) return about.startTime === startTime && about.state !== 'Z'
  if (startTime !== null) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface ProcessFacts {
  readonly parent: number
  readonly state: string
  readonly startTime: string
  readonly commandLine: string
}

/** What /proc says of a process; null where there is no /proc or no such process. */
function readProcess(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return {
      state: fields[0] ?? '',
      parent: Number(fields[1]),
      startTime: fields[19] ?? '',
      commandLine,
    }
  } catch {
    return null
  }
}
