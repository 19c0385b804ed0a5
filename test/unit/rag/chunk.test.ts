import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countTokens } from '../../../src/providers/tokens.ts'
import { chunkDocument, type Chunk } from '../../../src/rag/chunk.ts'

const cut = (
  text: string,
  options: { readonly title?: string; readonly maxTokens?: number; readonly scope?: string } = {},
): readonly Chunk[] =>
  chunkDocument(
    options.scope ?? 'A',
    { id: 'd1', title: options.title ?? 'Service manual (zvaxkrox)', text },
    { maxTokens: options.maxTokens ?? 40 },
  )

const withoutSpace = (text: string): string => text.replace(/\s+/gu, '')
const bodiesOf = (chunks: readonly Chunk[], title: string): string =>
  chunks.map(({ body }) => body.slice(title.length)).join(' ')

// The parts of a word that was cut may have a token more together than apart.
const addingUp = 4

/**
 * What holds for every text: nothing is lost or torn, every chunk is titled and within its budget.
 */
function expectSound(text: string, title: string, maxTokens: number): readonly Chunk[] {
  const chunks = cut(text, { title, maxTokens })
  expect(withoutSpace(bodiesOf(chunks, title))).toBe(withoutSpace(text))
  const most = maxTokens * 1.25 + countTokens(`${title}\n\n`) + addingUp
  for (const [at, { body, tokens, ordinal, documentId }] of chunks.entries()) {
    expect(body.startsWith(`${title}\n\n`)).toBe(true)
    expect(body.length).toBeGreaterThan(title.length + 2)
    expect(body.isWellFormed()).toBe(true)
    expect(tokens).toBe(countTokens(body))
    expect(tokens).toBeLessThanOrEqual(most)
    expect([ordinal, documentId]).toEqual([at, 'd1'])
  }
  return chunks
}

const word = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z]{1,12}[.,!?]?$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '$12,345',
      'KX-4821',
      '1.5',
      'e.g.',
      'Dr.',
      '<|endoftext|>',
      'naïve',
      '料金表。',
      'привет',
    ),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z]{80,300}$/) },
)
const prose = fc
  .array(fc.tuple(word, fc.constantFrom(' ', ' ', ' ', '\n', '\n\n', ' \n \n ', '\t')), {
    maxLength: 200,
  })
  .map((words) => words.map(([text, space]) => text + space).join(''))

describe('chunks of any text', () => {
  it('keep all words in order, carry the title and stay within one and a quarter budgets', () => {
    fc.assert(
      fc.property(
        prose,
        fc.integer({ min: 20, max: 80 }),
        (text, maxTokens) => void expectSound(text, 'A title', maxTokens),
      ),
      { numRuns: 60, interruptAfterTimeLimit: 10_000 },
    )
  })

  it.each([
    [
      'words of a vowel or two',
      'aehoaae ahaa, aajvq. aababj aaaaaaafg, aa aatm a, baa aababfaae frcdahvaua baaabaae',
    ],
    [
      'codes',
      Array.from({ length: 60 }, (_each, at) => `x${at * 7_919}Q-${at}%${at * 31}`).join(' '),
    ],
    ['words of another alphabet', 'Θεσσαλονίκη Αλεξανδρούπολη '.repeat(40)],
  ])('keep whole words wherever a word fits the budget: %s', (_case, text) => {
    expect(
      bodiesOf(cut(text), 'Service manual (zvaxkrox)')
        .split(/\s+/)
        .filter((each) => each !== ''),
    ).toEqual(text.trim().split(/\s+/))
  })

  it.each([
    ['emoji, an odd number of units in', `a${'😀'.repeat(2_000)}`],
    ['emoji', '😀🏽‍🚀'.repeat(500)],
    ['characters of several tokens each', 'ꙮ'.repeat(3_000)],
    ['rare ideographs outside the first plane', '𠮷𡈽𡌛'.repeat(500)],
    ['Thai without spaces', 'การประกันภัย'.repeat(300)],
    ['a long word among short ones', `short ${'x'.repeat(5_000)} short. And more.`],
    ['control characters', `a\u0001${'\u0002'.repeat(500)} b`],
  ])('hold for %s', (_case, text) => {
    for (const maxTokens of [31, 40, 310])
      expect(expectSound(text, 'T', maxTokens).length).toBeGreaterThan(0)
  })
})

describe('where chunks are cut', () => {
  const sentence = (at: number): string =>
    `Sentence number ${at} says one thing about the pump and then it ends.`

  it('is between sentences', () => {
    const chunks = cut(Array.from({ length: 30 }, (_each, at) => sentence(at)).join(' '))
    expect(chunks.length).toBeGreaterThan(5)
    for (const { body } of chunks) expect(body).toMatch(/\n\nSentence number .*it ends\.$/s)
  })

  it('is nowhere in a short text, and paragraphs stay apart', () => {
    expect(cut('One.\n\nTwo.').map(({ body }) => body)).toEqual([
      'Service manual (zvaxkrox)\n\nOne.\n\nTwo.',
    ])
  })

  it('leaves no small rest: it joins the chunk before when both fit one and a quarter budgets', () => {
    const full = countTokens(sentence(1)) * 2
    expect(cut(`${sentence(1)} ${sentence(2)} Short rest.`, { maxTokens: full + 2 })).toHaveLength(
      1,
    )
  })

  it.each(['', ' ', '\n\n\n', '\t\n \n'])('is nothing of nothing: %j', (text) =>
    expect(cut(text)).toEqual([]),
  )
})

describe('ids', () => {
  const text = 'One sentence that is said here. '.repeat(40)
  const idsOf = (scope: string, id: string): readonly string[] =>
    chunkDocument(scope, { id, title: 'T', text }, { maxTokens: 40 }).map((chunk) => chunk.id)

  it('are the same for the same document of the same tenant', () =>
    expect(idsOf('A', 'd')).toEqual(idsOf('A', 'd')))

  it('differ by tenant, document and place, however the names run together', () => {
    const all = [
      idsOf('A', 'd'),
      idsOf('a', 'd'),
      idsOf('B', 'd'),
      idsOf('A', 'd1'),
      idsOf('Ad', '1'),
      idsOf('A","d', '1'),
      idsOf('A', 'd","1'),
    ].flat()
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('texts without a break', () => {
  it.each([
    ['20,000 unbroken CJK characters', '漢'.repeat(20_000)],
    [
      '20,000 different CJK characters',
      Array.from({ length: 20_000 }, (_each, at) => String.fromCodePoint(0x4e00 + at)).join(''),
    ],
    ['a word of 50,000 characters', 'x'.repeat(50_000)],
    ['10,000 spaces between two words', `one${' '.repeat(10_000)}two`],
    ['50,000 line breaks between two words', `one${'\n'.repeat(50_000)}two`],
  ])('%s are cut within seconds', (_case, text) => {
    const started = performance.now()
    expectSound(text, 'T', 310)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
