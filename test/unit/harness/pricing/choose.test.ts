import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probabilityAbove } from '../../../../harness/pricing/beta.ts'
import { choiceFor, chooseConfigurations } from '../../../../harness/pricing/choose.ts'
import { needsOf, type VariantEconomics } from '../../../../harness/pricing/economics.ts'
import { recommend } from '../../../../harness/recommend/recommend.ts'
import { formatUsd, parseUsd } from '../../../../src/base/money.ts'
import { tenant, variant, type AboutTenant } from './fleet.ts'

const chosenOf = (variants: readonly VariantEconomics[], about: AboutTenant = {}): string | null =>
  choiceFor(tenant('a', { variants, ...about })).optimalModel

describe('the choice', () => {
  it('is the cheapest that fits, with what it costs and how sure that is', () => {
    const found = choiceFor(
      tenant('a', {
        fixed: '2',
        variants: [
          variant('dear', { usd: 0.05 }),
          variant('good', { usd: 0.01, plusMinus: 0.002 }),
          variant('bad', { usd: 0.001, right: 40 }),
        ],
      }),
    )
    expect(found).toMatchObject({
      optimalModel: 'good',
      optimalTopK: 5,
      optimalRerank: false,
      qualitySource: 'measured',
      currentCostPerQueryUsd: parseUsd('0.052'),
      projectedCostPerQueryUsd: parseUsd('0.012'),
      low95Usd: parseUsd('0.01'),
      high95Usd: parseUsd('0.014'),
      monthlyDifferenceUsd: parseUsd('-40'),
    })
    expect(found.probability).toBeCloseTo(probabilityAbove(0.7, { right: 90, asked: 100 }), 9)
    expect(found.reason).toMatch(/^good top_k 5 is the cheapest that fits/)
  })

  it('goes by the quality floor first, even where that costs more', () =>
    expect(
      chosenOf([variant('cheap', { usd: 0.001, right: 60 }), variant('dear', { usd: 0.05 })]),
    ).toBe('dear'))
  it('leaves out the fixed part of the cost from nothing: a budget counts it', () =>
    expect(chosenOf([variant('m')], { fixed: '491' })).toBeNull())
  it('is none where nobody meets the floor, with the reason', () => {
    const found = choiceFor(tenant('a', { floor: 0.99, variants: [variant('m', { right: 50 })] }))
    expect(found).toMatchObject({
      optimalModel: null,
      projectedCostPerQueryUsd: null,
      probability: null,
      low95Usd: null,
      monthlyDifferenceUsd: null,
    })
    expect(found.reason).toMatch(/^none does: .*below the floor of 99\.0 %/)
  })
  it('is never what nobody measured, however cheap, and says that it is not measured', () => {
    const found = choiceFor(
      tenant('a', {
        variants: [
          variant('known', { usd: 0.05 }),
          variant('unknown', { usd: 0.0001, right: null }),
        ],
      }),
    )
    expect(found.optimalModel).toBe('known')
    expect(found.notMeasured).toEqual(['unknown top_k 5'])
    expect(found.reason).toMatch(/Not measured: unknown top_k 5\.$/)
    expect(found.pareto.map(({ model }) => model)).toEqual(['known'])
  })
  it('is none where nothing was measured', () =>
    expect(choiceFor(tenant('a', { variants: [variant('m', { right: null })] })).reason).toMatch(
      /^none: no configuration has measured quality/,
    ))
  it('is none where a cost is not known: the cheapest of some is not the cheapest of all', () => {
    expect(
      choiceFor(
        tenant('a', { unpriced: [{ model: 'x', topK: 3, rerank: true, reason: 'no price' }] }),
      ).reason,
    ).toBe('none: of x top_k 3 with rerank no cost is known: no price.')
  })
  it('is of nobody for nobody', () => expect(chooseConfigurations([])).toEqual([]))

  it('is what recommend says, whatever there is', () => {
    const about = fc.record({
      usd: fc.constantFrom(0.001, 0.01, 0.05, 0.6),
      right: fc.integer({ min: 40, max: 100 }),
      p95Ms: fc.constantFrom(null, 900, 5_000, 9_000),
      infeasible: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(about, { minLength: 1, maxLength: 5 }), (list) => {
        const variants = list.map((each, at) => variant(`m${at}`, each))
        const one = tenant('a', { variants })
        const candidates = variants.flatMap(
          ({ model, topK, rerank, costPerQuery, quality, ...rest }) =>
            quality === null
              ? []
              : [
                  {
                    variant: { model, topK, rerank },
                    costPerQuery: costPerQuery.mean,
                    quality,
                    ...rest,
                  },
                ],
        )
        expect(choiceFor(one).optimalModel).toBe(
          recommend(candidates, needsOf(one)).chosen?.variant.model ?? null,
        )
      }),
    )
  })
})

describe('the probability', () => {
  it.each([
    ['Beta(90.5, 10.5) over 0.9', 0.9, { right: 90, asked: 100 }, 0.4821],
    ['Beta(0.5, 0.5) over 0.5, nothing asked', 0.5, { right: 0, asked: 0 }, 0.5],
    ['Beta(1.5, 0.5) over 0.25, one right of one', 0.25, { right: 1, asked: 1 }, 0.9423],
    ['a floor of nothing', 0, { right: 0, asked: 5 }, 1],
    ['a floor of everything', 1, { right: 5, asked: 5 }, 0],
  ])('of %s', (_case, floor, counted, expected) =>
    expect(probabilityAbove(floor, counted)).toBeCloseTo(expected, 4),
  )

  it('covers the budget: at the mean it is one half', () => {
    const found = choiceFor(
      tenant('a', {
        floor: 0,
        budget: '10',
        variants: [variant('m', { usd: 0.01, plusMinus: 0.001 })],
      }),
    )
    expect(found.probability).toBeCloseTo(0.5, 9)
  })

  it('is null for what is too slow, does not fit or is not timed', () => {
    const slow = [
      variant('slow', { p95Ms: 9_000 }),
      variant('new', { usd: 0.02, p95Ms: null, right: 99 }),
    ]
    expect(
      choiceFor(tenant('a', { variants: slow })).pareto.map(({ probability }) => probability),
    ).toEqual([null, null])
  })
})

describe('the front', () => {
  it('holds what nothing beats in cost, quality and p95', () => {
    const variants = [
      variant('cheap', { usd: 0.001, right: 60 }),
      variant('quick', { usd: 0.02, right: 60, p95Ms: 300 }),
      variant('best', { usd: 0.05, right: 99, p95Ms: 2_000 }),
      variant('beaten', { usd: 0.06, right: 98, p95Ms: 2_000 }),
      variant('long', { usd: 0.0001, infeasible: true }),
    ]
    const { pareto } = choiceFor(tenant('a', { variants }))
    expect(
      pareto.map(({ model, costPerQueryUsd }) => `${model} ${formatUsd(costPerQueryUsd)}`),
    ).toEqual(['cheap 0.001', 'quick 0.02', 'best 0.05'])
  })

  it('keeps two that are alike', () =>
    expect(
      choiceFor(tenant('a', { variants: [variant('one'), variant('other')] })).pareto,
    ).toHaveLength(2))
})
