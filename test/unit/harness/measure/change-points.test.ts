/**
 * Planted steps are found where they are, noise and spikes are not, and the statistic is the one of
 * the paper.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changePointsOf,
  leastSegment,
  strongestSplit,
} from '../../../../harness/measure/change-points.ts'
import { randomFor } from '../../../../src/base/random.ts'

const thresholds = { pValue: 0.005, magnitudePct: 1 }
const places = (values: readonly number[]): readonly number[] =>
  changePointsOf(values, thresholds).map(({ at }) => at)

function noise(
  key: string | number,
  length: number,
  levelAt: (at: number) => number = () => 1_000,
): readonly number[] {
  const random = randomFor(['change-points', key])
  return Array.from({ length }, (_each, at) => levelAt(at) * (1 + 0.03 * random.normal()))
}

/** Energy distance by its definition, every pair anew. */
function trivial(values: readonly number[]): number {
  const mean = (left: readonly number[], right: readonly number[], pairs: number): number =>
    left.reduce((sum, x) => sum + right.reduce((own, y) => own + Math.abs(x - y), 0), 0) / pairs
  let best = -Infinity
  for (let at = leastSegment; at <= values.length - leastSegment; at++) {
    for (let end = at + leastSegment; end <= values.length; end++) {
      const [left, right] = [values.slice(0, at), values.slice(at, end)]
      const [m, n] = [left.length, right.length]
      const energy =
        2 * mean(left, right, m * n) -
        mean(left, left, m * (m - 1)) -
        mean(right, right, n * (n - 1))
      best = Math.max(best, ((m * n) / (m + n)) * energy)
    }
  }
  return best
}

describe('a planted change', () => {
  it.each([
    [20, 8],
    [20, 13],
    [30, 3],
    [30, 25],
    [12, 6],
  ])('of a fifth in %d runs is found at run %d and nowhere else', (length, step) => {
    const [found, ...others] = changePointsOf(
      noise(`step ${length} ${step}`, length, (at) => (at < step ? 1_000 : 1_200)),
      thresholds,
    )
    expect(others).toEqual([])
    expect(found?.at).toBe(step)
    expect(found?.deltaPct).toBeGreaterThan(15)
    expect(found?.deltaPct).toBeLessThan(25)
    expect(found?.pValue).toBeLessThan(0.005)
  })

  it('up and down again is two', () =>
    expect(places(noise('hill', 30, (at) => (at >= 10 && at < 20 ? 1_300 : 1_000)))).toEqual([
      10, 20,
    ]))

  it('of exact figures is found without any noise', () => {
    expect(changePointsOf([500, 500, 500, 500, 520, 520, 520, 520], thresholds)).toEqual([
      { at: 4, beforeMean: 500, afterMean: 520, deltaPct: expect.closeTo(4) as number, pValue: 0 },
    ])
  })

  it('from zero has no percentage, and counts', () =>
    expect(changePointsOf([0, 0, 0, 0, 1, 1, 1, 1], thresholds)).toMatchObject([
      { at: 4, deltaPct: null },
    ]))
  it('below the least magnitude does not count', () =>
    expect(places([1_000, 1_000, 1_000, 1_005, 1_005, 1_005])).toEqual([]))
})

describe('no change', () => {
  it.each([6, 12, 30])(
    '200 series of noise of %d runs: at most one in twenty shows one',
    (length) => {
      const alarms = Array.from({ length: 200 }, (_each, at) => at).filter(
        (at) => places(noise(at, length)).length > 0,
      )
      expect(alarms.length, `keys ${alarms.join(', ')}`).toBeLessThanOrEqual(10)
    },
  )

  it.each([0, 1, 9, 18, 19])(
    'one spike, at run %d of 20, is none, with noise and without',
    (spike) => {
      expect(places(noise('spike', 20, (at) => (at === spike ? 5_000 : 1_000)))).toEqual([])
      expect(
        places(Array.from({ length: 20 }, (_each, at) => (at === spike ? 5_000 : 1_000))),
      ).toEqual([])
    },
  )

  it('constant, short and empty series have none', () => {
    for (const values of [[], [1], [1, 2, 3, 4, 5], Array.from({ length: 20 }, () => 7)])
      expect(places(values)).toEqual([])
  })
})

describe('the statistic', () => {
  it('is the largest of all by the definition', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 6, maxLength: 14 }),
        (values) => {
          expect(strongestSplit(values)?.statistic).toBeCloseTo(trivial(values), 6)
        },
      ),
    )
  })

  it('does not depend on where zero is, and the places not on the unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 6, maxLength: 14 }),
        (values) => {
          expect(strongestSplit(values.map((value) => value + 77))?.statistic).toBeCloseTo(
            strongestSplit(values)?.statistic ?? Number.NaN,
            6,
          )
          expect(strongestSplit(values.map((value) => 8 * value))).toMatchObject({
            at: strongestSplit(values)?.at,
            end: strongestSplit(values)?.end,
          })
        },
      ),
    )
  })
})
