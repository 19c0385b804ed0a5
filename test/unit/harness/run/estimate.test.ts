import { describe, expect, it } from 'vitest'
import { estimateReference, type KnownEstimate } from '../../../../harness/run/estimate.ts'
import { checkFeasibility } from '../../../../harness/run/feasibility.ts'
import { plantFaults } from '../../../../harness/run/sabotage.ts'
import { cellsOf } from '../../../../harness/scenario/cells.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { buildPriceBook, countTokens } from '../../../../src/index.ts'
import { corpusOf, questionOf } from '../../support/corpora.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

interface Prices {
  readonly input?: string
  readonly output?: string
  readonly embedding?: string
  readonly read?: string
  readonly rerank?: string
}

/** Prices for one unit each, so that dollars are counts. */
function bookOf({
  input = '0',
  output = '0',
  embedding = '0',
  read = '0',
  rerank = '0',
}: Prices): ReturnType<typeof buildPriceBook> {
  const file = (
    provider: string,
    prices: readonly (readonly [string, string, string])[],
  ): { readonly path: string; readonly text: string } => ({
    path: provider,
    text:
      `provider: ${provider}\ncurrency: USD\nsource: test\nchecked: ` +
      '2026-01-01\nmonthlyMinimumUsd: "0"\nformulas:\n  - { from: 1970-01-01, to: null, ' +
      'read: { perGigabyteLeast: "0.25" }, write: { bytesPerUnit: 1000, leastUnits: 5 } ' +
      `}\nprices:\n${prices
        .map(
          ([sku, unit, usd]) =>
            `  - { sku: ${sku}, from: 1970-01-01, to: null, per: 1, component: c, usd: { ` +
            `${unit}: "${usd}" } }`,
        )
        .join('\n')}\n`,
  })
  const chat = (model: string): readonly (readonly [string, string, string])[] => [
    [model, 'input-tokens', input],
    [model, 'output-tokens', output],
  ]
  return buildPriceBook('counting', [
    file('openai', [
      ...chat('gpt-4o'),
      ...chat('gpt-4o-mini'),
      ['text-embedding-3-small', 'embedding-tokens', embedding],
    ]),
    file('anthropic', chat('claude-haiku-4-5')),
    file('pinecone', [
      ['serverless', 'read-units', read],
      ['bge-reranker-v2-m3', 'rerank-requests', rerank],
    ]),
  ])
}

const models =
  '{ embedding: { model: text-embedding-3-small, dimensions: 64 }, reranker: bge-reranker-v2-m3 }'
const asked = new Map([
  ['A', 2],
  ['B', 5],
])
const corpora = [corpusOf('A', 4), corpusOf('B', 12)]

function estimate(
  change: Readonly<Record<string, string>> = {},
  prices: Prices = {},
): KnownEstimate {
  const scenario = parseScenario(
    scenarioText(
      { models, trials: '3', ...change },
      ['A', 'B'].map((id) => tenantLines(id)),
    ),
    'x.yaml',
  )
  const questions = new Map(
    corpora.map(({ tenantId }) => [
      tenantId,
      Array.from({ length: asked.get(tenantId) ?? 0 }, (_each, at) =>
        questionOf(`q${at}`, 'What does the word say?'),
      ),
    ]),
  )
  const prepared = {
    target: { kind: 'reference' } as const,
    otherBooks: new Map(),
    faults: plantFaults(scenario),
    book: bookOf(prices),
    cells: cellsOf(scenario),
    corpora,
    questions,
    load: null,
    measurements: new Map(),
    ...checkFeasibility(scenario, corpora, questions),
  }
  return estimateReference(scenario, prepared, fakeClock())
}

/**
 * Two configurations for each of two tenants, three trials: the current one without reranking and
 * one with it.
 */
const queries = 3 * 2 * (2 + 5)
const questionTokens = countTokens('What does the word say?')

describe('counts', () => {
  it('are cells times questions times trials', () => {
    expect(estimate()).toMatchObject({
      scenario: 'small',
      tenants: 2,
      cells: 4,
      queries,
      documents: 16,
      chunks: 16,
    })
    expect(estimate({ trials: '1' }).queries).toBe(queries / 3)
    expect(
      estimate({ variants: '[{ model: gpt-4o-mini, topK: 3, rerank: false }]' }),
    ).toMatchObject({ cells: 2, queries: queries / 2 })
  })

  it('are more by what each variant adds', () => {
    const matrix = '{ models: [gpt-4o, claude-haiku-4-5], topK: [1, 2, 4], rerank: [true, false] }'
    expect(estimate({ variants: '', matrix })).toMatchObject({ cells: 2 * 13, queries: 3 * 13 * 7 })
  })
})

describe('dollars', () => {
  const chunkTokens = checkFeasibility(
    parseScenario(
      scenarioText(
        { models },
        ['A', 'B'].map((id) => tenantLines(id)),
      ),
      'x.yaml',
    ),
    corpora,
    new Map(),
  )
    .sizes.flatMap(({ tokens }) => tokens)
    .reduce((sum, each) => sum + each, 0)

  it('of reading are a quarter of a unit for each query, and of reranking one for each query that has it', () => {
    expect(estimate({}, { read: '4' }).costUsd).toEqual({
      ingest: '0.00',
      queries: `${queries}.00`,
      total: `${queries}.00`,
    })
    expect(estimate({}, { rerank: '1' }).costUsd.queries).toBe(`${queries / 2}.00`)
  })

  it('of answers are the length that is assumed of each', () => {
    expect(estimate({}, { output: '1' }).costUsd.queries).toBe(`${250 * queries}.00`)
    expect(estimate().tokens.completion).toBe(250 * queries)
    const claude = estimate({ variants: '[{ model: claude-haiku-4-5, topK: 3, rerank: false }]' })
    expect(claude.tokens.completion).toBeCloseTo(
      (250 * queries) / 2 + (250 * 1.15 * queries) / 2,
      -1,
    )
  })

  it('of embeddings are all chunks once, and each question each time it is asked', () => {
    const { tokens, costUsd } = estimate({}, { embedding: '1' })
    expect(tokens.embedding).toBe(chunkTokens + questionTokens * queries)
    expect(costUsd).toEqual({
      ingest: `${chunkTokens}.00`,
      queries: `${questionTokens * queries}.00`,
      total: `${tokens.embedding}.00`,
    })
  })

  it('of prompts grow with top_k by a chunk and its label, up to the whole corpus', () => {
    const promptOf = (topK: number): number =>
      estimate({ variants: `[{ model: gpt-4o-mini, topK: ${topK}, rerank: true }]` }).tokens.prompt
    const [chunk, label] = [chunkTokens / 16, 4]
    expect(promptOf(4) - promptOf(3)).toBe(3 * 7 * (chunk + label))
    // Beyond four there is only tenant B, asked five questions.
    expect(promptOf(12) - promptOf(11)).toBe(3 * 5 * (chunk + label))
  })

  it('of prompts are what is priced', () => {
    const { tokens, costUsd } = estimate({}, { input: '1' })
    expect(Number(costUsd.queries)).toBe(tokens.prompt)
    expect(tokens.prompt).toBeGreaterThan(queries * questionTokens)
  })

  it('add up', () => {
    const { costUsd } = estimate(
      {},
      { input: '0.01', output: '0.02', embedding: '0.03', read: '0.04', rerank: '0.05' },
    )
    expect(Number(costUsd.ingest) + Number(costUsd.queries)).toBeCloseTo(Number(costUsd.total), 2)
    const parts = [
      { input: '0.01' },
      { output: '0.02' },
      { embedding: '0.03' },
      { read: '0.04' },
      { rerank: '0.05' },
    ].map((prices) => Number(estimate({}, prices).costUsd.total))
    expect(parts.reduce((sum, each) => sum + each, 0)).toBeCloseTo(Number(costUsd.total), 1)
  })
})

describe('time', () => {
  it('is longer with modelled waits, and shorter the more goes on at once', () => {
    const secondsOf = (timeScale: string, concurrency: string): number =>
      estimate({ timeScale, concurrency, trials: '50' }).seconds.queries
    expect(secondsOf('1', '8')).toBeGreaterThan(secondsOf('0', '8'))
    expect(secondsOf('1', '1')).toBeGreaterThan(secondsOf('1', '8'))
    expect(secondsOf('1', '1')).toBeGreaterThan(50 * 2 * 7)
  })

  it('is the sum of its parts', () => {
    const { start, ingest, queries: asking, total } = estimate({ timeScale: '1' }).seconds
    expect(Math.abs(start + ingest + asking - total)).toBeLessThanOrEqual(1)
  })
})

it('warnings are told along', () => {
  expect(estimate().warnings).toEqual([
    expect.stringMatching(/^top_k is more than all the chunks of tenant A \(4\)/),
  ])
})
