/**
 * How much load one thread of our generator can put on a service over HTTP, beside what autocannon
 * (and wrk, where it is installed) can, on the same service in one run. Theirs is a closed loop, as
 * many as they get; ours is open: the highest rate at which sends are on time, and so latencies
 * true.
 */
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { promisify } from 'node:util'
import { median } from 'simple-statistics'
import type { BenchResult } from '../../bench/ratio.ts'
import { makeRoomForThreads } from '../../load/generator/thread-room.ts'
import type { HttpFigures, HttpTask } from './http-load-thread.ts'

/** How long, and how often. */
export interface ContestOptions {
  readonly rounds: number
  readonly seconds: number
  readonly signal: AbortSignal
  onResult(result: BenchResult): void
}

const connections = 16
const mostSendLagMs = 5
const leastAchieved = 0.99

/** Runs it; a peer that is not installed has no case. */
export async function httpContest(options: ContestOptions): Promise<readonly BenchResult[]> {
  await using echo = await startEcho()
  const rounds: {
    readonly ours: number
    readonly autocannon: number | null
    readonly wrk: number | null
  }[] = []
  for (let round = 0; round < options.rounds; round++) {
    options.signal.throwIfAborted()
    const autocannon = await autocannonRate(echo.url, options.seconds)
    const wrk = await wrkRate(echo.url, options.seconds)
    rounds.push({
      ours: await highestRate(echo.url, (autocannon ?? wrk ?? 20_000) * 1.2, options),
      autocannon,
      wrk,
    })
  }
  const results = (['autocannon', 'wrk'] as const).flatMap((peer) => {
    // A round in which no rate was sustained has nothing to be a ratio of.
    const ratios = rounds.flatMap((round) =>
      round[peer] === null || round.ours === 0 ? [] : [round.ours / round[peer]],
    )
    return ratios.length === 0 ? [] : [resultOf(peer, ratios, rounds)]
  })
  for (const result of results) options.onResult(result)
  return results
}

function resultOf(
  peer: 'autocannon' | 'wrk',
  ratios: readonly number[],
  rounds: readonly {
    readonly ours: number
    readonly autocannon: number | null
    readonly wrk: number | null
  }[],
): BenchResult {
  const middle = median([...ratios])
  const ours = Math.round(median(rounds.map((round) => round.ours)))
  const theirs = Math.round(median(rounds.flatMap((round) => round[peer] ?? [])))
  const against = `${peer} with ${connections} connections, as many requests as it gets; ours on time`
  return {
    id: `load.http-against-${peer}`,
    ratio: middle,
    against,
    spreadPct: (100 * (Math.max(...ratios) - Math.min(...ratios))) / middle,
    goal: peer === 'autocannon' ? 1 : null,
    rounds: ratios.length,
    ratios: [...ratios],
    figures: { oursPerSecond: ours, peerPerSecond: theirs },
  }
}

interface Echo extends AsyncDisposable {
  readonly url: string
}

async function startEcho(): Promise<Echo> {
  const isSource = import.meta.url.endsWith('.ts')
  const child: ChildProcess = fork(
    fileURLToPath(new URL(isSource ? './echo-server.ts' : './echo-server.js', import.meta.url)),
    [],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] },
  )
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
  const { requests, duration } = await found.default({ url, connections, duration: seconds })
  // It goes on a little longer than it is told to.
  return requests.total / duration
}

async function wrkRate(url: string, seconds: number): Promise<number | null> {
  try {
    const { stdout } = await promisify(execFile)('wrk', [
      '-t1',
      `-c${connections}`,
      `-d${Math.ceil(seconds)}s`,
      url,
    ])
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

async function isSustained(
  url: string,
  ratePerSecond: number,
  { seconds }: ContestOptions,
): Promise<boolean> {
  const { sendLagP99Ms, answeredPerSecond } = await driven({
    url,
    ratePerSecond,
    seconds,
    connections,
  })
  return sendLagP99Ms < mostSendLagMs && answeredPerSecond >= leastAchieved * ratePerSecond
}

/** Drives one rate in a thread of its own, as a load does. */
async function driven(task: HttpTask): Promise<HttpFigures> {
  const isSource = import.meta.url.endsWith('.ts')
  makeRoomForThreads()
  const worker = new Worker(
    fileURLToPath(
      new URL(isSource ? './http-load-thread.ts' : './http-load-thread.js', import.meta.url),
    ),
    { workerData: task, env: {}, execArgv: [] },
  )
  try {
    const [figures] = (await once(worker, 'message')) as [HttpFigures]
    return figures
  } finally {
    await worker.terminate()
  }
}
