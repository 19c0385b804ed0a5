import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anthropicBuckets, openaiBuckets } from '../../../src/providers/token-buckets.ts'

it.each([
  [{ prompt_tokens: 3_300 }, { 'input-tokens': 3_300 }],
  [
    { prompt_tokens: 3_300, prompt_tokens_details: { cached_tokens: 1_980 } },
    { 'input-tokens': 1_320, 'cached-input-tokens': 1_980 },
  ],
  [
    { prompt_tokens: 3_300, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 300 } },
    { 'input-tokens': 3_000, 'cache-write-tokens': 300 },
  ],
  [{ prompt_tokens: 5, prompt_tokens_details: null }, { 'input-tokens': 5 }],
])("OpenAI's %j", (usage, buckets) => expect(openaiBuckets(usage)).toEqual(buckets))

it.each([
  [{ input_tokens: 20 }, { 'input-tokens': 20 }],
  [
    { input_tokens: 20, cache_read_input_tokens: 3_000, cache_creation_input_tokens: null },
    { 'input-tokens': 20, 'cached-input-tokens': 3_000 },
  ],
  [
    {
      input_tokens: 20,
      cache_creation_input_tokens: 500,
      cache_creation: { ephemeral_1h_input_tokens: 200 },
    },
    { 'input-tokens': 20, 'cache-write-tokens': 300, 'cache-write-1h-tokens': 200 },
  ],
])("Anthropic's %j", (usage, buckets) => expect(anthropicBuckets(usage)).toEqual(buckets))

it('the buckets of OpenAI add up to its prompt tokens', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), (plain, cached, written) => {
      const buckets = openaiBuckets({
        prompt_tokens: plain + cached + written,
        prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
      })
      expect(Object.values(buckets).reduce((sum, tokens) => sum + tokens, 0)).toBe(
        plain + cached + written,
      )
    }),
  )
})
