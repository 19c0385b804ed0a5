import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatModelProfile } from '../../../../../harness/profiles/chat-models.ts'
import {
  abstention,
  bringToLength,
  extractAnswer,
  readPrompt,
} from '../../../../../harness/services/reading/answerer.ts'
import { isRight } from '../../../../../harness/workload/workload.ts'
import { randomFor } from '../../../../../src/base/random.ts'
import { defaultTemplate } from '../../../../../src/config/prompt-template.ts'
import { countTokens } from '../../../../../src/providers/tokens.ts'
import { buildPrompt } from '../../../../../src/rag/prompt.ts'

const perfect: ChatModelProfile = {
  model: 'm',
  provider: 'openai',
  windowTokens: 8_192,
  firstTokenMedianMs: 1,
  firstTokenSigma: 0,
  tokensPerSecond: 1,
  tokensPerSecondSigma: 0,
  answerMedianTokens: 1,
  answerSigma: 0,
  tokenFactor: 1,
  assumedAccuracy: 1,
  assumedMiddleLoss: 0,
}
const blind: ChatModelProfile = { ...perfect, assumedAccuracy: 0 }

const bodies = [
  'Engagement letter, Alder Group (zvaxkrox)\n\nNotices are given in writing. The retainer for ' +
    'Alder Group is fixed at $12,345 and is held in the client account.',
  'Engagement letter, Brook Group (zvaxkrox)\n\nThe retainer for Brook Group is fixed at ' +
    '$99,999 and is held in the client account. Amendments are valid when signed.',
  'Service manual (zvaxkrox)\n\nOil is changed every 500 hours.',
]
const promptOf = (question: string, passages: readonly string[] = bodies): string => {
  const [, user] = buildPrompt({
    template: defaultTemplate,
    values: new Map(),
    question,
    passages: passages.map((body) => ({ body })),
  })
  return user?.content ?? ''
}
const answer = (
  question: string,
  profile = perfect,
  passages: readonly string[] = bodies,
): string =>
  extractAnswer(readPrompt(promptOf(question, passages)), profile, randomFor(['answer', question]))

describe('a prompt', () => {
  it('is taken apart into question and passages', () => {
    const { question, passages } = readPrompt(promptOf('How high is the retainer?'))
    expect(question).toBe('How high is the retainer?')
    expect(passages.map(({ label, title }) => [label, title])).toEqual([
      ['1', 'Engagement letter, Alder Group (zvaxkrox)'],
      ['2', 'Engagement letter, Brook Group (zvaxkrox)'],
      ['3', 'Service manual (zvaxkrox)'],
    ])
    expect(passages[2]?.text).toBe('Oil is changed every 500 hours.')
  })

  it('may have any text in it, and none', () => {
    expect(readPrompt('Hello')).toEqual({ question: 'Hello', passages: [] })
    expect(readPrompt('')).toEqual({ question: '', passages: [] })
    fc.assert(fc.property(fc.string(), (text) => void readPrompt(text)))
  })
})

describe('an answer', () => {
  it('is the sentence that answers, with the passage it stands in', () => {
    const text = answer('What is the retainer for Alder Group?')
    expect(text).toMatch(
      /^The retainer for Alder Group is fixed at \$12,345 .*\[1\] \(Engagement letter, Alder Group \(zvaxkrox\)\)/,
    )
  })

  it.each(['What is the retainer for Coral Partners?', 'Who painted the ceiling?'])(
    'is that there is none when the passages do not hold it: %j',
    (question) => {
      const text = answer(question)
      expect(text).toBe(abstention)
      expect(
        isRight({ id: 'q', kind: 'unanswerable', text: question, answers: [], sources: [] }, text),
      ).toBe(true)
    },
  )

  it('is that there is none when there are no passages', () =>
    expect(answer('What is the retainer for Alder Group?', perfect, [])).toBe(abstention))

  it('comes from the passages alone', () => {
    const sentences = bodies.flatMap((body) => body.split('\n\n')[1]?.split(/(?<=\.) /) ?? [])
    for (const cited of answer('What is the retainer for Alder Group?').split(
      / \[\d\] \(.*?\)\)/,
    )) {
      if (cited.trim() !== '') expect(sentences).toContain(cited.trim())
    }
  })

  it('is never right from a reader that never reads', () => {
    for (let at = 0; at < 50; at++) {
      expect(
        extractAnswer(
          readPrompt(promptOf('What is the retainer for Alder Group?')),
          blind,
          randomFor(['blind', at]),
        ),
      ).not.toContain('$12,345')
    }
  })

  it('is right as often as the profile assumes', () => {
    const right = Array.from({ length: 2_000 }, (_each, at) =>
      extractAnswer(
        readPrompt(promptOf('What is the retainer for Alder Group?')),
        { ...perfect, assumedAccuracy: 0.8 },
        randomFor(['often', at]),
      ),
    ).filter((text) => text.includes('$12,345'))
    expect(right.length / 2_000).toBeCloseTo(0.8, 1)
  })
})

describe('length', () => {
  it('is brought to the target or just under it, and states nothing new', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (target) => {
        const short = 'The fee is $5 [1].'
        const long = bringToLength(short, target, countTokens)
        expect(long.startsWith(short)).toBe(true)
        expect(long.slice(short.length)).not.toMatch(/\d|\$/)
        if (target > 40)
          expect(countTokens(long)).toSatisfy(
            (tokens: number) => tokens <= target * 1.05 && tokens > target - 20,
          )
        if (target < countTokens(short)) expect(long).toBe(short)
      }),
    )
  })

  it('does not make an answer of an abstention, nor an abstention of an answer', () => {
    expect(bringToLength(abstention, 400, countTokens)).toBe(abstention)
    expect(
      isRight(
        { id: 'q', kind: 'unanswerable', text: '', answers: [], sources: [] },
        bringToLength('The fee is $5 [1].', 400, countTokens),
      ),
    ).toBe(false)
  })
})
