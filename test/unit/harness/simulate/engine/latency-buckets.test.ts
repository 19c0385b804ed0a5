/** Buckets of latency: how far off they are, and that parts add up. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bucketOf,
  latencyAt,
  latencyBucketCount,
  latencySeries,
  middleOf,
  percentilesOf,
} from '../../../../../harness/simulate/engine/latency-buckets.ts'
import { addTally, emptyTally, seriesOf } from '../../../../../harness/simulate/engine/tally.ts'
import { randomFor } from '../../../../../src/base/random.ts'

const recorded = (latencies: readonly number[]): Float64Array => {
  const series = latencySeries()
  for (const each of latencies) series[bucketOf(each)] = (series[bucketOf(each)] ?? 0) + 1
  return series
}

describe('a bucket', () => {
  it('is at most 0.4 % wide: its middle is within 0.2 % of all that is in it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0626, max: 2 ** 28 * 0.99, noNaN: true }), (latencyMs) => {
        expect(Math.abs(middleOf(bucketOf(latencyMs)) / latencyMs - 1)).toBeLessThan(0.002)
      }),
    )
  })

  it('is higher for a higher latency', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        (one, other) => {
          expect(
            Math.sign(bucketOf(one) - bucketOf(other)) * Math.sign(one - other),
          ).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })

  it.each([
    [0, 0],
    [1e-9, 0],
    [2 ** 28, latencyBucketCount - 1],
    [1e12, latencyBucketCount - 1],
    [Infinity, latencyBucketCount - 1],
  ])('of %d ms is %d', (latencyMs, bucket) => {
    expect(bucketOf(latencyMs)).toBe(bucket)
  })
})

describe('percentiles', () => {
  const random = randomFor([5, 'latencies'])
  const latencies = Array.from({ length: 20_001 }, () => random.logNormal(800, 0.6))

  it('are within 0.2 % of exact ones', () => {
    const sorted = latencies.toSorted((one, other) => one - other)
    const { count, p50, p95, p99 } = percentilesOf(recorded(latencies))
    expect(count).toBe(20_001)
    for (const [share, found] of [
      [0.5, p50],
      [0.95, p95],
      [0.99, p99],
    ] as const)
      expect(
        Math.abs((found ?? 0) / (sorted[Math.ceil(share * sorted.length) - 1] ?? 0) - 1),
      ).toBeLessThan(0.002)
  })

  it('are told of as many as carry them', () => {
    expect(percentilesOf(recorded([1, 2, 3]))).toEqual({
      count: 3,
      p50: null,
      p95: null,
      p99: null,
    })
    expect(percentilesOf(recorded(latencies.slice(0, 60)))).toMatchObject({
      p95: expect.any(Number) as number,
      p99: null,
    })
    expect(latencyAt(latencySeries(), 0.5)).toBeNull()
  })

  it('of fractions of counts are those of whole ones', () => {
    expect(
      latencyAt(
        recorded(latencies).map((count) => count / 3),
        0.95,
      ),
    ).toBe(latencyAt(recorded(latencies), 0.95))
  })
})

it('tallies of parts add up to the tally of the whole', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat(2), fc.nat(3), fc.double({ min: 0.1, max: 1e6, noNaN: true }), fc.nat(99)),
        { maxLength: 60 },
      ),
      (queries) => {
        const [whole, parts] = [emptyTally(), [emptyTally(), emptyTally(), emptyTally()]]
        for (const [part, number, latencyMs, tokens] of queries) {
          for (const tally of [whole, parts[part] ?? whole]) {
            const series = seriesOf(tally, number)
            series.latency[bucketOf(latencyMs)] = (series.latency[bucketOf(latencyMs)] ?? 0) + 1
            series.finished++
            series.promptTokens += tokens
            tally.counts.arrived++
            tally.waits.admission += tokens
            tally.waits.mostQueued = Math.max(tally.waits.mostQueued, tokens)
          }
        }
        const sum = emptyTally()
        for (const part of parts) addTally(sum, part)
        expect([...sum.series].toSorted(([one], [other]) => one - other)).toEqual(
          [...whole.series].toSorted(([one], [other]) => one - other),
        )
        expect({ ...sum, series: null }).toEqual({ ...whole, series: null })
      },
    ),
    { numRuns: 20 },
  )
})
