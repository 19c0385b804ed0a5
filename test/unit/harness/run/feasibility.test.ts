import { describe, expect, it } from 'vitest'
import { checkFeasibility, type Feasibility } from '../../../../harness/run/feasibility.ts'
import { parseScenario, type LoadedScenario } from '../../../../harness/scenario/parse.ts'
import type { PlannedQuestion, TenantCorpus } from '../../../../harness/workload/corpus.ts'
import type { TenantbenchError } from '../../../../src/base/errors.ts'
import { countTokens } from '../../../../src/index.ts'
import { corpusOf, questionOf } from '../../support/corpora.ts'
import { thrownBy } from '../../support/failures.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const models =
  '{ embedding: { model: text-embedding-3-small, dimensions: 64 }, reranker: bge-reranker-v2-m3 }'
const variantsOf = (...list: readonly (readonly [string, number])[]): string =>
  `\n${list.map(([model, topK]) => `  - { model: ${model}, topK: ${topK}, rerank: false }`).join('\n')}`
const texts = (
  change: Readonly<Record<string, string>>,
  tenants = ['A', 'B'].map((id) => tenantLines(id)),
): string => scenarioText({ models, ...change }, tenants)
const read = (
  change: Readonly<Record<string, string>> = {},
  tenants?: readonly string[],
): LoadedScenario =>
  parseScenario(texts(change, tenants === undefined ? undefined : [...tenants]), 'x.yaml')

const check = (
  scenario: LoadedScenario,
  corpora: readonly TenantCorpus[],
  questions: readonly PlannedQuestion[] = [],
): Feasibility =>
  checkFeasibility(scenario, corpora, new Map(corpora.map(({ tenantId }) => [tenantId, questions])))
const refused = (...input: Parameters<typeof check>): TenantbenchError =>
  thrownBy(() => check(...input))
const small = [corpusOf('A', 4), corpusOf('B', 10)]

describe('a top_k', () => {
  it('that every corpus can give is fine, and the chunks are counted as they are cut', () => {
    const { warnings, sizes } = check(read({ variants: variantsOf(['gpt-4o', 4]) }), small)
    expect(warnings).toEqual([])
    expect(sizes.map(({ tenant, tokens }) => [tenant, tokens.length])).toEqual([
      ['A', 4],
      ['B', 10],
    ])
    for (const { tokens } of sizes)
      expect(tokens).toEqual(tokens.toSorted((one, other) => one - other))
  })

  it('that is exactly all the chunks of the largest corpus is a warning alone', () => {
    expect(check(read({ variants: variantsOf(['gpt-4o', 10]) }), small).warnings).toEqual([
      'top_k is more than all the chunks of tenant A (4); every question then brings the whole corpus.',
    ])
  })

  it('above every corpus is a fault of its variant, with its line', () => {
    const change = { variants: variantsOf(['gpt-4o', 4], ['gpt-4o', 11], ['gpt-4o-mini', 12]) }
    const error = refused(read(change), small)
    const lines = texts(change).split('\n')
    expect(error).toMatchObject({
      code: 'TB_SCENARIO_INVALID',
      exitCode: 2,
      faults: [
        {
          path: 'variants[1].topK',
          line: lines.findIndex((line) => line.includes('topK: 11')) + 1,
          message: 'top_k 11 is more than the 10 chunks of the largest corpus',
        },
        {
          path: 'variants[2].topK',
          line: lines.findIndex((line) => line.includes('topK: 12')) + 1,
          message: 'top_k 12 is more than the 10 chunks of the largest corpus',
        },
      ],
    })
  })

  it('above every corpus in a matrix is one fault of the matrix, however many models there are', () => {
    const change = {
      variants: '',
      matrix: '\n  models: [gpt-4o, gpt-4o-mini]\n  topK: [3, 11]\n  rerank: [true, false]',
    }
    const error = refused(read(change), small)
    expect(error.faults).toEqual([
      {
        path: 'matrix.topK',
        line:
          texts(change)
            .split('\n')
            .findIndex((line) => line.includes('topK: [3, 11]')) + 1,
        message: 'top_k 11 is more than the 10 chunks of the largest corpus',
      },
    ])
  })

  it('of the current configuration above the own corpus is a warning alone', () => {
    const current = '{ model: gpt-4o, topK: 50, rerank: false }'
    expect(
      check(
        read({ variants: variantsOf(['gpt-4o', 1]) }, [
          tenantLines('A', { current }),
          tenantLines('B'),
        ]),
        small,
      ).warnings,
    ).toEqual([
      'top_k is more than all the chunks of tenant A (4); every question then brings the whole corpus.',
    ])
  })

  it('above many corpora names the first of them and counts all', () => {
    const ids = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
    const corpora = ids.map((id, at) => corpusOf(id, at === 6 ? 9 : 2))
    expect(
      check(
        read(
          { variants: variantsOf(['gpt-4o', 9]) },
          ids.map((id) => tenantLines(id)),
        ),
        corpora,
      ).warnings,
    ).toEqual([
      'top_k is more than all the chunks of 6 tenants: A (2), B (2), C (2), D (2), E (2), ...; ' +
        'every question then brings the whole corpus.',
    ])
  })
})

describe('a window', () => {
  // A chunk of 250 words is some 250 tokens: 40 of them do not fit gpt-4's 8,192, and do fit
  // gpt-4o's 128,000.
  const large = [corpusOf('A', 50, 250), corpusOf('B', 50, 250)]

  it('that is too small for every tenant is a fault at the top_k', () => {
    const error = refused(read({ variants: variantsOf(['gpt-4o', 40], ['gpt-4', 40]) }), large)
    expect(error.code).toBe('TB_SCENARIO_INVALID')
    expect(error.faults).toMatchObject([
      {
        path: 'variants[1].topK',
        message: expect.stringMatching(
          /^top_k 40 makes prompts of at least \d+ tokens for every tenant; the window of gpt-4 is 8192 such tokens$/,
        ),
      },
    ])
  })

  it('in a matrix is a fault of the model that has it alone', () => {
    const error = refused(
      read({
        variants: '',
        matrix: '{ models: [gpt-4o, gpt-4], topK: [3, 40], rerank: [true, false] }',
      }),
      large,
    )
    expect(error.faults).toMatchObject([
      { path: 'matrix.topK', message: expect.stringContaining('the window of gpt-4 is 8192') },
    ])
  })

  it('that is large enough for one tenant is no fault', () => {
    expect(() =>
      check(read({ variants: variantsOf(['gpt-4', 40]) }), [
        corpusOf('A', 50, 250),
        corpusOf('B', 50, 5),
      ]),
    ).not.toThrow()
  })

  it('is large enough for a tenant whose few chunks fit, though there are fewer than top_k', () => {
    expect(
      check(read({ variants: variantsOf(['gpt-4', 40]) }), [
        corpusOf('A', 50, 250),
        corpusOf('B', 3, 5),
      ]).warnings,
    ).toHaveLength(1)
  })

  it('is counted in the tokens of its own vendor', () => {
    const many = [corpusOf('A', 100, 300), corpusOf('B', 100, 300)]
    expect(() =>
      check(read({ variants: variantsOf(['claude-haiku-4-5', 100]) }), many),
    ).not.toThrow()
    expect(
      refused(read({ variants: variantsOf(['gpt-3.5-turbo', 100]) }), many).faults,
    ).toHaveLength(1)
  })
})

describe('a text to be embedded', () => {
  const words = (count: number): string => 'word'.concat(' word'.repeat(count - 1))
  const scenario = read({ variants: variantsOf(['gpt-4o', 4]) })

  it('may have 8,191 tokens and not one more', () => {
    expect([countTokens(words(8_191)), countTokens(words(8_192))]).toEqual([8_191, 8_192])
    expect(() => check(scenario, small, [questionOf('q1', words(8_191))])).not.toThrow()
    expect(
      refused(scenario, small, [questionOf('q1', 'word'), questionOf('q2', words(8_192))]),
    ).toMatchObject({
      code: 'TB_INPUT_TOO_LONG',
      faults: [
        { path: 'tenant A', line: null, message: 'question q2 is too long to be embedded' },
        { path: 'tenant B', line: null, message: 'question q2 is too long to be embedded' },
      ],
    })
  })

  it('may not be too long by its title', () => {
    const corpus: TenantCorpus = {
      ...corpusOf('A', 4),
      documents: [
        ...corpusOf('A', 4).documents,
        { id: 'long', title: words(8_000), text: 'word.' },
      ],
    }
    expect(refused(scenario, [corpus, corpusOf('B', 10)])).toMatchObject({
      code: 'TB_INPUT_TOO_LONG',
      faults: [
        { path: 'tenant A', message: 'the title of document long is too long to be embedded' },
      ],
    })
  })

  it('is never too long by the length of its document', () => {
    expect(() => check(scenario, [corpusOf('A', 4, 20_000), corpusOf('B', 10)])).not.toThrow()
  })
})
