/**
 * Law 8: with isolation off at a boundary, the run finds the leak there and ends with 4; with it on, nothing leaks and the boundary
 * is covered. Each fault is one that real services have had.
 */
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { boundaries, type Boundary } from '../../src/base/boundaries.ts'
import type { Answer, Providers } from '../../src/index.ts'
import type { Sabotage } from '../../harness/outcome/run-options.ts'
import { runSmall } from '../support/run-small.ts'

const sql = (text: string): Sabotage => ({
  async afterProvisioning(adminUrl) {
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    await client.query(text)
    await client.end()
  },
})

/** The namespace is dropped on the way to the store: every tenant's vectors are searched, the best of all come back. */
function oneNamespaceForAll(seenFirst: Map<string, string>): Sabotage {
  const places = new Map<string, { readonly indexName: string; readonly namespace: string }>()
  return {
    decorate: (providers) => ({
      ...providers,
      vectors: {
        ...providers.vectors,
        async upsert(request) {
          places.set(request.place.namespace, request.place)
          return providers.vectors.upsert(request)
        },
        async query(query) {
          const found = await Promise.all([...places.values()].map((place) => providers.vectors.query({ ...query, place })))
          const matches = found.flatMap((each) => each.matches).sort((one, other) => other.score - one.score).slice(0, query.topK)
          seenFirst.set(query.requestId, matches[0]?.id ?? '')
          return { matches, usage: found[0]?.usage ?? [] }
        },
      },
    }),
  }
}

/** A batch of documents for the reranker still holds those of the request before. */
function batchedRerank(providers: Providers): Providers {
  let before: readonly string[] = []
  return {
    ...providers,
    reranker: {
      async rerank(request) {
        const documents = [...request.documents, ...before].slice(0, 100)
        before = request.documents
        const answer = await providers.reranker.rerank({ ...request, documents })
        return { ...answer, ranking: answer.ranking.filter(({ position }) => position < request.documents.length) }
      },
    },
  }
}

/** Conversation memory that is keyed by nothing. */
function sharedMemory(providers: Providers): Providers {
  let memory = ''
  return {
    ...providers,
    chat: {
      async answer(request) {
        const [first, ...rest] = request.messages
        const recalled = memory
        memory = request.messages.at(-1)?.content ?? ''
        return providers.chat.answer({ ...request, messages: first === undefined ? rest : [{ ...first, content: `${first.content}\n\nEarlier: ${recalled}` }, ...rest] })
      },
    },
  }
}

/** A response cache that is keyed by the question alone. */
function cacheByQuestion(providers: Providers): Providers {
  const cache = new Map<string, Awaited<ReturnType<Providers['chat']['answer']>>>()
  return {
    ...providers,
    chat: {
      async answer(request) {
        const question = /<question-[0-9a-f]+>([^]*)<\/question/.exec(request.messages.at(-1)?.content ?? '')?.[1] ?? ''
        const answer = cache.get(question) ?? (await providers.chat.answer(request))
        cache.set(question, answer)
        return answer
      },
    },
  }
}

/** An error that quotes the request before. */
function quotingErrors(providers: Providers): Providers {
  let before = ''
  return {
    ...providers,
    chat: {
      async answer(request) {
        const quoted = before
        before = request.messages.at(-1)?.content ?? ''
        if (quoted === '') return providers.chat.answer(request)
        throw new Error(`upstream failed after ${quoted}`)
      },
    },
  }
}

function staleSources(): Sabotage {
  let before: Answer['sources'] = []
  return {
    decorateAnswer(answer) {
      const sources = [...answer.sources, ...before]
      before = answer.sources
      return { ...answer, sources }
    },
  }
}

const faults: Readonly<Record<Boundary, Sabotage>> = {
  rows: sql('alter table chunks disable row level security'),
  matches: oneNamespaceForAll(new Map()),
  rerank: { decorate: batchedRerank },
  prompt: { decorate: sharedMemory },
  answer: { decorate: cacheByQuestion },
  sources: staleSources(),
  errors: { decorate: quotingErrors },
  notices: sql('alter table documents disable row level security'),
  'cost-lines': sql('alter table usage_events disable row level security'),
}

describe('isolation', () => {
  it('on: nothing leaks, and every boundary is covered', async () => {
    const record = await runSmall({})
    expect(record.isolation).toMatchObject({ leaks: 0, witnesses: [] })
    expect(record.isolation.boundaries.map(({ boundary, state }) => [boundary, state])).toEqual(boundaries.map((boundary) => [boundary, 'covered']))
    expect(record.isolation.checks).toBe(3 * 2 * 2)
    expect(record).toMatchObject({ verdict: 'pass', exitCode: 0 })
  })

  it.each(boundaries)('off at %s: the run finds it there and ends with 4', async (boundary) => {
    const record = await runSmall(faults[boundary])
    expect(record).toMatchObject({ verdict: 'leak', exitCode: 4 })
    const state = record.isolation.boundaries.find((each) => each.boundary === boundary)
    expect(state?.state).toBe('leak')
    const witness = record.isolation.witnesses.find((each) => each.boundary === boundary)
    expect(witness?.owner).not.toBe(witness?.tenant)
  })

  it('a run without reranking is not blamed for a boundary that nothing crosses', async () => {
    const record = await runSmall({}, [
      { path: ['variants'], value: [{ model: 'gpt-4o-mini', topK: 3, rerank: false }] },
      ...[0, 1, 2].map((at) => ({ path: ['tenants', at, 'current', 'rerank'], value: false })),
    ])
    expect(record.isolation.boundaries.find(({ boundary }) => boundary === 'rerank')?.state).toBe('not-shown')
    expect(record.exitCode).toBe(0)
  })

  it('a prompt over the window makes its cell infeasible, and the run goes on', async () => {
    const record = await runSmall({}, [
      { path: ['variants'], value: [{ model: 'gpt-4', topK: 60, rerank: false }] },
      { path: ['tenants', 0, 'corpus'], value: { kind: 'generated', theme: 'law', documents: 60, words: [200, 220] } },
    ])
    expect(record.cells.filter(({ infeasible }) => infeasible).map(({ tenant, variant }) => [tenant, variant.model])).toEqual([['A', 'gpt-4']])
    expect(record.comparison[0]?.optimalModel).not.toBe('gpt-4')
    expect(record.exitCode).toBe(0)
  })

  it('off in the vector store and in Postgres: bait brings the foreign chunk first', async () => {
    const seenFirst = new Map<string, string>()
    const record = await runSmall({ ...oneNamespaceForAll(seenFirst), ...sql('alter table chunks disable row level security; alter table documents disable row level security') })
    const baited = [...seenFirst].filter(([requestId]) => requestId.includes('.bait-'))
    const foreign = new Set(record.isolation.witnesses.map(({ mark }) => mark))
    expect(baited.length).toBeGreaterThan(0)
    expect(record.isolation.boundaries.filter(({ state }) => state === 'leak').map(({ boundary }) => boundary)).toEqual(expect.arrayContaining(['rows', 'matches', 'prompt', 'answer', 'sources']))
    expect(baited.filter(([, chunk]) => foreign.has(chunk)).length).toBeGreaterThan(baited.length / 2)
  })
})
