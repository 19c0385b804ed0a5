/**
 * Taking a tenant's documents in: cut, embed, store texts in Postgres and vectors in the tenant's
 * namespace. Rows are committed only after the vectors are stored, so a failure leaves no row
 * without a vector; a vector without a row is never answered from, because texts come from Postgres
 * alone.
 */
import { isoTime } from '../base/clock.ts'
import { sha256 } from '../base/random.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { ProviderUsage } from '../base/usage.ts'
import { withTenant, type TenantSession } from '../isolation/tenant-session.ts'
import { ProviderError } from '../providers/provider-error.ts'
import { recordBytes } from '../providers/pinecone/vectors.ts'
import type { VectorRecord } from '../providers/vector-store.ts'
import { chunkDocument, type Chunk, type ChunkOptions, type SourceDocument } from './chunk.ts'
import { meter, type RagServices } from './services.ts'

/**
 * Documents of one tenant. The request id names the ingest on the provider's side and makes
 * metering it twice harmless.
 */
export interface IngestRequest {
  readonly tenantId: TenantId
  readonly requestId: string
  readonly documents: readonly SourceDocument[]
  readonly chunking?: ChunkOptions
}

/** What was taken in. */
export interface IngestResult {
  readonly documents: number
  readonly words: number
  readonly chunks: readonly Chunk[]
}

// OpenAI takes up to 2,048 texts a call; fewer keep a failed call cheap.
const textsPerCall = 128

/** Ingests documents. Throws ProviderError; usage is metered also then. */
export async function ingest(services: RagServices, request: IngestRequest): Promise<IngestResult> {
  const chunks = request.documents.flatMap((document) =>
    chunkDocument(request.tenantId, document, request.chunking),
  )
  const usage: ProviderUsage[] = []
  try {
    const vectors = await embedAll(services, request, { chunks, usage })
    const records = chunks.map((chunk, position) => vectorOf(chunk, vectors[position] ?? []))
    await withTenant(services.database, request.tenantId, async (session) => {
      await insertDocuments(session, request.documents, isoTime(services.clock.nowMs()))
      await insertChunks(session, chunks)
      await addToNamespace(session, records)
      const { placement: place } = services.database.directory.require(request.tenantId)
      usage.push(
        ...(
          await services.providers.vectors.upsert({ requestId: request.requestId, place, records })
        ).usage,
      )
    })
  } catch (error) {
    if (error instanceof ProviderError) usage.push(...error.usage)
    throw error
  } finally {
    await meter(services, request.tenantId, { requestId: request.requestId, usage })
  }
  return {
    documents: request.documents.length,
    words: request.documents.reduce((sum, { text }) => sum + countWords(text), 0),
    chunks,
  }
}

/** Words of a text: runs without white space. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}

async function embedAll(
  services: RagServices,
  request: IngestRequest,
  work: { readonly chunks: readonly Chunk[]; readonly usage: ProviderUsage[] },
): Promise<readonly (readonly number[])[]> {
  const vectors: (readonly number[])[] = []
  for (let start = 0; start < work.chunks.length; start += textsPerCall) {
    const texts = work.chunks.slice(start, start + textsPerCall).map(({ body }) => body)
    const answer = await services.providers.embedder.embed({
      requestId: `${request.requestId}-${start}`,
      ...services.models.embedding,
      texts,
    })
    vectors.push(...answer.vectors)
    work.usage.push(...answer.usage)
  }
  return vectors
}

function vectorOf(chunk: Chunk, values: readonly number[]): VectorRecord {
  return {
    id: chunk.id,
    values,
    metadata: { documentId: chunk.documentId, ordinal: chunk.ordinal },
  }
}

async function insertDocuments(
  session: TenantSession,
  documents: readonly SourceDocument[],
  at: string,
): Promise<void> {
  await session.query(
    `insert into documents (tenant_id, document_id, title, sha256, words, created_at)
     select $1, document_id, title, sha256, words, $6
       from unnest($2::text[], $3::text[], $4::text[], $5::int[]) as new (document_id, title, sha256, words)`,
    [
      session.tenantId,
      documents.map(({ id }) => id),
      documents.map(({ title }) => title),
      documents.map(({ text }) => sha256(text)),
      documents.map(({ text }) => countWords(text)),
      at,
    ],
  )
}

/** One statement for any number of chunks: COPY is refused on a table with row security. */
export async function insertChunks(
  session: TenantSession,
  chunks: readonly Chunk[],
): Promise<void> {
  await session.query(
    `insert into chunks (tenant_id, chunk_id, document_id, ordinal, body, tokens)
     select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::int[])`,
    [
      session.tenantId,
      chunks.map(({ id }) => id),
      chunks.map(({ documentId }) => documentId),
      chunks.map(({ ordinal }) => ordinal),
      chunks.map(({ body }) => body),
      chunks.map(({ tokens }) => tokens),
    ],
  )
}

async function addToNamespace(
  session: TenantSession,
  records: readonly VectorRecord[],
): Promise<void> {
  const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0)
  await session.query(
    `insert into namespace_sizes (tenant_id, records, bytes) values ($1, $2, $3)
     on conflict (tenant_id) do update set records = namespace_sizes.records + excluded.records,
       bytes = namespace_sizes.bytes + excluded.bytes`,
    [session.tenantId, records.length, bytes],
  )
}
