import { describe, expect, it } from 'vitest'
import { profileCorpus } from '../../../../../harness/simulate/tokens/corpus-profile.ts'
import { frameTokens } from '../../../../../harness/simulate/tokens/frame-tokens.ts'
import type { PlannedQuestion, TenantCorpus } from '../../../../../harness/workload/corpus.ts'
import { buildPrompt, chunkDocument, defaultTemplate } from '../../../../../src/index.ts'
import { countPromptTokens } from '../../../../../src/providers/tokens.ts'
import { corpusOf, questionOf } from '../../../support/corpora.ts'
import { tenant } from '../../../support/prices.ts'

const question = (text: string, sources: readonly string[]): PlannedQuestion => ({
  ...questionOf('q', text),
  sources,
})

describe('the profile of a corpus', () => {
  it('is what a hand counts', () => {
    // Title, a blank line, five words and a full stop: 1 + 1 + 5 + 1 tokens; as a passage `[`, `1`,
    // `]` before it, the break goes into the stop.
    const profile = profileCorpus(corpusOf('A', 2), [question('Word?', ['d2'])], { dimensions: 64 })
    expect(profile).toEqual({
      documents: 2,
      words: 10,
      chunkTokens: [8, 8],
      passageTokens: [11, 11],
      questions: [{ tokens: 2, goldChunks: [1], nearest: [0, 1], rerankPlaces: [0, 1] }],
      ingestTokens: 16,
      // An id of 32, `{"documentId":"d1","ordinal":0}` of 31, and 64 numbers.
      upsertBytes: 2 * (32 + 31 + 256),
      storedBytes: 2 * (32 + 31 + 256),
      o200kPerCl100k: 1,
    })
  })

  it('finds all chunks of the documents that hold the answer, and the nearest chunks by their words', () => {
    const texts = [
      'The pump is blue. '.repeat(100),
      'A lease ends in May.',
      'The rent of the lease is paid in June.',
    ]
    const corpus: TenantCorpus = {
      tenantId: tenant('A'),
      canary: 'c',
      documents: texts.map((text, at) => ({ id: `d${at}`, title: 'Note', text })),
      questions: [],
      baitStock: [],
    }
    const { chunkTokens, questions } = profileCorpus(
      corpus,
      [
        question('Which pump?', ['d0']),
        question('When do we pay the rent for our leases?', ['d2']),
        question('Nothing', []),
      ],
      { dimensions: 8 },
    )
    expect(chunkTokens).toHaveLength(4)
    expect(questions.map(({ goldChunks }) => goldChunks)).toEqual([[0, 1], [3], []])
    expect(questions[0]?.nearest.slice(0, 2).toSorted()).toEqual([0, 1])
    expect(questions[1]?.nearest.slice(0, 2)).toEqual([3, 2])
    expect(questions[1]?.rerankPlaces.slice(0, 2)).toEqual([0, 1])
  })

  it('adds up to the prompt that is billed, but for the mark', () => {
    const texts = [
      'Smith v. Jones was heard in May.',
      'The fee is $5 (net).',
      'Call +1 555 0100 at any hour.',
      'Ends without a stop',
    ]
    const documents = texts.map((text, at) => ({
      id: `d${at}`,
      title: 'Kontor & Söhne (zvaxkrox)',
      text,
    }))
    const asked = question('How high is the fee?', [])
    const profile = profileCorpus(
      { tenantId: tenant('A'), canary: 'c', documents, questions: [], baitStock: [] },
      [asked],
      { dimensions: 8 },
    )
    const passages = documents.flatMap((document) => chunkDocument('A', document))
    const billed = countPromptTokens(
      buildPrompt({ template: defaultTemplate, values: new Map(), question: asked.text, passages }),
    )
    const parts =
      frameTokens({ written: null, values: {} }) +
      (profile.questions[0]?.tokens ?? 0) +
      profile.passageTokens.reduce((sum, each) => sum + each, 0)
    // Four times a mark of eight digits, each three to seven tokens.
    expect(Math.abs(parts - billed)).toBeLessThanOrEqual(8)
  })

  it('takes documents without text and no questions', () => {
    expect(profileCorpus(corpusOf('A', 0), [], { dimensions: 8 })).toMatchObject({
      documents: 0,
      chunkTokens: [],
      questions: [],
      storedBytes: 0,
      o200kPerCl100k: 1,
    })
  })
})

describe('the frame', () => {
  it('grows by what a template and its values add', () => {
    const written = {
      body: 'We are {{company}}.\n\n{{passages}}\n\n{{question}}',
      slots: { company: { type: 'text', maxLength: 80 } },
    } as const
    const more =
      frameTokens({ written, values: { company: 'Acme' } }) -
      frameTokens({ written: null, values: {} })
    // `We are "Acme".` and a break.
    expect(more).toBeGreaterThan(4)
    expect(more).toBeLessThan(9)
    expect(() => frameTokens({ written, values: {} })).toThrow(
      expect.objectContaining({ code: 'TB_TEMPLATE_INVALID' }),
    )
  })
})
