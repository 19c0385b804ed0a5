/**
 * What a noisy neighbour does to others: their p99 while it is quiet and while it is at work, in
 * alternating windows of one run, so that drift of the machine hits both. The unit of the interval
 * is the window, since requests within one share its queues.
 */
import { quantileSorted } from 'simple-statistics'
import { randomFor, type Random, type RandomKey } from '../../src/base/random.ts'
import type { Interval } from './intervals.ts'
import { percentilesOf, type Percentiles } from './quantiles.ts'

/** Latencies of others, by window. */
export interface WindowedLatencies {
  readonly quiet: readonly (readonly number[])[]
  readonly noisy: readonly (readonly number[])[]
}

/**
 * The effect on one group of tenants. The ratio is of the p99 with to the p99 without, in percent;
 * null with a reason.
 */
export interface NeighbourEffect {
  readonly quietMs: Percentiles
  readonly noisyMs: Percentiles
  readonly p99RatioPct: number | null
  readonly interval: Interval | null
  readonly reason: string | null
}

const resamples = 300
const leastWindows = 3

/** Compares both kinds of window. `key` seeds the bootstrap. */
export function neighbourEffect(
  { quiet, noisy }: WindowedLatencies,
  key: RandomKey,
): NeighbourEffect {
  const [quietMs, noisyMs] = [percentilesOf(quiet.flat()), percentilesOf(noisy.flat())]
  const blank = { quietMs, noisyMs, p99RatioPct: null, interval: null }
  if (quietMs.p99 === null || noisyMs.p99 === null)
    return {
      ...blank,
      reason:
        `p99 needs 300 answers of each kind; there are ${quietMs.count} while quiet and ` +
        `${noisyMs.count} while noisy`,
    }
  const p99RatioPct = (100 * noisyMs.p99) / quietMs.p99
  const windows = Math.min(quiet.length, noisy.length)
  if (windows < leastWindows)
    return {
      ...blank,
      p99RatioPct,
      reason: `${windows} windows of a kind carry no interval; there must be ${leastWindows}`,
    }
  const random = randomFor([...key, 'noisy-neighbour'])
  const ratios = Array.from(
    { length: resamples },
    () => (100 * drawnP99(noisy, random)) / drawnP99(quiet, random),
  ).toSorted((one, other) => one - other)
  return {
    quietMs,
    noisyMs,
    p99RatioPct,
    interval: { low95: quantileSorted(ratios, 0.025), high95: quantileSorted(ratios, 0.975) },
    reason: null,
  }
}

function drawnP99(windows: readonly (readonly number[])[], random: Random): number {
  const drawn = windows
    .flatMap(() => windows[random.integer(0, windows.length - 1)] ?? [])
    .toSorted((one, other) => one - other)
  return drawn.length === 0 ? Number.NaN : quantileSorted(drawn, 0.99)
}

/** How one tenant was served: what it asked for, and what came within its objective. */
export interface Served {
  readonly demanded: number
  readonly served: number
}

/**
 * Jain's index (1984) over the share of its own demand that each tenant got, weighted by demand:
 * who asks for more is not owed the same, but the same share. 1 when all got the same share; null
 * when nobody asked or nobody was served.
 */
export function fairness(tenants: readonly Served[]): number | null {
  const asking = tenants
    .filter(({ demanded }) => demanded > 0)
    .map(({ demanded, served }) => ({ weight: demanded, share: served / demanded }))
  const sum = (of: (each: (typeof asking)[number]) => number): number =>
    asking.reduce((total, each) => total + of(each), 0)
  const squares = sum(({ weight, share }) => weight * share ** 2)
  return squares === 0
    ? null
    : sum(({ weight, share }) => weight * share) ** 2 / (sum(({ weight }) => weight) * squares)
}
