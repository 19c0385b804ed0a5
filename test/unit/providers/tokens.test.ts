import fc from 'fast-check'
import { countTokens as countReference } from 'gpt-tokenizer/encoding/cl100k_base'
import { describe, expect, it } from 'vitest'
import { countPromptTokens, countTokens } from '../../../src/providers/tokens.ts'

describe('tokens of a text', () => {
  it.each([
    ['', 0],
    ['hello world', 2],
    ['tiktoken is great!', 6],
    ['antidisestablishmentarianism', 6],
    ['2 + 2 = 4', 7],
    ['お誕生日おめでとう', 9],
  ])('%j has %i (OpenAI cookbook)', (text, tokens) => expect(countTokens(text)).toBe(tokens))

  it('takes the names of special tokens for text', () => {
    for (const name of ['<|endoftext|>', '<|fim_prefix|>', '<|im_start|>', '<|endofprompt|>']) {
      expect(countTokens(`before ${name} after`)).toBeGreaterThan(countTokens('before  after') + 2)
    }
  })

  it('is off by at most a token a thousand characters where it counts piece by piece', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_001, max: 3_000 }),
        fc.constantFrom('ab', 'x', '-', 'é', '漢'),
        (length, unit) => {
          const text = unit.repeat(Math.ceil(length / unit.length))
          const pieces = Math.ceil(text.length / 1_000)
          expect(Math.abs(countTokens(text) - countReference(text))).toBeLessThanOrEqual(pieces)
        },
      ),
      { numRuns: 15 },
    )
  })

  it.each([
    ['20,000 times one CJK character', '漢'.repeat(20_000)],
    ['100,000 letters', 'a'.repeat(100_000)],
    ['50,000 emoji', '😀'.repeat(50_000)],
    ['100,000 spaces', `a${' '.repeat(100_000)}b`],
  ])('counts %s within seconds', (_case, text) => {
    const started = performance.now()
    expect(countTokens(text)).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe('tokens of a prompt', () => {
  // Messages of the cookbook's example.
  const cookbook = [
    {
      role: 'system',
      content:
        'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
    },
    {
      role: 'user',
      content:
        "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
  ] as const

  it('are 3 a message, its role and content, and 3 for the reply', () => {
    const expected =
      3 +
      cookbook.reduce(
        (sum, { role, content }) => sum + 3 + countReference(role) + countReference(content),
        0,
      )
    expect(countPromptTokens(cookbook)).toBe(expected)
    expect(countPromptTokens([])).toBe(3)
    expect(countPromptTokens([{ role: 'user', content: '' }])).toBe(7)
    expect(countPromptTokens([{ role: 'user', content: 'hello world' }])).toBe(9)
  })
})
