/**
 * What embedding, vector queries and reranking take in time. Embedding: order of magnitude from a
 * vendor comparison of 20 APIs (2025-05), low trust. Queries: a raw, repeated single-client
 * benchmark of Pinecone serverless (2026-06), server side plus one network round trip. Reranking: a
 * published Cohere 3.5 benchmark on a dedicated unit.
 */

/** A latency with a log-normal shape. */
export interface LatencyProfile {
  readonly medianMs: number
  readonly sigma: number
}

/** An embedding model with its limits. */
export interface EmbeddingProfile {
  readonly model: string
  readonly maxDimensions: number
  readonly maxInputTokens: number
  readonly latency: LatencyProfile
}

/** Embedding models that the local services know. */
export const embeddingProfiles: readonly EmbeddingProfile[] = [
  {
    model: 'text-embedding-3-small',
    maxDimensions: 1_536,
    maxInputTokens: 8_191,
    latency: { medianMs: 280, sigma: 0.5 },
  },
  {
    model: 'text-embedding-3-large',
    maxDimensions: 3_072,
    maxInputTokens: 8_191,
    latency: { medianMs: 300, sigma: 0.5 },
  },
]

/** A reranker with its limit. */
export interface RerankerProfile {
  readonly model: string
  readonly maxDocuments: number
  readonly latency: LatencyProfile
}

/** Rerankers that the local services know. */
export const rerankerProfiles: readonly RerankerProfile[] = [
  { model: 'bge-reranker-v2-m3', maxDocuments: 100, latency: { medianMs: 250, sigma: 0.3 } },
]

/** Reads and writes of the vector store. */
export const storeProfile = {
  query: { medianMs: 60, sigma: 0.25 },
  upsert: { medianMs: 120, sigma: 0.3 },
} as const satisfies Record<string, LatencyProfile>
