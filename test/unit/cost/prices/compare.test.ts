import { describe, expect, it } from 'vitest'
import { formatUsd } from '../../../../src/base/money.ts'
import { diffBooks } from '../../../../src/cost/prices/diff.ts'
import { compareWithMap, parsePriceMap } from '../../../../src/cost/prices/litellm.ts'
import { loadPriceBook } from '../../../../src/cost/prices/load.ts'
import { thrownBy } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'

describe('two books', () => {
  it('that are the same do not differ', () =>
    expect(diffBooks(testBook(), testBook(), null)).toEqual([]))

  it('differ where a price does, on that day alone', () => {
    const dearer = {
      ...testBook(),
      prices: testBook().prices.map((price) =>
        price.unit === 'input-tokens' && price.toMs === null
          ? { ...price, amount: (price.amount * 3n) as typeof price.amount }
          : price,
      ),
    }
    expect(diffBooks(testBook(), dearer, Date.parse('2026-01-01'))).toEqual([])
    expect(diffBooks(testBook(), dearer, Date.parse('2026-03-01'))).toMatchObject([
      { sku: 'small', unit: 'input-tokens', changePct: 200 },
    ])
  })

  it('differ where one has no such price', () => {
    expect(
      diffBooks(testBook(), { ...testBook(), prices: [] }, null).every(
        ({ before, after, changePct }) => before !== null && after === null && changePct === null,
      ),
    ).toBe(true)
  })
})

const map = {
  sample_spec: { input_cost_per_token: 0, litellm_provider: 'one of' },
  'gpt-4o': {
    litellm_provider: 'openai',
    mode: 'chat',
    input_cost_per_token: 2.5e-6,
    output_cost_per_token: 1e-5,
    cache_read_input_token_cost: 1.25e-6,
    input_cost_per_token_batches: 1.25e-6,
    max_tokens: 16384,
  },
  'gpt-5.4': {
    litellm_provider: 'openai',
    mode: 'chat',
    input_cost_per_token: 2.5e-6,
    input_cost_per_token_above_272k_tokens: 5e-6,
    output_cost_per_token_above_272k_tokens: 2.3e-5,
  },
  'azure/gpt-4o': { litellm_provider: 'azure', mode: 'chat', input_cost_per_token: 9 },
  'text-embedding-3-small': {
    litellm_provider: 'openai',
    mode: 'embedding',
    input_cost_per_token: 2e-8,
    output_cost_per_token: 0,
  },
  'gpt-4': {
    litellm_provider: 'openai',
    mode: 'chat',
    input_cost_per_token: 3e-5,
    input_cost_per_token_priority: 6e-5,
  },
}

describe('a LiteLLM map', async () => {
  const book = await loadPriceBook('list-2026-11')
  const compared = compareWithMap(
    book,
    parsePriceMap('map.json', JSON.stringify(map)),
    Date.parse('2026-11-01'),
  )
  const verdictOf = (model: string, field: string): string | undefined =>
    compared.find((each) => each.model === model && each.field === field)?.verdict

  it('agrees where it does, floats and all', () => {
    for (const field of [
      'input_cost_per_token',
      'output_cost_per_token',
      'cache_read_input_token_cost',
      'input_cost_per_token_batches',
    ])
      expect(verdictOf('gpt-4o', field), field).toBe('same')
    expect(verdictOf('text-embedding-3-small', 'input_cost_per_token')).toBe('same')
    expect(verdictOf('gpt-5.4', 'input_cost_per_token_above_272k_tokens')).toBe('same')
  })

  it('is told where it differs, with both figures', () => {
    const wrong = compared.find(({ verdict }) => verdict === 'differs')
    expect(wrong).toMatchObject({
      model: 'gpt-5.4',
      field: 'output_cost_per_token_above_272k_tokens',
    })
    expect([
      formatUsd(wrong?.oursUsd ?? (0n as never)),
      formatUsd(wrong?.theirsUsd ?? (0n as never)),
    ]).toEqual(['22.5', '23'])
    expect(compared.filter(({ verdict }) => verdict === 'differs')).toHaveLength(1)
  })

  it('says what the book does not have, and leaves other clouds alone', () => {
    expect(verdictOf('gpt-4', 'input_cost_per_token_priority')).toBe('not-ours')
    expect(compared.some(({ theirsUsd, per }) => theirsUsd === 9_000_000_000_000n * per)).toBe(
      false,
    )
  })

  it.each([
    ['{', /not a LiteLLM/],
    ['[1]', /each model is an object/],
    ['{"gpt-4o": 1}', /each model is an object/],
  ])('that is %j is refused', (text, detail) => {
    const error = thrownBy(() => parsePriceMap('map.json', text))
    expect(error).toMatchObject({ code: 'TB_TABLE_INVALID', exitCode: 2 })
    expect(error.detail).toMatch(detail)
  })
})
