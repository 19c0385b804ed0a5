import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanOf } from '../../../../../harness/simulate/models/quantile-table.ts'
import type {
  CorpusProfile,
  QuestionProfile,
} from '../../../../../harness/simulate/tokens/corpus-profile.ts'
import {
  embeddingTokensMean,
  promptTable,
  vendorFactor,
} from '../../../../../harness/simulate/tokens/prompt-tokens.ts'

const asked = (
  tokens: number,
  nearest: readonly number[],
  rerankPlaces: readonly number[] = nearest.map((_each, at) => at),
): QuestionProfile => ({ tokens, goldChunks: [], nearest, rerankPlaces })

function profileOf(
  passageTokens: readonly number[],
  questions: readonly QuestionProfile[],
): CorpusProfile {
  return {
    documents: 1,
    words: 1,
    chunkTokens: passageTokens,
    passageTokens,
    questions,
    ingestTokens: 0,
    upsertBytes: 0,
    storedBytes: 0,
    o200kPerCl100k: 0.98,
  }
}

const plain = { topK: 2, rerank: false, tokenFactor: 1, frameTokens: 100 }

describe('prompt tokens', () => {
  const profile = profileOf([10, 20, 40, 80], [asked(5, [3, 1, 0, 2]), asked(7, [0, 1, 2, 3])])

  it('are frame, question and the nearest chunks', () => {
    const table = promptTable(profile, plain)
    expect([...new Set(table.values)]).toEqual([100 + 7 + 30, 100 + 5 + 100])
    expect(meanOf(table)).toBe((137 + 205) / 2)
  })

  it('are whole vendor tokens', () => {
    expect([...new Set(promptTable(profile, { ...plain, tokenFactor: 1.15 }).values)]).toEqual([
      Math.round(137 * 1.15),
      Math.round(205 * 1.15),
    ])
  })

  it('are those of all chunks where top_k is more than there are', () => {
    for (const rerank of [true, false])
      expect([...new Set(promptTable(profile, { ...plain, topK: 50, rerank }).values)]).toEqual([
        255, 257,
      ])
  })

  it('follow the reranker, which sees four times top_k', () => {
    const reranked = profileOf(
      [1, 2, 4, 8, 16, 32],
      [asked(0, [0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0])],
    )
    expect(
      meanOf(promptTable(reranked, { ...plain, topK: 1, rerank: false, frameTokens: 0 })),
    ).toBe(1)
    expect(meanOf(promptTable(reranked, { ...plain, topK: 1, rerank: true, frameTokens: 0 }))).toBe(
      8,
    )
    expect(meanOf(promptTable(reranked, { ...plain, topK: 2, rerank: true, frameTokens: 0 }))).toBe(
      48,
    )
  })

  it('are a mean of chunks where nobody asks, and the frame where there is no chunk', () => {
    expect(meanOf(promptTable(profileOf([10, 30], []), plain))).toBe(140)
    expect(meanOf(promptTable(profileOf([], []), plain))).toBe(100)
  })

  it('have the mean that is expected, for any corpus and configuration', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (passageTokens, topK, count) => {
          const order = passageTokens.map((_each, at) => at)
          const questions = Array.from({ length: count }, (_each, at) =>
            asked(at, [...order.slice(at), ...order.slice(0, at)].toReversed()),
          )
          const expected = questions.map(
            ({ tokens, nearest }) =>
              100 +
              tokens +
              nearest.slice(0, topK).reduce((sum, chunk) => sum + (passageTokens[chunk] ?? 0), 0),
          )
          expect(
            meanOf(promptTable(profileOf(passageTokens, questions), { ...plain, topK })),
          ).toBeCloseTo(expected.reduce((sum, each) => sum + each, 0) / count, 6)
        },
      ),
      { numRuns: 40, seed: 11 },
    )
  })
})

describe('other tokens', () => {
  it('of a question are its own', () => {
    const profile = profileOf([1], [asked(5, [0]), asked(8, [0])])
    expect(embeddingTokensMean(profile)).toBe(6.5)
    expect(embeddingTokensMean(profileOf([1], []))).toBe(0)
  })

  it.each([
    ['gpt-4o-mini', 0.98],
    ['gpt-4-turbo', 1],
    ['gpt-3.5-turbo', 1],
    ['claude-haiku-4-5', 1],
  ])('are counted as %s counts them', (model, factor) => {
    expect(vendorFactor(profileOf([1], []), { model, tokenFactor: 2 })).toBe(2 * factor)
  })
})
