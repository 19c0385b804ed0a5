/** Caches between question and passages. */
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const retrievalCaches: readonly Mutant[] = [
  {
    id: 'caches.matches-by-vector',
    vector: 'F10',
    layer: 'caches',
    severity: 'critical',
    what: 'matches are kept by the vector of the question',
    layers: () => ({
      decorate(providers) {
        const kept = new Map<string, Awaited<ReturnType<typeof providers.vectors.query>>>()
        const keyed = async (
          query: Parameters<typeof providers.vectors.query>[0],
        ): ReturnType<typeof providers.vectors.query> => {
          const key = JSON.stringify(query.vector)
          const found = kept.get(key) ?? (await providers.vectors.query(query))
          kept.set(key, found)
          return found
        }
        return { ...providers, vectors: { ...providers.vectors, query: keyed } }
      },
    }),
  },
  {
    id: 'caches.embeddings-by-text',
    vector: 'F11',
    layer: 'caches',
    severity: 'low',
    what: 'vectors are kept by text',
    layers: () => ({
      decorate(providers) {
        const kept = new Map<string, Awaited<ReturnType<typeof providers.embedder.embed>>>()
        const keyed = async (
          request: Parameters<typeof providers.embedder.embed>[0],
        ): ReturnType<typeof providers.embedder.embed> => {
          const key = JSON.stringify(request.texts)
          const found = kept.get(key) ?? (await providers.embedder.embed(request))
          kept.set(key, found)
          return found
        }
        return { ...providers, embedder: { embed: keyed } }
      },
    }),
    equivalent:
      'The same text has the same vector for everybody: no content crosses. That somebody else ' +
      'had it embedded shows in time and cost alone.',
  },
]
