import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastSamples, meanOf, percentilesOf } from '../../../../harness/measure/quantiles.ts'

const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_each, at) => at + 1)

/** The textbook (Hyndman and Fan, type 7): the samples joined by straight lines. */
function naive(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((one, other) => one - other)
  const place = (sorted.length - 1) * share
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (place - Math.floor(place)) * (above - below)
}

describe('percentiles', () => {
  it.each([
    [0, null, null, null],
    [4, null, null, null],
    [5, 3, null, null],
    [59, 30, null, null],
    [60, 30.5, 57.05, null],
    [299, 150, 284.1, null],
    [300, 150.5, 285.05, 297.01],
  ])('of %i samples are %s, %s, %s: none where there are too few', (count, p50, p95, p99) => {
    const found = percentilesOf(upTo(count))
    expect(found.count).toBe(count)
    for (const [figure, expected] of [
      [found.p50, p50],
      [found.p95, p95],
      [found.p99, p99],
    ] as const) {
      if (expected === null) expect(figure).toBeNull()
      else expect(figure).toBeCloseTo(expected, 9)
    }
  })

  it('are exact, whatever the order of samples, which stay as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000_000), { minLength: leastSamples.p99, maxLength: 700 }),
        (samples) => {
          const before = [...samples]
          const { p50, p95, p99 } = percentilesOf(samples)
          for (const [figure, share] of [
            [p50, 0.5],
            [p95, 0.95],
            [p99, 0.99],
          ] as const)
            expect(figure).toBeCloseTo(naive(samples, share), 6)
          expect(samples).toEqual(before)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('sort by size, not by spelling', () =>
    expect(percentilesOf([9, 10, 100, 1_000, 2]).p50).toBe(10))
})

it('the mean of nothing is not known', () => {
  expect([meanOf([]), meanOf([1, 2, 6])]).toEqual([null, 3])
})
