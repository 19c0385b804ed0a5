import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bootstrapMean,
  meanOrZero,
  moreTrialsFor,
  upperBoundOfNone,
  wilsonInterval,
} from '../../../../harness/measure/intervals.ts'
import { randomFor } from '../../../../src/base/random.ts'

describe("Wilson's interval", () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is as published: %d to %d', (successes, trials, low, high) => {
    const { low95, high95 } = wilsonInterval(successes, trials)
    expect(low95).toBeCloseTo(low, 4)
    expect(high95).toBeCloseTo(high, 4)
  })

  it('is all there is without a trial', () =>
    expect(wilsonInterval(0, 0)).toEqual({ low95: 0, high95: 1 }))

  it('holds the share, lies in [0, 1], and mirrors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, part) => {
          const successes = Math.round(trials * part)
          const { low95, high95 } = wilsonInterval(successes, trials)
          expect(
            low95 >= 0 &&
              low95 <= successes / trials + 1e-12 &&
              successes / trials <= high95 + 1e-12 &&
              high95 <= 1,
          ).toBe(true)
          expect(wilsonInterval(trials - successes, trials).high95).toBeCloseTo(1 - low95, 9)
        },
      ),
    )
  })

  it('covers the truth about 95 times in 100', () => {
    const hits = Array.from({ length: 2_000 }, (_each, run) => {
      const random = randomFor(['wilson', run])
      const { low95, high95 } = wilsonInterval(
        Array.from({ length: 40 }, () => random.unit()).filter((unit) => unit < 0.8).length,
        40,
      )
      return low95 <= 0.8 && 0.8 <= high95
    }).filter(Boolean).length
    expect(hits / 2_000).toBeGreaterThan(0.93)
    expect(hits / 2_000).toBeLessThan(0.97)
  })
})

describe('how many more to ask', () => {
  it('lifts the interval above the floor, and a tenth fewer would hardly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.02, max: 0.5, noNaN: true }),
        (trials, floor, above) => {
          const share = Math.min(1, floor + above)
          const more = moreTrialsFor(floor, { share, trials }) ?? Number.NaN
          const total = trials + more
          expect(more).toBeGreaterThanOrEqual(0)
          expect(wilsonInterval(share * total, total).low95).toBeGreaterThan(floor)
          const fewer = Math.floor((total - 2) / 1.1) - 1
          if (more > 0 && fewer >= trials)
            expect(wilsonInterval(share * fewer, fewer).low95).toBeLessThanOrEqual(floor)
        },
      ),
    )
  })

  it.each([
    [0.7, 0.7],
    [0.7, 0.5],
    [1, 1],
  ])('is no number at a floor of %d and a share of %d', (floor, share) =>
    expect(moreTrialsFor(floor, { share, trials: 50 })).toBeNull(),
  )

  it('is none when there are enough', () =>
    expect(moreTrialsFor(0.5, { share: 0.9, trials: 100 })).toBe(0))
})

describe('the bootstrap of a mean', () => {
  const groupsOf = (key: string, count: number): readonly (readonly number[])[] => {
    const random = randomFor([key])
    return Array.from({ length: count }, () =>
      Array.from({ length: 3 }, () => 10 + random.normal()),
    )
  }

  it('is the same for the same key and another for another', () => {
    const groups = groupsOf('a', 30)
    expect(bootstrapMean(groups, ['k'])).toEqual(bootstrapMean(groups, ['k']))
    expect(bootstrapMean(groups, ['k'])).not.toEqual(bootstrapMean(groups, ['l']))
  })

  it('holds the mean of the samples, and the truth about 95 times in 100', () => {
    const intervals = Array.from({ length: 100 }, (_each, run) => ({
      groups: groupsOf(`run ${run}`, 40),
      run,
    }))
    let truths = 0
    for (const { groups, run } of intervals) {
      const { low95, high95 } = bootstrapMean(groups, [run])
      const mean = meanOrZero(groups.flat())
      expect(low95 <= mean && mean <= high95).toBe(true)
      if (low95 <= 10 && 10 <= high95) truths++
    }
    expect(truths).toBeGreaterThanOrEqual(86)
  })

  it('does not take repetitions of a question for more questions', () => {
    const once = groupsOf('a', 20).map(([first = 0]) => [first])
    const width = (groups: readonly (readonly number[])[]): number =>
      bootstrapMean(groups, ['k']).high95 - bootstrapMean(groups, ['k']).low95
    expect(width(once.map(([value = 0]) => new Array<number>(50).fill(value)))).toBeCloseTo(
      width(once),
      9,
    )
  })

  it.each([
    [[], 0],
    [[[]], 0],
    [[[5]], 5],
    [[[5, 5], [], [5]], 5],
  ])('of %j is a point', (groups, point) =>
    expect(bootstrapMean(groups, ['k'])).toEqual({ low95: point, high95: point }),
  )
})

describe('an upper bound of what was never seen', () => {
  it.each([
    [1, 0.95],
    [3, 0.6316],
    [60, 0.0487],
    [1_000, 0.00299],
  ])('after %i checks is %d', (checks, bound) =>
    expect(upperBoundOfNone(checks)).toBeCloseTo(bound, 4),
  )

  it('is not known without a check', () => expect(upperBoundOfNone(0)).toBeNull())
})
