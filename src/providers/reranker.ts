/** The port to a reranker. */
import type { Metered } from '../base/usage.ts'

/** Texts to put in order for a question. */
export interface RerankRequest {
  readonly requestId: string
  readonly model: string
  readonly query: string
  readonly documents: readonly string[]
  readonly topN: number
}

/** The best first: the position each text had in the request, and its score. */
export interface RerankAnswer extends Metered {
  readonly ranking: readonly { readonly position: number; readonly score: number }[]
}

/** Reorders texts. Throws ProviderError TB_PROVIDER_REFUSED or TB_PROVIDER_UNAVAILABLE. */
export interface Reranker {
  rerank(request: RerankRequest): Promise<RerankAnswer>
}
