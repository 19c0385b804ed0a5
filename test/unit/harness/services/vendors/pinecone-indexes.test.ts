import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createVectorIndexes,
  IndexRefusal,
  type VectorIndex,
  type VectorIndexes,
} from '../../../../../harness/services/vendors/pinecone-indexes.ts'

const dimension = 6

function oneIndex(namespaces = 3): {
  readonly indexes: VectorIndexes
  readonly index: VectorIndex
} {
  const indexes = createVectorIndexes(namespaces)
  return { indexes, index: indexes.create({ name: 'i', dimension, metric: 'cosine' }) }
}

const refusalOf = (run: () => unknown): IndexRefusal => {
  try {
    run()
  } catch (error) {
    if (error instanceof IndexRefusal) return error
    throw error
  }
  throw new Error('not refused')
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
  const length = Math.hypot(...one) * Math.hypot(...other)
  return length === 0 ? 0 : dot / length
}

const vector = fc.array(fc.integer({ min: -100, max: 100 }), {
  minLength: dimension,
  maxLength: dimension,
})

describe('a query', () => {
  it('finds the exact neighbours, as a search in double precision does', () => {
    fc.assert(
      fc.property(
        fc.array(vector, { maxLength: 40 }),
        vector,
        fc.integer({ min: 1, max: 50 }),
        (vectors, question, topK) => {
          const { indexes, index } = oneIndex()
          const stored = vectors.map((values, at) => ({ id: `v${at}`, values }))
          indexes.upsert(index, 'n', stored)
          const found = indexes.query(index, 'n', { vector: question, topK })
          const scores = new Map(stored.map(({ id, values }) => [id, cosine(values, question)]))
          const best = [...scores.values()].sort((one, other) => other - one).slice(0, topK)
          expect(found).toHaveLength(best.length)
          expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
          for (const [at, { id, score }] of found.entries()) {
            expect(score).toBeCloseTo(scores.get(id) ?? Number.NaN, 5)
            expect(score).toBeCloseTo(best[at] ?? Number.NaN, 5)
          }
        },
      ),
    )
  })

  it('gives ties to the smaller id, in whatever order they came', () => {
    const { indexes, index } = oneIndex()
    const values = [1, 2, 3, 4, 5, 6]
    indexes.upsert(
      index,
      'n',
      ['b', 'c', 'a', 'B', 'aa'].map((id) => ({ id, values })),
    )
    expect(indexes.query(index, 'n', { vector: values, topK: 4 }).map(({ id }) => id)).toEqual([
      'B',
      'a',
      'aa',
      'b',
    ])
  })

  it('sees its own namespace alone, and nothing in one that does not exist', () => {
    const { indexes, index } = oneIndex()
    const near = [1, 0, 0, 0, 0, 0]
    indexes.upsert(index, 'tenant-A', [{ id: 'a', values: [0, 1, 0, 0, 0, 0] }])
    indexes.upsert(index, 'tenant-a', [{ id: 'foreign', values: near }])
    expect(
      indexes.query(index, 'tenant-A', { vector: near, topK: 10 }).map(({ id }) => id),
    ).toEqual(['a'])
    expect(indexes.query(index, 'tenant-B', { vector: near, topK: 10 })).toEqual([])
    expect(index.namespaces.has('tenant-B')).toBe(false)
  })

  it('has no score that is no number for a vector of zeros', () => {
    const { indexes, index } = oneIndex()
    indexes.upsert(index, 'n', [{ id: 'zero', values: [0, 0, 0, 0, 0, 0] }])
    expect(indexes.query(index, 'n', { vector: [1, 1, 1, 1, 1, 1], topK: 1 })).toMatchObject([
      { id: 'zero', score: 0 },
    ])
  })
})

describe('an upsert', () => {
  it('replaces what has the same id, with its metadata', () => {
    const { indexes, index } = oneIndex()
    indexes.upsert(index, 'n', [{ id: 'x', values: [1, 0, 0, 0, 0, 0], metadata: { version: 1 } }])
    const bytes = indexes.namespaceBytes(index, 'n')
    indexes.upsert(index, 'n', [{ id: 'x', values: [0, 1, 0, 0, 0, 0], metadata: { version: 2 } }])
    expect(indexes.query(index, 'n', { vector: [0, 1, 0, 0, 0, 0], topK: 5 })).toMatchObject([
      { id: 'x', score: 1, metadata: { version: 2 } },
    ])
    expect(indexes.namespaceBytes(index, 'n')).toBe(bytes)
  })

  it('weighs id, metadata and four bytes a number', () => {
    const { indexes, index } = oneIndex()
    indexes.upsert(index, 'n', [{ id: 'äb', values: [1, 2, 3, 4, 5, 6], metadata: { a: 1 } }])
    expect([
      indexes.namespaceBytes(index, 'n'),
      indexes.totalBytes(),
      indexes.namespaceBytes(index, 'other'),
    ]).toEqual([3 + 7 + 24, 34, 0])
  })
})

describe('what is refused', () => {
  it('is one namespace more than an index holds, while those there go on', () => {
    const { indexes, index } = oneIndex(2)
    const vectors = [{ id: 'x', values: [1, 0, 0, 0, 0, 0] }]
    indexes.upsert(index, 'one', vectors)
    indexes.upsert(index, 'two', vectors)
    expect(refusalOf(() => indexes.upsert(index, 'three', vectors))).toMatchObject({
      status: 403,
      code: 'QUOTA_EXCEEDED',
    })
    expect(indexes.upsert(index, 'two', vectors)).toBe(1)
    expect([...index.namespaces.keys()]).toEqual(['one', 'two'])
  })

  it.each([[5], [7], [0]])(
    'is a vector of %i numbers, without opening a namespace for it or keeping part of a batch',
    (length) => {
      const { indexes, index } = oneIndex()
      const wrong = { id: 'w', values: new Array<number>(length).fill(1) }
      expect(
        refusalOf(() =>
          indexes.upsert(index, 'n', [{ id: 'x', values: [1, 0, 0, 0, 0, 0] }, wrong]),
        ),
      ).toMatchObject({ status: 400, code: 'INVALID_ARGUMENT' })
      expect(
        refusalOf(() => indexes.query(index, 'n', { vector: wrong.values, topK: 1 })).status,
      ).toBe(400)
      expect(index.namespaces.size).toBe(0)
    },
  )

  it('is an index that is there already, or is not there', () => {
    const { indexes } = oneIndex()
    expect(
      refusalOf(() => indexes.create({ name: 'i', dimension: 3, metric: 'cosine' })).status,
    ).toBe(409)
    expect(refusalOf(() => indexes.get('j')).status).toBe(404)
    indexes.remove('i')
    expect(refusalOf(() => indexes.remove('i')).status).toBe(404)
    expect(indexes.list()).toEqual([])
  })
})
