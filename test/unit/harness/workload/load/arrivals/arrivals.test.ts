/**
 * Each arrival process against what mathematics says of it. Seeds are fixed, and bounds are five
 * standard errors or more.
 */
import { mean, standardDeviation } from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { loadSchema } from '../../../../../../harness/scenario/load-schema.ts'
import { arrivalsOf } from '../../../../../../harness/workload/load/arrivals/arrivals.ts'

const momentsOf = (arrivals: object, durationSeconds = 1_000, seed = 1): Float64Array =>
  arrivalsOf(loadSchema.parse({ durationSeconds, arrivals }), seed, new Float64Array(0))
const gapsOf = (moments: Float64Array): number[] =>
  Array.from(moments.subarray(1), (at, each) => at - (moments[each] ?? 0))
const variationOf = (gaps: number[]): number => standardDeviation(gaps) / mean(gaps)
const within = (moments: Float64Array, from: number, until: number): number =>
  moments.filter((at) => from * 1000 <= at && at < until * 1000).length

describe('every process', () => {
  it.each([
    ['constant', { kind: 'constant', ratePerSecond: 70 }],
    ['poisson', { kind: 'poisson', ratePerSecond: 70 }],
    ['gamma in bursts', { kind: 'gamma', ratePerSecond: 70, burstiness: 0.01 }],
    ['gamma evenly', { kind: 'gamma', ratePerSecond: 70, burstiness: 50 }],
    ['ramp up', { kind: 'ramp', fromPerSecond: 0, toPerSecond: 140 }],
    ['ramp down', { kind: 'ramp', fromPerSecond: 140, toPerSecond: 0 }],
    [
      'diurnal',
      {
        kind: 'diurnal',
        meanPerSecond: 70,
        peakToTrough: 1_000,
        periodSeconds: 37,
        peakAtSeconds: 80,
      },
    ],
  ])('ascends inside the load and is repeated by its seed: %s', (_case, arrivals) => {
    const moments = momentsOf(arrivals, 100)
    expect(moments.length).toBeGreaterThan(1_000)
    expect(gapsOf(moments).every((gap) => gap >= 0)).toBe(true)
    expect(moments[0]).toBeGreaterThanOrEqual(0)
    expect(moments.at(-1)).toBeLessThan(100_000)
    expect(momentsOf(arrivals, 100)).toEqual(moments)
  })

  it('has other draws under another seed', () =>
    expect(momentsOf({ kind: 'poisson', ratePerSecond: 9 }, 10, 2)).not.toEqual(
      momentsOf({ kind: 'poisson', ratePerSecond: 9 }, 10, 1),
    ))

  it('goes on as it was when the load is longer', () => {
    const short = momentsOf({ kind: 'gamma', ratePerSecond: 10, burstiness: 0.5 }, 100)
    expect(
      momentsOf({ kind: 'gamma', ratePerSecond: 10, burstiness: 0.5 }, 200).subarray(
        0,
        short.length,
      ),
    ).toEqual(short)
  })
})

describe('constant', () => {
  it('has equal gaps, the first arrival at once', () =>
    expect([...momentsOf({ kind: 'constant', ratePerSecond: 4 }, 1)]).toEqual([0, 250, 500, 750]))
  it('adds up no error', () => {
    const moments = momentsOf({ kind: 'constant', ratePerSecond: 3 }, 10_000)
    expect([moments.length, moments.at(-3)]).toEqual([30_000, 9_999_000])
  })
})

describe('poisson', () => {
  const moments = momentsOf({ kind: 'poisson', ratePerSecond: 100 })
  it('has the mean rate', () =>
    expect(Math.abs(moments.length - 100_000)).toBeLessThan(5 * Math.sqrt(100_000)))
  it('has gaps that vary by their mean', () =>
    expect(variationOf(gapsOf(moments))).toBeCloseTo(1, 1))
  it('has counts a second that vary as their mean does', () => {
    const counts = new Array<number>(1_000).fill(0)
    for (const at of moments)
      counts[Math.floor(at / 1000)] = (counts[Math.floor(at / 1000)] ?? 0) + 1
    expect(standardDeviation(counts) ** 2 / mean(counts)).toBeGreaterThan(0.75)
    expect(standardDeviation(counts) ** 2 / mean(counts)).toBeLessThan(1.25)
  })
})

describe('gamma', () => {
  it.each([0.1, 0.5, 1, 4, 25])(
    'of shape %d has the mean rate, and gaps that vary by 1/√shape',
    (burstiness) => {
      const moments = momentsOf({ kind: 'gamma', ratePerSecond: 100, burstiness })
      // The count of a renewal process has the variance of a Poisson process's, over the shape.
      expect(Math.abs(moments.length - 100_000)).toBeLessThan(5 * Math.sqrt(100_000 / burstiness))
      expect(variationOf(gapsOf(moments)) * Math.sqrt(burstiness)).toBeCloseTo(1, 1)
    },
  )

  it.each([
    [0.5, 0.6826895],
    [1, 0.6321206],
    [2, 0.5939942],
    [3, 0.5768099],
  ])('of shape %d has %d of its gaps below their mean', (burstiness, below) => {
    const gaps = gapsOf(momentsOf({ kind: 'gamma', ratePerSecond: 100, burstiness }))
    expect(Math.abs(gaps.filter((gap) => gap < 10).length / gaps.length - below)).toBeLessThan(0.01)
  })
})

describe('ramp', () => {
  it('has the rates of both ends at them', () => {
    const moments = momentsOf({ kind: 'ramp', fromPerSecond: 20, toPerSecond: 180 })
    expect(Math.abs(moments.length - 100_000)).toBeLessThan(5 * Math.sqrt(100_000))
    expect(Math.abs(within(moments, 0, 50) - 1_200)).toBeLessThan(5 * Math.sqrt(1_200))
    expect(Math.abs(within(moments, 950, 1_000) - 8_800)).toBeLessThan(5 * Math.sqrt(8_800))
  })

  it('may end at nothing', () => {
    const moments = momentsOf({ kind: 'ramp', fromPerSecond: 100, toPerSecond: 0 })
    expect(Math.abs(within(moments, 0, 500) - 37_500)).toBeLessThan(5 * Math.sqrt(37_500))
    expect(Math.abs(within(moments, 900, 1_000) - 500)).toBeLessThan(5 * Math.sqrt(500))
  })

  it('without a slope is Poisson', () => {
    const [ramp, poisson] = [
      momentsOf({ kind: 'ramp', fromPerSecond: 50, toPerSecond: 50 }, 10),
      momentsOf({ kind: 'poisson', ratePerSecond: 50 }, 10),
    ]
    expect(ramp.length).toBe(poisson.length)
    expect(Math.max(...ramp.map((at, each) => Math.abs(at - (poisson[each] ?? 0))))).toBeLessThan(
      1e-6,
    )
  })
})

describe('diurnal', () => {
  const moments = momentsOf({
    kind: 'diurnal',
    meanPerSecond: 100,
    peakToTrough: 4,
    periodSeconds: 100,
    peakAtSeconds: 30,
  })
  const near = (at: number): number =>
    Array.from({ length: 10 }, (_each, day) =>
      within(moments, day * 100 + at - 2, day * 100 + at + 2),
    ).reduce((sum, each) => sum + each, 0)
  it('has the mean rate over whole periods', () =>
    expect(Math.abs(moments.length - 100_000)).toBeLessThan(5 * Math.sqrt(100_000)))
  it('has its peak where it is said to be, as high as it is said to be', () => {
    // Rates of 160 and 40 a second, over 40 seconds.
    expect(Math.abs(near(30) - 6_400)).toBeLessThan(5 * Math.sqrt(6_400))
    expect(Math.abs(near(80) - 1_600)).toBeLessThan(5 * Math.sqrt(1_600))
    expect(near(30) / near(80)).toBeGreaterThan(3.4)
    expect(near(30) / near(80)).toBeLessThan(4.6)
  })
  it('without a swing is Poisson', () => {
    const [flat, poisson] = [
      momentsOf(
        {
          kind: 'diurnal',
          meanPerSecond: 50,
          peakToTrough: 1,
          periodSeconds: 10,
          peakAtSeconds: 0,
        },
        10,
      ),
      momentsOf({ kind: 'poisson', ratePerSecond: 50 }, 10),
    ]
    expect(Math.max(...flat.map((at, each) => Math.abs(at - (poisson[each] ?? 0))))).toBeLessThan(
      1e-5,
    )
  })
})

describe('trace', () => {
  const replayed = (speed: number): number[] => [
    ...arrivalsOf(
      loadSchema.parse({ durationSeconds: 2, arrivals: { kind: 'trace', path: 'x', speed } }),
      1,
      Float64Array.of(0, 500, 2_000, 3_000, 9_000),
    ),
  ]
  it('is replayed until the load ends', () => expect(replayed(1)).toEqual([0, 500]))
  it('is replayed faster', () => expect(replayed(2)).toEqual([0, 250, 1_000, 1_500]))
  it('is replayed slower', () => expect(replayed(0.5)).toEqual([0, 1_000]))
})
