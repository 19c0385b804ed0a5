/** Reranking by Pinecone's hosted models. */
import { asCall, attemptsSoFar } from '../call.ts'
import type { Reranker } from '../reranker.ts'
import { pineconeError, type PineconeClient } from './client.ts'

/** The reranker port over the SDK. One request is one billed unit, up to 100 documents. */
export function pineconeReranker(client: PineconeClient): Reranker {
  return {
    rerank: (request) =>
      asCall(request.requestId, async () => {
        const { model, query, documents, topN } = request
        try {
          const { data, usage } = await client.sdk.inference.rerank({
            model,
            query,
            documents: documents.map((text) => ({ text })),
            topN,
            returnDocuments: false,
          })
          const quantities = { 'rerank-requests': usage.rerankUnits ?? 1 }
          return {
            ranking: data.map(({ index, score }) => ({ position: index, score })),
            usage: [
              {
                operation: 'rerank',
                provider: 'pinecone',
                sku: model,
                attempt: attemptsSoFar(),
                outcome: 'completed',
                estimated: false,
                quantities,
              },
            ],
          }
        } catch (error) {
          throw pineconeError(error)
        }
      }),
  }
}
