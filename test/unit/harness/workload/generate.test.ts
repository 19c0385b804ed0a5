import { describe, expect, it } from 'vitest'
import type { PlannedQuestion, TenantCorpus } from '../../../../harness/workload/corpus.ts'
import { generateCorpus, type GenerateOptions } from '../../../../harness/workload/generate.ts'
import { tenant } from '../../support/prices.ts'

const themes = ['law', 'support', 'retail', 'clinic', 'engineering'] as const
const options = (id: string, change: Partial<GenerateOptions> = {}): GenerateOptions => ({
  seed: 42,
  tenantId: tenant(id),
  canary: `mark${id.toLowerCase()}`,
  theme: 'law',
  documents: 20,
  words: [100, 200],
  taken: new Set(),
  ...change,
})

/** Tenants of one run, all of one theme, so that their facts are of the same kinds. */
function run(
  theme: GenerateOptions['theme'],
  seed: number,
  documents = 60,
): readonly TenantCorpus[] {
  const taken = new Set<string>()
  return ['A', 'B', 'C'].map((id) => generateCorpus(options(id, { theme, seed, documents, taken })))
}

const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length
/** Whether a text states a value: `5 seconds` does not stand in `35 seconds`. */
function states(text: string, value: string): boolean {
  return new RegExp(
    `(?<![\\p{L}\\p{N}]|\\d[.,])${value.replace(/[$()+.]/g, '\\$&')}(?![\\p{L}\\p{N}]|[.,]\\d)`,
    'u',
  ).test(text)
}
const answersOf = (questions: readonly PlannedQuestion[]): readonly string[] =>
  questions.flatMap(({ answers }) => answers)

describe('one seed', () => {
  it.each(themes)('gives the same bytes: %s', (theme) => {
    const bytes = (): string => JSON.stringify(generateCorpus(options('A', { theme })))
    expect(bytes()).toBe(bytes())
  })

  it('gives other texts to other tenants, and other seeds give others', () => {
    const textOf = (change: Partial<GenerateOptions>, id = 'A'): string =>
      generateCorpus(options(id, change))
        .documents.map(({ text }) => text)
        .join()
    expect(new Set([textOf({}), textOf({ seed: 43 }), textOf({}, 'B')]).size).toBe(3)
  })
})

describe.each(themes)('a corpus of %s', (theme) => {
  const corpora = run(theme, 42)
  const [corpus] = corpora as readonly [TenantCorpus, ...TenantCorpus[]]

  it('has as many documents as asked, of the length asked, each title with the canary', () => {
    expect(corpus.documents).toHaveLength(60)
    expect(new Set(corpus.documents.map(({ id }) => id)).size).toBe(60)
    for (const { title, text } of corpus.documents) {
      expect(title).toMatch(/\(marka\)$/)
      expect(text).not.toContain('marka')
      expect(countWords(text)).toSatisfy((words: number) => words >= 100 && words <= 290)
    }
  })

  it('has the answer of each question in its source, and says where', () => {
    const texts = new Map(corpus.documents.map(({ id, text }) => [id, text]))
    for (const { kind, answers, sources } of corpus.questions) {
      if (kind === 'unanswerable') expect([answers, sources]).toEqual([[], []])
      else
        for (const source of sources)
          expect(states(texts.get(source) ?? '', answers[0] ?? '')).toBe(true)
    }
  })

  it('asks nothing twice, of every kind, and knows every answer once', () => {
    const ids = corpus.questions.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(corpus.questions.map(({ kind }) => kind))).toEqual(
      new Set(['literal', 'paraphrase', 'unanswerable', 'shared']),
    )
    const answers = answersOf(corpus.questions)
    expect(new Set(answers).size).toBe(answers.length)
  })

  it('answers none of its unanswerable questions in words of the question', () => {
    for (const { text } of corpus.questions.filter(({ kind }) => kind === 'unanswerable'))
      expect(corpus.documents.some((document) => document.text.includes(text))).toBe(false)
  })

  it('shares the words of shared questions with all, and their answers with nobody', () => {
    const shared = corpora.map(({ questions }) => questions.filter(({ kind }) => kind === 'shared'))
    for (const list of shared)
      expect(list.map(({ id, text }) => [id, text])).toEqual(
        shared[0]?.map(({ id, text }) => [id, text]),
      )
    expect(new Set(shared.flatMap(answersOf)).size).toBe(shared.flatMap(answersOf).length)
  })
})

describe('answers', () => {
  it.each(themes)("stand in no other tenant's documents: %s", (theme) => {
    const corpora = run(theme, 42)
    for (const corpus of corpora) {
      const foreign = corpora
        .filter((other) => other !== corpus)
        .flatMap(({ documents }) => documents.map(({ text }) => text))
        .join('\n')
      expect(answersOf(corpus.questions).filter((answer) => states(foreign, answer))).toEqual([])
    }
  })

  it.each(themes)(
    'stand in no other document of the tenant: a wrong document cannot be right: %s',
    (theme) => {
      for (const corpus of run(theme, 42).slice(0, 1)) {
        const wrong = corpus.questions.flatMap(({ answers, sources }) =>
          corpus.documents
            .filter(
              ({ id, text }) =>
                !sources.includes(id) && answers.some((answer) => states(text, answer)),
            )
            .map(({ id }) => `${answers.join()} in ${id}`),
        )
        expect(wrong).toEqual([])
      }
    },
  )

  it('stay apart when small ranges run out', () => {
    const { questions } = generateCorpus(
      options('A', { theme: 'clinic', documents: 1_500, words: [40, 60] }),
    )
    const answers = answersOf(questions)
    expect(new Set(answers).size).toBe(answers.length)
  })
})
