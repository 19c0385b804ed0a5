/** Distributions as tables: their means, their quantiles, and whole numbers of them. */
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  constantTable,
  exponentialTable,
  logNormalTable,
  meanOf,
  partsOfTable,
  scaledTable,
  squaredVariation,
  tableOf,
  wholeTable,
} from '../../../../../harness/simulate/models/quantile-table.ts'

// The package has no types of its own.
const { jStat: jstat } = createRequire(import.meta.url)('jstat') as {
  readonly jStat: { readonly lognormal: { inv(share: number, mu: number, sigma: number): number } }
}

const sumOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, each) => sum + each, 0)
const isAscending = (values: Float64Array): boolean =>
  values.every((each, at) => at === 0 || each >= (values[at - 1] ?? 0))

describe('a table of observations', () => {
  it('has their mean, ascending, whatever their order and number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (observations) => {
          const table = tableOf(observations)
          expect(table.values).toHaveLength(partsOfTable)
          expect(isAscending(table.values.map((each) => Math.round(each * 1e6)))).toBe(true)
          expect(Math.abs(meanOf(table) - sumOf(observations) / observations.length)).toBeLessThan(
            1e-6,
          )
        },
      ),
      { numRuns: 50 },
    )
  })

  it('is each of 4,096 observations itself, and of more their means in turn', () => {
    expect([...tableOf(Array.from({ length: 4_096 }, (_each, at) => 4_095 - at)).values]).toEqual(
      Array.from({ length: 4_096 }, (_each, at) => at),
    )
    expect(tableOf(Array.from({ length: 8_192 }, (_each, at) => at)).values.slice(0, 3)).toEqual(
      Float64Array.of(0.5, 2.5, 4.5),
    )
    expect(tableOf([7]).values.every((each) => each === 7)).toBe(true)
  })
})

describe('a log-normal table', () => {
  it.each([
    [400, 0.35],
    [8, 0.25],
    [150, 1],
    [1, 2],
  ])(
    'of median %d and sigma %d has the exact mean, and the quantiles of the distribution between its parts',
    (median, sigma) => {
      const table = logNormalTable(median, sigma)
      expect(meanOf(table) / (median * Math.exp((sigma * sigma) / 2))).toBeCloseTo(1, 9)
      expect(isAscending(table.values)).toBe(true)
      for (const share of [0.01, 0.25, 0.5, 0.75, 0.95, 0.99]) {
        const quantile = jstat.lognormal.inv(share, Math.log(median), sigma)
        const at = share * partsOfTable
        // The parts on both sides of a quantile lie on both sides of its value.
        expect(table.values[Math.floor(at) - 1]).toBeLessThan(quantile * 1.0001)
        expect(table.values[Math.ceil(at)]).toBeGreaterThan(quantile * 0.9999)
      }
    },
  )

  it('varies as much as the distribution, but for what is within its parts', () => {
    expect(squaredVariation(logNormalTable(400, 0.35)) / (Math.exp(0.35 ** 2) - 1)).toBeCloseTo(
      1,
      3,
    )
    expect([...logNormalTable(5, 0).values]).toEqual([...constantTable(5).values])
  })
})

describe('an exponential table', () => {
  it('has the exact mean, and nearly all of the variation', () => {
    expect(meanOf(exponentialTable(250))).toBeCloseTo(250, 9)
    expect(squaredVariation(exponentialTable(250))).toBeCloseTo(0.99974, 5)
    expect(exponentialTable(1).values[2_048]).toBeCloseTo(Math.LN2, 3)
  })
})

describe('whole numbers of a table', () => {
  it(
    'have its sum but for less than 1, none above the most, each less than 1 from its part ' +
      'and what is carried',
    () => {
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: 0, max: 3_000, noNaN: true }), { minLength: 1, maxLength: 40 }),
          fc.option(fc.integer({ min: 1, max: 2_000 })),
          (observations, most) => {
            const table = tableOf(observations)
            const whole = wholeTable(table, most ?? Infinity)
            const cut = table.values.map((each) => Math.min(each, most ?? Infinity))
            expect(Math.abs(sumOf(whole) - sumOf(cut))).toBeLessThan(1)
            expect(Math.max(...whole)).toBeLessThanOrEqual(most ?? Infinity)
            for (const [at, each] of whole.entries())
              expect(Math.abs(each - (cut[at] ?? 0))).toBeLessThan(1.5)
          },
        ),
        { numRuns: 50 },
      )
    },
  )

  it('of a table stretched are stretched', () => {
    expect(meanOf(scaledTable(exponentialTable(10), 1.5))).toBeCloseTo(15, 9)
    expect(squaredVariation(constantTable(0))).toBe(0)
  })
})
