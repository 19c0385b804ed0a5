/**
 * One rate against a service over HTTP: the pace and the histograms of a load, on connections that
 * are kept, in a thread of its own.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Pool } from 'undici'
import { systemClock } from '../../../src/base/clock.ts'
import { pace } from '../../load/generator/pace.ts'
import { timeHistogram } from '../../measure/time-histogram.ts'

/** What is asked of the thread. */
export interface HttpTask {
  readonly url: string
  readonly ratePerSecond: number
  readonly seconds: number
  readonly connections: number
}

/** What it came to. */
export interface HttpFigures {
  readonly sendLagP99Ms: number
  readonly answeredPerSecond: number
  readonly latencyP50Ms: number | null
  readonly latencyP99Ms: number | null
}

const clock = systemClock
// The first requests are run by code that is not compiled yet, and queue up behind it.
const warmupMs = 1_000

async function drive({ url, ratePerSecond, seconds, connections }: HttpTask): Promise<HttpFigures> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const [sendLag, latency] = [timeHistogram(), timeHistogram()]
  let answered = 0
  const startMs = clock.monotonicMs()
  const atMs = Float64Array.from(
    { length: Math.round(ratePerSecond * (seconds + warmupMs / 1_000)) },
    (_each, at) => (at * 1_000) / ratePerSecond,
  )
  await pace({
    atMs,
    clock,
    startMs,
    // A rate that is too high is given up, not queued for.
    maxInFlight: Math.max(1_000, Math.ceil(ratePerSecond / 10)),
    timeoutMs: 1_000,
    stop: new AbortController().signal,
    drop: () => undefined,
    send: (_at, { intendedMs, releasedMs }) =>
      new Promise((resolve) => {
        const counts = intendedMs >= warmupMs
        if (counts) sendLag.record(releasedMs - intendedMs)
        const end = (): void => {
          resolve()
          if (!counts) return
          latency.record(clock.monotonicMs() - startMs - intendedMs)
          answered++
        }
        pool.dispatch(
          { path: pathname, method: 'GET' },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => undefined,
            onResponseData: () => undefined,
            onResponseEnd: end,
            onResponseError: () => resolve(),
          },
        )
      }),
  })
  const tookSeconds = Math.max(seconds, (clock.monotonicMs() - startMs - warmupMs) / 1_000)
  await pool.destroy()
  return {
    sendLagP99Ms: sendLag.valueAt(0.99) ?? Infinity,
    answeredPerSecond: answered / tookSeconds,
    latencyP50Ms: latency.valueAt(0.5),
    latencyP99Ms: latency.valueAt(0.99),
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin; windows do
parentPort?.postMessage(await drive(workerData as HttpTask))
