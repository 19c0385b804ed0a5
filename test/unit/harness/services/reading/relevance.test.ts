import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankTexts, relevanceOf } from '../../../../../harness/services/reading/relevance.ts'

const texts = [
  'The service fee is $5 a year.',
  'The notice period of the agreement is 31 days.',
  'Oil is changed every 500 hours.',
  'A notice about oil.',
]

describe('ranking', () => {
  it.each([
    ['How long is the notice period of the agreement?', 1],
    ['How often is oil changed?', 2],
    ['How high is the service fee?', 0],
  ])('puts what fits %j first', (question, first) =>
    expect(rankTexts(question, texts)[0]?.index).toBe(first),
  )

  it('names every text once, the best first, with scores between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.lorem(),
        fc.array(fc.lorem({ maxCount: 20 }), { maxLength: 12 }),
        (question, list) => {
          const ranked = rankTexts(question, list)
          expect(ranked.map(({ index }) => index).toSorted((one, other) => one - other)).toEqual([
            ...list.keys(),
          ])
          for (const [at, { score }] of ranked.entries()) {
            expect(score > 0 && score < 1).toBe(true)
            expect(score).toBeLessThanOrEqual(ranked[at - 1]?.score ?? 1)
          }
        },
      ),
    )
  })

  it('keeps the order of texts that fit the same', () => {
    expect(
      rankTexts('notice', ['one notice', 'no such thing', 'one notice', 'one notice']).map(
        ({ index }) => index,
      ),
    ).toEqual([0, 2, 3, 1])
  })
})

describe('relevance', () => {
  it('covers all of a question whose words are there, and nothing of others', () => {
    const { scores, coverage } = relevanceOf('notice period', [
      'The notice period.',
      'Something else.',
    ])
    expect(coverage).toEqual([1, 0])
    expect(scores[0]).toBeGreaterThan(0)
    expect(scores[1]).toBe(0)
  })

  it('counts rare words for more than common ones', () => {
    const { scores } = relevanceOf('pump warranty', [
      'pump one',
      'pump two',
      'pump three',
      'warranty four',
    ])
    expect(scores[3]).toBeGreaterThan(scores[0] ?? 0)
  })

  it.each([
    ['', ['a']],
    ['question', []],
    ['the of', ['the', 'of']],
  ])('of %j over %j is nothing, not an error', (question, list) => {
    expect(relevanceOf(question, list)).toEqual({
      scores: list.map(() => 0),
      coverage: list.map(() => 0),
    })
  })
})
