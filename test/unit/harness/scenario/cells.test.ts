import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsOf, withVariantId } from '../../../../harness/scenario/cells.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { scenarioText } from '../../support/scenario.ts'

const variants = fc.record({
  model: fc.string({ minLength: 1 }),
  topK: fc.integer({ min: 1, max: 100 }),
  rerank: fc.boolean(),
})

describe('the id of a variant', () => {
  it('is the same in every run and version', () => {
    expect(withVariantId({ model: 'gpt-4o-mini', topK: 8, rerank: false }).id).toBe('a4cdf6ecc4')
  })

  it('is equal exactly for what is equal, in whatever order it is written', () => {
    fc.assert(
      fc.property(variants, variants, (one, other) => {
        const isSame =
          one.model === other.model && one.topK === other.topK && one.rerank === other.rerank
        expect(withVariantId(one).id === withVariantId(other).id).toBe(isSame)
        expect(withVariantId({ rerank: one.rerank, topK: one.topK, model: one.model })).toEqual(
          withVariantId(one),
        )
      }),
    )
  })
})

describe('cells', () => {
  const scenario = parseScenario(scenarioText(), 'x.yaml')
  const cells = cellsOf(scenario)

  it('are every tenant with its current configuration first, then the others, none twice', () => {
    expect(
      cells.map(({ tenantId, variant, isCurrent }) => [tenantId, variant.model, isCurrent]),
    ).toEqual([
      ['A', 'gpt-4o-mini', true],
      ['A', 'gpt-4o', false],
      ['B', 'gpt-4o-mini', true],
      ['B', 'gpt-4o', false],
    ])
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length)
  })

  it('add the current configuration where no variant is like it', () => {
    const [tenant] = scenario.tenants
    if (tenant === undefined) throw new Error('no tenant')
    const own = cellsOf({
      tenants: [{ ...tenant, current: { model: 'gpt-4', topK: 10, rerank: true } }],
      variants: [...scenario.variants, ...scenario.variants],
    })
    expect(own.map(({ variant, isCurrent }) => [variant.model, isCurrent])).toEqual([
      ['gpt-4', true],
      ['gpt-4o-mini', false],
      ['gpt-4o', false],
    ])
  })
})
