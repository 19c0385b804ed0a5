/** A reranker that is handed more than one request at a time. */
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const rerankBatches: readonly Mutant[] = [
  {
    id: 'pipeline.rerank-batch',
    vector: 'F15',
    layer: 'pipeline',
    severity: 'critical',
    what: 'a batch for the reranker still holds the documents of the request before',
    layers: () => ({
      decorate(providers) {
        let before: readonly string[] = []
        return {
          ...providers,
          reranker: {
            async rerank(request) {
              const documents = [...request.documents, ...before].slice(0, 100)
              before = request.documents
              const answer = await providers.reranker.rerank({ ...request, documents })
              return {
                ...answer,
                ranking: answer.ranking.filter(
                  ({ position }) => position < request.documents.length,
                ),
              }
            },
          },
        }
      },
    }),
  },
  {
    id: 'pipeline.rerank-order-by-question',
    vector: 'F24',
    layer: 'pipeline',
    severity: 'low',
    what: 'the order of a reranking is kept by question',
    layers: () => ({
      decorate(providers) {
        const kept = new Map<string, Awaited<ReturnType<typeof providers.reranker.rerank>>>()
        return {
          ...providers,
          reranker: {
            async rerank(request) {
              const answer = kept.get(request.query) ?? (await providers.reranker.rerank(request))
              kept.set(request.query, answer)
              return answer
            },
          },
        }
      },
    }),
    equivalent:
      "What is kept is an order of places, and the texts in those places are the asker's own: " +
      'the answer may be worse, and nothing crosses.',
  },
]
