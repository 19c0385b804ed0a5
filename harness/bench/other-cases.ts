/** Counting tokens, and a vector query as its namespace grows. */
import { encode } from 'gpt-tokenizer/encoding/cl100k_base'
import { randomFor } from '../../src/base/random.ts'
import { countTokens, type VectorStore } from '../../src/index.ts'
import { benchChunks } from './fixture.ts'
import type { BenchCase } from './ratio.ts'

/** Our counting, with its guard against long runs, against building the list of tokens. */
export function tokenCase(): BenchCase {
  const texts = benchChunks('text', 50).map(({ body }) => body)
  return {
    id: 'tokens.count',
    against: "the length of gpt-tokenizer's list of tokens",
    goal: 1,
    ours: { run: () => texts.reduce((sum, text) => sum + countTokens(text), 0) },
    peer: { run: () => texts.reduce((sum, text) => sum + encode(text).length, 0) },
  }
}

const dimensions = 512
const smallest = 50
const sizes = [500, 2_000, 5_000] as const

/** Fills namespaces of several sizes; each is compared with the smallest. */
export async function vectorCases(
  vectors: VectorStore,
  indexName: string,
): Promise<readonly BenchCase[]> {
  await vectors.ensureIndex(indexName, dimensions)
  for (const size of [smallest, ...sizes]) await fill(vectors, { indexName, size })
  const vector = vectorOf(-1)
  const query = (size: number) => ({
    run: () =>
      vectors.query({
        requestId: `bench-${size}`,
        place: { indexName, namespace: `bench-${size}` },
        vector,
        topK: 10,
      }),
  })
  return sizes.map((size) => ({
    id: `vector-query.${size}`,
    against: `the same in a namespace of ${smallest} vectors, over HTTP`,
    goal: null,
    ours: query(size),
    peer: query(smallest),
  }))
}

async function fill(
  vectors: VectorStore,
  { indexName, size }: { readonly indexName: string; readonly size: number },
): Promise<void> {
  const records = Array.from({ length: size }, (_each, at) => ({
    id: `v${at}`,
    values: vectorOf(at),
    metadata: {},
  }))
  await vectors.upsert({
    requestId: `fill-${size}`,
    place: { indexName, namespace: `bench-${size}` },
    records,
  })
}

function vectorOf(at: number): readonly number[] {
  const random = randomFor(['bench-vector', at])
  return Array.from({ length: dimensions }, () => random.unit() - 0.5)
}
