/**
 * A RAG small enough to read: chunks in memory, retrieval by shared words, an answer that is the
 * best sentence. Each tenant has a store of its own, so nothing can cross. Outside of this checkout
 * the types come from the package: `from 'tenantbench'`.
 */
import type { TargetDocument, TargetModule, ToldUsage } from '../../src/index.ts'

interface Chunk {
  readonly id: string
  readonly documentId: string
  readonly text: string
}

interface Store {
  readonly chunks: Chunk[]
  readonly usage: ToldUsage[]
}

const stores = new Map<string, Store>()

/** The store of a tenant; asking for one that is not there is an error, and never another's. */
function storeOf(tenantId: string): Store {
  const store = stores.get(tenantId)
  if (store === undefined) throw new Error(`There is no tenant ${tenantId}.`)
  return store
}

function chunksOf(tenantId: string, { id, text }: TargetDocument): readonly Chunk[] {
  return text
    .split('\n\n')
    .map((paragraph, at) => ({ id: `${tenantId}/${id}/${at}`, documentId: id, text: paragraph }))
}

const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}$-]+/gu) ?? []
const common = new Set(
  (
    'a an and are at be by do does for from go how i if in is it many may much must my of on or ' +
    'the to what when where which who whom will with'
  ).split(' '),
)

/** How many of the question's telling words a text has. */
function score(question: string, text: string): number {
  const held = new Set(wordsOf(text))
  return new Set(wordsOf(question).filter((word) => !common.has(word) && held.has(word))).size
}

function best<T>(question: string, from: readonly T[], textOf: (each: T) => string): readonly T[] {
  return from
    .map((each) => ({ each, found: score(question, textOf(each)) }))
    .filter(({ found }) => found > 0)
    .sort((one, other) => other.found - one.found)
    .map(({ each }) => each)
}

// A token is about three quarters of a word; a real target tells what its vendor counted.
const tokensOf = (text: string): number => Math.ceil((wordsOf(text).length * 4) / 3)

/** What the scenario names as its target. */
export const target: TargetModule = {
  name: 'a tiny RAG in memory',
  shows: ['answer', 'sources', 'matches', 'prompt'],
  provision({ id }) {
    stores.set(id, { chunks: [], usage: [] })
  },
  ingest(tenantId, documents) {
    const chunks = documents.flatMap((document) => chunksOf(tenantId, document))
    storeOf(tenantId).chunks.push(...chunks)
    return { chunks: chunks.length, chunkIds: chunks.map(({ id }) => id) }
  },
  query({ tenantId, requestId, question, config }) {
    const { chunks, usage } = storeOf(tenantId)
    const found = best(question, chunks, ({ text }) => text).slice(0, config.topK)
    const prompt = `${found.map(({ text }) => text).join('\n\n')}\n\nQuestion: ${question}`
    const [sentence] = best(
      question,
      found.flatMap(({ text }) => text.split(/(?<=\.)\s/)),
      (each) => each,
    )
    const answer = sentence ?? 'The documents do not say.'
    const told = { promptTokens: tokensOf(prompt), completionTokens: tokensOf(answer) }
    usage.push({ tenantId, requestId, ...told })
    return {
      answer,
      sources: [...new Set(found.map(({ documentId }) => documentId))],
      usage: told,
      config,
      seen: { matches: found.map(({ id }) => id), prompt: [prompt] },
    }
  },
  usage: (tenantId) => storeOf(tenantId).usage,
  deprovision(tenantId) {
    stores.delete(tenantId)
  },
}
