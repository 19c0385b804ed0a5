/**
 * The port to a vector store with indexes and namespaces. No method has a default namespace:
 * forgetting one does not compile.
 */
import type { Metered } from '../base/usage.ts'

/** A place in the store: one namespace of one index. */
export interface NamespaceRef {
  readonly indexName: string
  readonly namespace: string
}

/** A vector as stored. Texts stay in Postgres; the metadata says only where they are. */
export interface VectorRecord {
  readonly id: string
  readonly values: readonly number[]
  readonly metadata: Readonly<Record<string, string | number>>
}

/** Vectors to store in one namespace. */
export interface UpsertRequest {
  readonly requestId: string
  readonly place: NamespaceRef
  readonly records: readonly VectorRecord[]
}

/** A nearest-neighbour question to one namespace. */
export interface VectorQuery {
  readonly requestId: string
  readonly place: NamespaceRef
  readonly vector: readonly number[]
  readonly topK: number
}

/** A neighbour, best first; the score is the cosine. */
export interface VectorMatch {
  readonly id: string
  readonly score: number
}

/** Neighbours found. */
export interface VectorMatches extends Metered {
  readonly matches: readonly VectorMatch[]
}

/**
 * Throws ProviderError TB_PROVIDER_REFUSED or TB_PROVIDER_UNAVAILABLE from every method;
 * TB_TENANT_INVALID before any request when the namespace is empty.
 */
export interface VectorStore {
  /** Creates the index if there is none of that name; returns when it is ready. */
  ensureIndex(indexName: string, dimensions: number): Promise<void>
  upsert(request: UpsertRequest): Promise<Metered>
  query(request: VectorQuery): Promise<VectorMatches>
  /** Removes a namespace with all its vectors; a namespace that is not there is no fault. */
  deleteNamespace(place: NamespaceRef): Promise<void>
  /** Removes an index with all its namespaces; one that is not there is no fault. */
  deleteIndex(indexName: string): Promise<void>
}
