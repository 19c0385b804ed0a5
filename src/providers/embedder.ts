/** The port to an embedding model. */
import type { Metered } from '../base/usage.ts'

/** Texts to embed with one model, in one call. */
export interface EmbedRequest {
  readonly requestId: string
  readonly model: string
  readonly dimensions: number
  readonly texts: readonly string[]
}

/** One vector per text, in the same order. */
export interface Embeddings extends Metered {
  readonly vectors: readonly (readonly number[])[]
}

/**
 * Embeds texts. Throws ProviderError: TB_INPUT_TOO_LONG, TB_PROVIDER_REFUSED,
 * TB_PROVIDER_UNAVAILABLE.
 */
export interface Embedder {
  embed(request: EmbedRequest): Promise<Embeddings>
}
