/**
 * Benchmarks as ratios: ours against a peer, in turn, in one process, repeated. A ratio survives a
 * machine that is slow today; an absolute time does not. Timing by tinybench.
 */
import { median } from 'simple-statistics'
import { Bench, type FnOptions } from 'tinybench'

/**
 * One thing to time; the hooks are not timed. With hooks, `run` is an async function: others are
 * tried once without hooks.
 */
export interface Contender {
  run(): Promise<unknown> | unknown
  readonly hooks?: Pick<FnOptions, 'beforeEach' | 'afterEach'>
}

/** A comparison. */
export interface BenchCase {
  readonly id: string
  /** What the ratio is against, in words. */
  readonly against: string
  /** The ratio that is wanted at least, or null where there is none. */
  readonly goal: number | null
  /** What is counted; without it the time that passes. */
  readonly time?: 'processor'
  readonly ours: Contender
  readonly peer: Contender
}

/**
 * How a case came out: our throughput as a share of the peer's. `spreadPct` is (largest - smallest)
 * / median over the rounds.
 */
export interface BenchResult {
  readonly id: string
  readonly ratio: number
  readonly against: string
  readonly spreadPct: number
  readonly goal: number | null
  readonly rounds: number
  /**
   * What the ratio was made of, where that tells something by itself: it differs from machine to
   * machine.
   */
  readonly figures?: { readonly oursPerSecond: number; readonly peerPerSecond: number }
  /** The ratio of every round, in order; another report is compared by them. */
  readonly ratios: readonly number[]
}

/** How long. */
export interface BenchOptions {
  readonly rounds: number
  readonly roundMs: number
}

/** Runs a case: so many rounds, ours and the peer in turn, the order swapped each round. */
export async function runCase(each: BenchCase, options: BenchOptions): Promise<BenchResult> {
  const ratios: number[] = []
  for (let round = 0; round < options.rounds; round++)
    ratios.push(await oneRound(each, { roundMs: options.roundMs, peerFirst: round % 2 === 1 }))
  const middle = median(ratios)
  const spreadPct = (100 * (Math.max(...ratios) - Math.min(...ratios))) / middle
  return {
    id: each.id,
    ratio: middle,
    against: each.against,
    spreadPct,
    goal: each.goal,
    rounds: options.rounds,
    ratios,
  }
}

async function oneRound(
  each: BenchCase,
  { roundMs, peerFirst }: { readonly roundMs: number; readonly peerFirst: boolean },
): Promise<number> {
  const bench = new Bench({
    time: roundMs,
    warmupTime: roundMs / 4,
    throws: true,
    ...(each.time === 'processor' ? { now: processorMs } : {}),
  })
  const contenders = peerFirst
    ? ([
        ['peer', each.peer],
        ['ours', each.ours],
      ] as const)
    : ([
        ['ours', each.ours],
        ['peer', each.peer],
      ] as const)
  for (const [name, { run, hooks }] of contenders) bench.add(name, run, hooks)
  await bench.run()
  return medianMs(bench, 'peer') / medianMs(bench, 'ours')
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function medianMs(bench: Bench, name: string): number {
  const result = bench.getTask(name)?.result
  return result !== undefined && 'latency' in result ? result.latency.p50 : Number.NaN
}
