/** What every implementation of the port VectorStore does. */
import { describe, expect, it } from 'vitest'
import { randomFor } from '../../src/base/random.ts'
import type { NamespaceRef, VectorRecord, VectorStore } from '../../src/providers/vector-store.ts'
import { describeManners, type Factory } from './support/manners.ts'
import {
  clientSide,
  failureOf,
  providerFailureOf,
  testVendors,
  type ClientSide,
  type TestVendors,
  type TestWorld,
} from './support/vendors.ts'

/** What the suite must know of the vendor behind an implementation. */
export interface StoreVendor {
  readonly vendor: 'pinecone'
}

const indexName = 'contract-1'
const dimensions = 8
const recordsPerRequest = 100

function place(namespace: string): NamespaceRef {
  return { indexName, namespace }
}

function recordsOf(scope: string, count: number): readonly VectorRecord[] {
  return Array.from({ length: count }, (_, ordinal) => {
    const random = randomFor(['contract', scope, ordinal])
    return {
      id: `${scope}-${String(ordinal).padStart(3, '0')}`,
      values: Array.from({ length: dimensions }, () => random.normal()),
      metadata: { documentId: scope, ordinal },
    }
  })
}

/** The cosine in full precision: what the order of the answers is checked by. */
function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
  return dot / (Math.hypot(...one) * Math.hypot(...other))
}

interface Stage extends AsyncDisposable {
  readonly vendors: TestVendors
  readonly side: ClientSide
  readonly store: VectorStore
}

/** Declares the suite for one implementation. */
export function describeVectorStore(
  name: string,
  factory: Factory<VectorStore>,
  { vendor }: StoreVendor,
): void {
  const started = async (world: TestWorld = {}): Promise<Stage> => {
    const vendors = await testVendors(world)
    const side = clientSide()
    const store = factory(vendors.endpoints[vendor], side.fetch)
    await store.ensureIndex(indexName, dimensions)
    return { vendors, side, store, [Symbol.asyncDispose]: vendors.close }
  }
  const vector = recordsOf('question', 1)[0]?.values ?? []
  const ask = async (
    store: VectorStore,
    namespace: string,
    topK = 10,
  ): Promise<readonly string[]> => {
    const { matches } = await store.query({
      requestId: `query-${namespace}`,
      place: place(namespace),
      vector,
      topK,
    })
    return matches.map(({ id }) => id)
  }
  const put = (
    store: VectorStore,
    namespace: string,
    records: readonly VectorRecord[],
  ): Promise<unknown> =>
    store.upsert({ requestId: `put-${namespace}`, place: place(namespace), records })

  describe(`VectorStore: ${name}`, () => {
    describeManners({
      factory,
      endpointOf: ({ endpoints }) => endpoints[vendor],
      prepare: ({ indexes }) =>
        void indexes.create({ name: indexName, dimension: dimensions, metric: 'cosine' }),
      call: (store, requestId) =>
        store.query({ requestId, place: place('tenant-a'), vector, topK: 3 }),
    })

    it('ensures an index as often as it likes, and keeps what is in it', async () => {
      await using stage = await started()
      await put(stage.store, 'tenant-a', recordsOf('a', 3))
      await stage.store.ensureIndex(indexName, dimensions)
      await Promise.all([
        stage.store.ensureIndex(indexName, dimensions),
        stage.store.ensureIndex('contract-2', dimensions),
        stage.store.ensureIndex('contract-2', dimensions),
      ])
      expect(await ask(stage.store, 'tenant-a')).toHaveLength(3)
      expect(stage.vendors.indexes.list().map(({ name: each }) => each)).toEqual([
        indexName,
        'contract-2',
      ])
    })

    it('stores 250 records in requests of at most 100, each with the bytes that are billed', async () => {
      await using stage = await started()
      const { usage } = await stage.store.upsert({
        requestId: 'u1',
        place: place('tenant-a'),
        records: recordsOf('a', 250),
      })
      const sizes = stage.side.requests
        .filter(({ url }) => url.endsWith('/vectors/upsert'))
        .map(({ body }) => (JSON.parse(body) as { vectors: unknown[] }).vectors.length)
      expect(sizes).toEqual([recordsPerRequest, recordsPerRequest, 50])
      expect(
        usage.map(({ operation, outcome, attempt }) => ({ operation, outcome, attempt })),
      ).toEqual(sizes.map(() => ({ operation: 'upsert', outcome: 'completed', attempt: 1 })))
      expect(usage.map(({ quantities }) => quantities['upsert-requests'])).toEqual([1, 1, 1])
      expect(stage.vendors.booked()).toEqual(
        usage.map(({ quantities }) => ({ kind: 'write', bytes: quantities['upsert-bytes'] })),
      )
      expect(await ask(stage.store, 'tenant-a', 1_000)).toHaveLength(250)
    })

    it('keeps what earlier requests of an upsert used when a later one is refused', async () => {
      await using stage = await started()
      const records = recordsOf('a', 150).map((record, at) =>
        at === 149 ? { ...record, values: [1] } : record,
      )
      const error = await providerFailureOf(
        stage.store.upsert({ requestId: 'u1', place: place('tenant-a'), records }),
      )
      expect(error.code).toBe('TB_PROVIDER_REFUSED')
      expect(stage.vendors.booked()).toHaveLength(1)
      expect(
        error.usage.map(({ operation, quantities }) => ({
          operation,
          requests: quantities['upsert-requests'],
        })),
      ).toEqual([{ operation: 'upsert', requests: 1 }])
    })

    it('replaces a record of the same id', async () => {
      await using stage = await started()
      const [first, second] = recordsOf('a', 2)
      if (first === undefined || second === undefined)
        return expect.unreachable('Two records are made.')
      await put(stage.store, 'tenant-a', [first])
      await put(stage.store, 'tenant-a', [{ ...second, id: first.id }])
      const { matches } = await stage.store.query({
        requestId: 'q1',
        place: place('tenant-a'),
        vector: second.values,
        topK: 10,
      })
      expect(matches).toEqual([{ id: first.id, score: expect.closeTo(1, 5) as number }])
    })

    it('answers in the exact order of the cosine', async () => {
      await using stage = await started()
      const records = recordsOf('a', 60)
      await put(stage.store, 'tenant-a', records)
      const expected = records
        .map(({ id, values }) => ({ id, score: cosine(values, vector) }))
        .sort((one, other) => other.score - one.score)
      const { matches, usage } = await stage.store.query({
        requestId: 'q1',
        place: place('tenant-a'),
        vector,
        topK: 10,
      })
      expect(matches.map(({ id }) => id)).toEqual(expected.slice(0, 10).map(({ id }) => id))
      for (const [at, { score }] of matches.entries())
        expect(score).toBeCloseTo(expected[at]?.score ?? Infinity, 5)
      expect(usage).toEqual([
        {
          operation: 'query',
          provider: vendor,
          sku: 'serverless',
          attempt: 1,
          outcome: 'completed',
          estimated: false,
          quantities: { queries: 1 },
        },
      ])
    })

    it('keeps namespaces apart, down to case and odd characters', async () => {
      await using stage = await started()
      const namespaces = ['tenant-a', 'tenant-A', 'tenant-a.b', 'a/b c%2F', '__default__']
      for (const namespace of namespaces)
        await put(stage.store, namespace, recordsOf(`in-${namespace}`, 4))
      for (const namespace of namespaces) {
        const ids = await ask(stage.store, namespace)
        expect(ids).toHaveLength(4)
        expect(ids.every((id) => id.startsWith(`in-${namespace}-`))).toBe(true)
      }
    })

    it('finds nothing in a namespace that is not there', async () => {
      await using stage = await started()
      await put(stage.store, 'tenant-a', recordsOf('a', 3))
      expect(await ask(stage.store, 'tenant-b')).toEqual([])
    })

    it('refuses an empty namespace before any request', async () => {
      await using stage = await started()
      const before = stage.side.requests.length
      const errors = [
        await failureOf(stage.store.query({ requestId: 'q1', place: place(''), vector, topK: 3 })),
        await failureOf(
          stage.store.upsert({ requestId: 'u1', place: place(''), records: recordsOf('a', 1) }),
        ),
        await failureOf(stage.store.deleteNamespace(place(''))),
      ]
      expect(errors.map(({ code }) => code)).toEqual([
        'TB_TENANT_INVALID',
        'TB_TENANT_INVALID',
        'TB_TENANT_INVALID',
      ])
      expect(stage.side.requests.slice(before)).toEqual([])
    })

    it("is refused over the namespace limit, in the vendor's words", async () => {
      await using stage = await started({ namespacesPerIndex: 2 })
      await put(stage.store, 'tenant-a', recordsOf('a', 1))
      await put(stage.store, 'tenant-b', recordsOf('b', 1))
      const error = await providerFailureOf(put(stage.store, 'tenant-c', recordsOf('c', 1)))
      expect(error).toMatchObject({ code: 'TB_PROVIDER_REFUSED', usage: [] })
      expect(error.message).toMatch(/max namespaces allowed in serverless index \(2\)/)
      await put(stage.store, 'tenant-b', recordsOf('b', 2))
    })

    it('deletes a namespace alone, which frees its place; a missing one is no fault', async () => {
      await using stage = await started({ namespacesPerIndex: 2 })
      await put(stage.store, 'a/b c%2F', recordsOf('a', 3))
      await put(stage.store, 'tenant-b', recordsOf('b', 3))
      await stage.store.deleteNamespace(place('a/b c%2F'))
      await stage.store.deleteNamespace(place('a/b c%2F'))
      await stage.store.deleteNamespace(place('never-there'))
      expect(await ask(stage.store, 'a/b c%2F')).toEqual([])
      expect(await ask(stage.store, 'tenant-b')).toHaveLength(3)
      await put(stage.store, 'tenant-c', recordsOf('c', 1))
    })

    it('is refused for a wrong dimension, and nothing of that request is stored', async () => {
      await using stage = await started()
      const [good, bad] = recordsOf('a', 2)
      if (good === undefined || bad === undefined)
        return expect.unreachable('Two records are made.')
      const error = await providerFailureOf(
        put(stage.store, 'tenant-a', [good, { ...bad, values: [1, 2, 3] }]),
      )
      expect(error.code).toBe('TB_PROVIDER_REFUSED')
      expect(error.message).toMatch(/dimension/i)
      expect(await ask(stage.store, 'tenant-a')).toEqual([])
      const query = stage.store.query({
        requestId: 'q1',
        place: place('tenant-a'),
        vector: [1, 2, 3],
        topK: 1,
      })
      expect((await providerFailureOf(query)).code).toBe('TB_PROVIDER_REFUSED')
    })

    it('is refused for an index that is not there, and finds it once it is', async () => {
      await using stage = await started()
      const elsewhere = { indexName: 'contract-9', namespace: 'tenant-a' }
      const query = (): Promise<unknown> =>
        stage.store.query({ requestId: 'q1', place: elsewhere, vector, topK: 1 })
      expect((await providerFailureOf(query())).code).toBe('TB_PROVIDER_REFUSED')
      await stage.store.ensureIndex('contract-9', dimensions)
      expect(await query()).toMatchObject({ matches: [] })
    })

    it('does not mix two servers that hold an index of one name', async () => {
      await using one = await started()
      await using other = await started()
      await Promise.all([
        put(one.store, 'tenant-a', recordsOf('one', 2)),
        put(other.store, 'tenant-a', recordsOf('other', 2)),
      ])
      expect((await ask(one.store, 'tenant-a')).toSorted()).toEqual(['one-000', 'one-001'])
      expect((await ask(other.store, 'tenant-a')).toSorted()).toEqual(['other-000', 'other-001'])
    })
  })
}
