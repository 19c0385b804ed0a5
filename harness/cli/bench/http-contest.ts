/**
 * How much load one thread of our generator can put on a service over HTTP, beside what autocannon (and wrk, where it is installed)
 * can, on the same service in one run. Theirs is a closed loop, as many as they get; ours is open: the highest rate at which sends
 * are on time, and so latencies true.
 */
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from 'simple-statistics'
import { Pool } from 'undici'
import type { Clock } from '../../../src/base/clock.ts'
import type { BenchResult } from '../../bench/ratio.ts'
import { pace } from '../../execute/load/pace.ts'
import { timeHistogram, type TimeHistogram } from '../../measure/time-histogram.ts'

/** How long, and how often. */
export interface ContestOptions {
  readonly rounds: number
  readonly seconds: number
  readonly clock: Clock
  onResult(result: BenchResult): void
}

const connections = 16
const mostSendLagMs = 5
const leastAchieved = 0.99

/** Runs it; a peer that is not installed has no case. */
export async function httpContest(options: ContestOptions): Promise<readonly BenchResult[]> {
  await using echo = await startEcho()
  const rounds: { readonly ours: number; readonly autocannon: number | null; readonly wrk: number | null }[] = []
  for (let round = 0; round < options.rounds; round++) {
    const autocannon = await autocannonRate(echo.url, options.seconds)
    const wrk = await wrkRate(echo.url, options.seconds)
    rounds.push({ ours: await highestRate(echo.url, (autocannon ?? wrk ?? 20_000) * 1.2, options), autocannon, wrk })
  }
  const results = (['autocannon', 'wrk'] as const).flatMap((peer) => {
    const ratios = rounds.flatMap((round) => (round[peer] === null ? [] : [round.ours / round[peer]]))
    return ratios.length === 0 ? [] : [resultOf(peer, ratios, rounds)]
  })
  for (const result of results) options.onResult(result)
  return results
}

function resultOf(peer: 'autocannon' | 'wrk', ratios: readonly number[], rounds: readonly { readonly ours: number; readonly autocannon: number | null; readonly wrk: number | null }[]): BenchResult {
  const middle = median([...ratios])
  const ours = Math.round(median(rounds.map((round) => round.ours)))
  const theirs = Math.round(median(rounds.flatMap((round) => round[peer] ?? [])))
  const against = `${peer}, ${connections} connections, as many requests as it gets (here ${theirs} a second; ours ${ours} on time)`
  return { id: `load.http-against-${peer}`, ratio: middle, against, spreadPct: (100 * (Math.max(...ratios) - Math.min(...ratios))) / middle, goal: peer === 'autocannon' ? 1 : null, rounds: ratios.length, ratios: [...ratios] }
}

interface Echo extends AsyncDisposable {
  readonly url: string
}

async function startEcho(): Promise<Echo> {
  const isSource = import.meta.url.endsWith('.ts')
  const child: ChildProcess = fork(fileURLToPath(new URL(isSource ? './echo-server.ts' : './echo-server.js', import.meta.url)), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
  const [{ url }] = (await once(child, 'message')) as [{ readonly url: string }]
  return {
    url,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function autocannonRate(url: string, seconds: number): Promise<number | null> {
  const found = await import('autocannon').catch(() => null)
  if (found === null) return null
  const { requests } = await found.default({ url, connections, duration: seconds })
  return requests.total / seconds
}

async function wrkRate(url: string, seconds: number): Promise<number | null> {
  try {
    const { stdout } = await promisify(execFile)('wrk', ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, url])
    const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]
    return rate === undefined ? null : Number(rate)
  } catch {
    return null
  }
}

const halvings = 6

/** By halving between nothing and a rate that is too high for certain. */
async function highestRate(url: string, tooHigh: number, options: ContestOptions): Promise<number> {
  let [low, high] = [0, tooHigh]
  for (let halving = 0; halving < halvings; halving++) {
    const rate = (low + high) / 2
    if (await isSustained(url, rate, options)) low = rate
    else high = rate
  }
  return low
}

/** What one rate came to. */
export interface DrivenHttp {
  readonly sendLag: TimeHistogram
  readonly latency: TimeHistogram
  readonly uncorrected: TimeHistogram
  readonly answered: number
  readonly tookMs: number
}

async function isSustained(url: string, rate: number, { seconds, clock }: ContestOptions): Promise<boolean> {
  const { sendLag, answered, tookMs } = await driveHttp(url, { ratePerSecond: rate, seconds, clock })
  return (sendLag.valueAt(0.99) ?? Infinity) < mostSendLagMs && answered / (tookMs / 1_000) >= leastAchieved * rate
}

// The first requests are run by code that is not compiled yet, and queue up behind it.
const warmupMs = 500

/** Drives a constant rate from this thread; what it warms up with is no part of the figures. */
export async function driveHttp(url: string, { ratePerSecond, seconds, clock }: { readonly ratePerSecond: number; readonly seconds: number; readonly clock: Clock }): Promise<DrivenHttp> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const [sendLag, latency, uncorrected] = [timeHistogram(), timeHistogram(), timeHistogram()]
  let answered = 0
  const startMs = clock.monotonicMs()
  const atMs = Float64Array.from({ length: Math.round(ratePerSecond * (seconds + warmupMs / 1_000)) }, (_each, at) => (at * 1_000) / ratePerSecond)
  await pace({
    atMs,
    clock,
    startMs,
    // A rate that is too high is given up, not queued for.
    maxInFlight: Math.max(1_000, Math.ceil(ratePerSecond / 10)),
    timeoutMs: 1_000,
    stop: new AbortController().signal,
    drop: () => undefined,
    send: (_at, { intendedMs, releasedMs, sentMs }) =>
      new Promise((resolve) => {
        if (intendedMs >= warmupMs) sendLag.record(releasedMs - intendedMs)
        const end = (): void => {
          resolve()
          if (intendedMs < warmupMs) return
          const endedMs = clock.monotonicMs() - startMs
          latency.record(endedMs - intendedMs)
          uncorrected.record(endedMs - sentMs)
          answered++
        }
        pool.dispatch({ path: pathname, method: 'GET' }, { onRequestStart: () => undefined, onResponseStart: () => undefined, onResponseData: () => undefined, onResponseEnd: end, onResponseError: () => resolve() })
      }),
  })
  await pool.destroy()
  return { sendLag, latency, uncorrected, answered, tookMs: Math.max(1_000 * seconds, clock.monotonicMs() - startMs - warmupMs) }
}
