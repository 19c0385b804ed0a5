import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concentrationOf, costSpread } from '../../../../harness/measure/cost-spread.ts'

describe('the spread of costs', () => {
  it('of a heavy tail shows what the mean does not', () => {
    const { p50, p95, max, topHundredthPct, coefficientOfVariation } = costSpread([
      ...Array.from({ length: 198 }, () => 1),
      100,
      100,
    ])
    expect([p50, p95, max]).toEqual([1, 1, 100])
    expect(topHundredthPct).toBeCloseTo((100 * 200) / 398)
    expect(coefficientOfVariation).toBeCloseTo(4.95, 2)
  })

  it('of too few says nothing of what they cannot carry', () => {
    expect(costSpread([1, 2, 3, 4])).toMatchObject({
      p50: null,
      p95: null,
      max: 4,
      topHundredthPct: null,
    })
    expect(costSpread(Array.from({ length: 59 }, () => 1)).p95).toBeNull()
    expect(costSpread([])).toEqual({
      p50: null,
      p95: null,
      max: null,
      coefficientOfVariation: null,
      topHundredthPct: null,
    })
    expect(costSpread([0, 0]).coefficientOfVariation).toBeNull()
  })
})

describe('concentration', () => {
  it.each([
    [[5], { largestSharePct: 100, gini: 0 }],
    [[1, 1, 1, 1], { largestSharePct: 25, topTenthSharePct: 25, gini: 0 }],
    [[0, 0, 0, 8], { largestSharePct: 100, gini: 0.75 }],
  ])('of %j', (amounts, expected) => expect(concentrationOf(amounts)).toMatchObject(expected))

  it('of nothing is none', () =>
    expect([concentrationOf([]), concentrationOf([0, 0])]).toEqual([null, null]))

  it('is the mean difference between two, over twice the mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 20 }),
        (amounts) => {
          const total = amounts.reduce((sum, each) => sum + each, 0)
          fc.pre(total > 0)
          const pairs = amounts
            .flatMap((one) => amounts.map((other) => Math.abs(one - other)))
            .reduce((sum, each) => sum + each, 0)
          expect(concentrationOf(amounts)?.gini).toBeCloseTo(
            pairs / (2 * amounts.length * total),
            9,
          )
        },
      ),
    )
  })
})
