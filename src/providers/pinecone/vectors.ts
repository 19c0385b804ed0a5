/** Vectors in Pinecone: serverless indexes, one namespace per tenant. */
import { Errors, type Index } from '@pinecone-database/pinecone'
import { TenantbenchError } from '../../base/errors.ts'
import { asCall, attemptsSoFar } from '../call.ts'
import { ProviderError, withUsage } from '../provider-error.ts'
import type { ProviderUsage, UsageUnit } from '../../base/usage.ts'
import type {
  NamespaceRef,
  UpsertRequest,
  VectorQuery,
  VectorRecord,
  VectorStore,
} from '../vector-store.ts'
import { pineconeError, type PineconeClient } from './client.ts'

// Pinecone's documented bound is 1,000 records or 2 MB a request.
const recordsPerRequest = 100
const sku = 'serverless'

/** The vector store port over the SDK. */
export function pineconeVectors(client: PineconeClient): VectorStore {
  return {
    ensureIndex: (indexName, dimensions) =>
      guarded(`ensure-${indexName}`, () => ensureIndex(client, indexName, dimensions)),
    upsert: async (request) => ({ usage: await upsertAll(client, request) }),
    query: (query) => onIndex(client, query, (index) => queryOne(index, query)),
    deleteIndex: (indexName) =>
      guarded(`delete-${indexName}`, () => deleteIndex(client, indexName)),
    deleteNamespace: (place) =>
      onIndex(client, { requestId: `delete-${place.namespace}`, place }, (index) =>
        deleteNamespace(index, place),
      ),
  }
}

async function guarded<T>(requestId: string, run: () => Promise<T>): Promise<T> {
  return asCall(requestId, async () => {
    try {
      return await run()
    } catch (error) {
      throw error instanceof TenantbenchError ? error : pineconeError(error)
    }
  })
}

/**
 * Finds the index first, as a call of its own: asking for its host must not count as an attempt at
 * the work.
 */
async function onIndex<T>(
  client: PineconeClient,
  request: { readonly requestId: string; readonly place: NamespaceRef },
  work: (index: Index) => Promise<T>,
): Promise<T> {
  namespaceIn(request.place)
  const index = await guarded(`host-${request.place.indexName}`, () =>
    client.index(request.place.indexName),
  )
  return guarded(request.requestId, () => work(index))
}

/**
 * The store reads a missing namespace as its default one, which every tenant with the same bug
 * would share.
 */
function namespaceIn(place: NamespaceRef): string {
  if (place.namespace === '')
    throw new TenantbenchError('TB_TENANT_INVALID', { detail: 'The namespace is empty.' })
  return place.namespace
}

async function ensureIndex(
  client: PineconeClient,
  indexName: string,
  dimensions: number,
): Promise<void> {
  try {
    const spec = { serverless: { cloud: 'aws', region: 'us-east-1' } } as const
    await client.sdk.indexes.create({
      name: indexName,
      dimension: dimensions,
      metric: 'cosine',
      spec,
      waitUntilReady: true,
    })
  } catch (error) {
    if (!(error instanceof Errors.PineconeConflictError)) throw error
  }
}

async function upsertAll(
  client: PineconeClient,
  request: UpsertRequest,
): Promise<readonly ProviderUsage[]> {
  const usage: ProviderUsage[] = []
  namespaceIn(request.place)
  for (let start = 0; start < request.records.length; start += recordsPerRequest) {
    const records = request.records.slice(start, start + recordsPerRequest)
    const upsert = async (index: Index): Promise<void> => {
      await index.upsert({
        namespace: namespaceIn(request.place),
        records: records.map(({ id, values, metadata }) => ({ id, values: [...values], metadata })),
      })
      usage.push(
        used('upsert', {
          'upsert-requests': 1,
          'upsert-bytes': records.reduce((sum, record) => sum + recordBytes(record), 0),
        }),
      )
    }
    await onIndex(
      client,
      { requestId: `${request.requestId}-${start}`, place: request.place },
      upsert,
    ).catch((error: unknown) => {
      throw error instanceof ProviderError ? withUsage(error, usage) : error
    })
  }
  return usage
}

async function queryOne(index: Index, query: VectorQuery): ReturnType<VectorStore['query']> {
  const { matches } = await index.query({
    namespace: namespaceIn(query.place),
    vector: [...query.vector],
    topK: query.topK,
  })
  return {
    matches: matches.map(({ id, score }) => ({ id, score: score ?? 0 })),
    usage: [used('query', { queries: 1 })],
  }
}

async function deleteNamespace(index: Index, place: NamespaceRef): Promise<void> {
  try {
    await index.deleteNamespace(namespaceIn(place))
  } catch (error) {
    if (!(error instanceof Errors.PineconeNotFoundError)) throw error
  }
}

async function deleteIndex(client: PineconeClient, indexName: string): Promise<void> {
  try {
    await client.sdk.indexes.delete(indexName)
  } catch (error) {
    if (!(error instanceof Errors.PineconeNotFoundError)) throw error
  }
}

function used(
  operation: 'query' | 'upsert',
  quantities: Partial<Record<UsageUnit, number>>,
): ProviderUsage {
  return {
    operation,
    provider: 'pinecone',
    sku,
    attempt: attemptsSoFar(),
    outcome: 'completed',
    estimated: false,
    quantities,
  }
}

/**
 * Size of a stored record: id, metadata as JSON, and 4 bytes a dimension (Pinecone docs,
 * "Understanding cost", storage).
 */
export function recordBytes(record: VectorRecord): number {
  return (
    Buffer.byteLength(record.id) +
    Buffer.byteLength(JSON.stringify(record.metadata)) +
    4 * record.values.length
  )
}
