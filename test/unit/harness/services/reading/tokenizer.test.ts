import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  billedPromptTokens,
  billedTokens,
} from '../../../../../harness/services/reading/tokenizer.ts'
import { countPromptTokens, countTokens } from '../../../../../src/providers/tokens.ts'

describe('billed tokens', () => {
  it.each([
    ['gpt-4', 'お誕生日おめでとう', 9],
    ['gpt-3.5-turbo', 'お誕生日おめでとう', 9],
    ['text-embedding-3-small', 'お誕生日おめでとう', 9],
    ['gpt-4o', 'お誕生日おめでとう', 8],
    ['gpt-4o-mini', 'お誕生日おめでとう', 8],
    ['gpt-4-turbo', 'antidisestablishmentarianism', 6],
    ['gpt-4', '', 0],
  ])('of %s for %j are %i: each model by its own vocabulary', (model, text, tokens) =>
    expect(billedTokens(text, model, 1)).toBe(tokens),
  )

  it('are scaled by the factor of the profile, to whole tokens', () => {
    expect(billedTokens('hello world', 'claude-haiku-4-5', 1.5)).toBe(3)
    expect(billedTokens('hello', 'claude-haiku-4-5', 1.15)).toBe(1)
  })

  it('agree with our own book where the vocabulary is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.lorem(), (text, words) => {
        const messages = [
          { role: 'system', content: words },
          { role: 'user', content: text },
        ] as const
        expect(billedTokens(text, 'gpt-4', 1)).toBe(countTokens(text))
        expect(billedPromptTokens(messages, 'gpt-4', 1)).toBe(countPromptTokens(messages))
      }),
    )
  })

  it('count special tokens as text', () =>
    expect(billedTokens('<|endoftext|>', 'gpt-4o', 1)).toBeGreaterThan(2))

  it.each([
    ['20,000 times one CJK character', '漢'.repeat(20_000)],
    ['100,000 letters', 'a'.repeat(100_000)],
    ['100,000 spaces', `a${' '.repeat(100_000)}b`],
  ])('count %s within seconds', (_case, text) => {
    const started = performance.now()
    expect(billedTokens(text, 'gpt-4o', 1)).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})
