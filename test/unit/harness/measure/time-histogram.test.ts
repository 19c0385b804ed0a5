/**
 * Histograms of times: any split of the samples, and any way through text, has the quantiles of all
 * of them within one bucket.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeTimeHistogram,
  timeHistogram,
  type TimeHistogram,
} from '../../../../harness/measure/time-histogram.ts'

const percents = [1, 5, 25, 50, 57, 75, 90, 95, 99, 100] as const

// From a microsecond to a minute, as many small ones as large ones.
const duration = fc.oneof(
  fc.double({ min: -3, max: 4.8, noNaN: true }).map((exponent) => 10 ** exponent),
  fc.integer({ min: 0, max: 40_000 }),
  fc.constant(0),
)
const durations = fc.array(duration, { minLength: 1, maxLength: 400, size: 'max' })

function of(samples: readonly number[]): TimeHistogram {
  const histogram = timeHistogram()
  for (const sample of samples) histogram.record(sample)
  return histogram
}

/** Dealt out to so many histograms, which are then added up. */
function dealt(
  samples: readonly number[],
  parts: number,
  pass: (part: TimeHistogram) => TimeHistogram,
): TimeHistogram {
  const sum = timeHistogram()
  for (let part = 0; part < parts; part++)
    sum.add(pass(of(samples.filter((_sample, at) => at % parts === part))))
  return sum
}

/** The least sample that so many percent do not exceed. */
function nearestRank(samples: readonly number[], percent: number): number {
  return (
    samples.toSorted((one, other) => one - other)[
      Math.max(1, Math.ceil((percent * samples.length) / 100)) - 1
    ] ?? Number.NaN
  )
}

const valuesOf = (histogram: TimeHistogram): readonly (number | null)[] =>
  percents.map((percent) => histogram.valueAt(percent / 100))

function expectNear(histogram: TimeHistogram, samples: readonly number[]): void {
  for (const percent of percents) {
    const exact = nearestRank(samples, percent)
    const found = histogram.valueAt(percent / 100) ?? Number.NaN
    expect(Math.abs(found - exact), `p${percent}: ${found} for ${exact}`).toBeLessThanOrEqual(
      exact / 1_000 + 0.001,
    )
  }
}

describe('any split of samples', () => {
  it('adds up to the quantiles of all, and to the exact ones within a bucket', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 16 }), (samples, parts) => {
        const [whole, sum] = [of(samples), dealt(samples, parts, (part) => part)]
        expect(sum.count).toBe(samples.length)
        expect(valuesOf(sum)).toEqual(valuesOf(whole))
        expect(sum.percentiles()).toEqual(whole.percentiles())
        expectNear(sum, samples)
      }),
    )
  })

  it('does so through text, before adding and after it', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 16 }), (samples, parts) => {
        const sum = decodeTimeHistogram(
          dealt(samples, parts, (part) => decodeTimeHistogram(part.encode())).encode(),
        )
        expect(sum.count).toBe(samples.length)
        expect(valuesOf(sum)).toEqual(valuesOf(of(samples)))
        expectNear(sum, samples)
      }),
    )
  })

  it('is right of a hundred thousand, the tail included', () => {
    const samples = Array.from(
      { length: 100_000 },
      (_each, at) => 1 + ((at * 7_919) % 100_000) ** 2 / 4e5,
    )
    const histogram = dealt(samples, 16, (part) => part)
    expectNear(histogram, samples)
    expect(
      Math.abs(
        (histogram.valueAt(0.999) ?? 0) /
          (samples.toSorted((one, other) => one - other)[99_899] ?? 0) -
          1,
      ),
    ).toBeLessThan(1 / 1_000)
  })

  it('goes on after text: what was read can be recorded into and grows', () => {
    const read = decodeTimeHistogram(of([1, 2]).encode())
    read.record(50_000)
    expectNear(read, [1, 2, 50_000])
  })
})

describe('the largest', () => {
  it('is that of the samples, within a bucket, split or not', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 16 }), (samples, parts) => {
        const largest = Math.max(...samples)
        for (const histogram of [
          of(samples),
          dealt(samples, parts, (part) => part),
          dealt(samples, parts, (part) => decodeTimeHistogram(part.encode())),
        ]) {
          expect(Math.abs((histogram.max() ?? 0) - largest)).toBeLessThanOrEqual(
            largest / 1_000 + 0.001,
          )
        }
      }),
    )
  })

  it('are none of nothing', () => {
    const none = timeHistogram()
    expect([none.count, none.max(), none.valueAt(0.5), none.percentiles()]).toEqual([
      0,
      null,
      null,
      { count: 0, p50: null, p95: null, p99: null },
    ])
    expect(decodeTimeHistogram(none.encode()).valueAt(0.5)).toBeNull()
  })
})

describe('percentiles', () => {
  it.each([
    [4, [false, false, false]],
    [5, [true, false, false]],
    [59, [true, false, false]],
    [60, [true, true, false]],
    [299, [true, true, false]],
    [300, [true, true, true]],
  ])('of %i samples are there as far as so many carry them', (count, carried) => {
    const { p50, p95, p99 } = of(Array.from({ length: count }, (_each, at) => at)).percentiles()
    expect([p50, p95, p99].map((value) => value !== null)).toEqual(carried)
  })

  it('take a time below zero for zero: a clock that was set is no speed', () =>
    expect(of([-5]).max()).toBe(0))
})
