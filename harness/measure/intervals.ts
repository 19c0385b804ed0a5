/** Intervals: what samples allow to be said at 95 %. */
import { mean, quantileSorted } from 'simple-statistics'
import { randomFor, type RandomKey } from '../../src/base/random.ts'

/** A value with its 95 % interval. */
export interface Interval {
  readonly low95: number
  readonly high95: number
}

const z95 = 1.959963984540054

/**
 * Wilson's score interval of a proportion (Wilson 1927): right also for few trials and for 0 or all
 * successes.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { low95: 0, high95: 1 }
  const share = successes / trials
  const square = z95 ** 2
  const centre = (share + square / (2 * trials)) / (1 + square / trials)
  const half =
    (z95 / (1 + square / trials)) *
    Math.sqrt((share * (1 - share)) / trials + square / (4 * trials ** 2))
  return { low95: Math.max(0, centre - half), high95: Math.min(1, centre + half) }
}

/**
 * How many more independent trials would lift the lower end of Wilson's interval above a floor, if
 * the share stays as it is; null when no number would, because the share itself is not above it.
 */
export function moreTrialsFor(
  floor: number,
  observed: { readonly share: number; readonly trials: number },
): number | null {
  if (observed.share <= floor) return null
  let trials = Math.max(1, observed.trials)
  while (wilsonInterval(observed.share * trials, trials).low95 <= floor)
    trials = Math.ceil(trials * 1.1 + 1)
  return trials - observed.trials
}

const resamples = 1_000

/**
 * Percentile bootstrap of a mean. `groups` are independent (questions); samples within one (its
 * trials) are not, so whole groups are drawn. The key makes the draws the same in every run.
 */
export function bootstrapMean(groups: readonly (readonly number[])[], key: RandomKey): Interval {
  const sums = groups
    .filter(({ length }) => length > 0)
    .map((group) => ({
      sum: group.reduce((total, value) => total + value, 0),
      count: group.length,
    }))
  if (sums.length === 0) return { low95: 0, high95: 0 }
  const random = randomFor([...key, 'bootstrap'])
  const means = Array.from({ length: resamples }, () => {
    let [sum, count] = [0, 0]
    for (let draw = 0; draw < sums.length; draw++) {
      const group = random.pick(sums)
      sum += group.sum
      count += group.count
    }
    return sum / count
  })
  const sorted = means.sort((one, other) => one - other)
  return { low95: quantileSorted(sorted, 0.025), high95: quantileSorted(sorted, 0.975) }
}

/**
 * Upper bound at 95 % of a rate that was seen 0 times in n independent checks: 1 - 0.05^(1/n),
 * about 3/n. Null of no checks.
 */
export function upperBoundOfNone(checks: number): number | null {
  return checks === 0 ? null : 1 - 0.05 ** (1 / checks)
}

/** The mean of numbers; 0 of none. */
export function meanOrZero(values: readonly number[]): number {
  return values.length === 0 ? 0 : mean([...values])
}
