/** Searches that look further than the asker's namespace. */
import type { Mutant } from '../mutant.ts'
import type { NamespaceRef, Providers } from '../../../../src/index.ts'
type Vectors = Providers['vectors']

/** A store that remembers all places that were written to, and a way of asking it. */
function withKnownPlaces(
  providers: Providers,
  query: (vectors: Vectors, places: readonly NamespaceRef[]) => Vectors['query'],
): Providers {
  const places = new Map<string, NamespaceRef>()
  const { vectors } = providers
  const note = (place: NamespaceRef): void =>
    void places.set(`${place.indexName} ${place.namespace}`, place)
  return {
    ...providers,
    vectors: {
      ...vectors,
      async upsert(request) {
        note(request.place)
        return vectors.upsert(request)
      },
      async query(asked) {
        note(asked.place)
        return query(vectors, [...places.values()])(asked)
      },
    },
  }
}

const everywhere =
  (vectors: Vectors, places: readonly NamespaceRef[]): Vectors['query'] =>
  async (asked) => {
    const found = await Promise.all(places.map((place) => vectors.query({ ...asked, place })))
    const matches = found
      .flatMap((each) => each.matches)
      .sort((one, other) => other.score - one.score)
      .slice(0, asked.topK)
    return { matches, usage: found[0]?.usage ?? [] }
  }

/** The mutants. */
export const farSearches: readonly Mutant[] = [
  {
    id: 'vectors.search-everywhere',
    vector: 'F02',
    layer: 'vectors',
    severity: 'critical',
    what: 'every namespace is searched and the best are taken',
    layers: () => ({ decorate: (providers) => withKnownPlaces(providers, everywhere) }),
  },
  {
    id: 'vectors.filled-up',
    vector: 'F02',
    layer: 'vectors',
    severity: 'critical',
    what: 'where a namespace holds fewer than were asked for, others fill up',
    layers: () => ({
      decorate: (providers) =>
        withKnownPlaces(providers, (vectors, places) => async (asked) => {
          const own = await vectors.query(asked)
          return own.matches.length >= asked.topK ? own : everywhere(vectors, places)(asked)
        }),
    }),
  },
  {
    id: 'vectors.namespace-from-question',
    vector: 'F04',
    layer: 'vectors',
    severity: 'critical',
    what: 'a namespace that the question names is used',
    layers: () => {
      const named = new Map<string, string>()
      return {
        decorate: (providers) => ({
          ...providers,
          embedder: {
            async embed(request) {
              const name = /namespace"?: ?"?(tenant-[A-Za-z0-9._-]+)/.exec(
                request.texts[0] ?? '',
              )?.[1]
              if (name !== undefined) named.set(request.requestId, name)
              return providers.embedder.embed(request)
            },
          },
          vectors: {
            ...providers.vectors,
            query: (asked) =>
              providers.vectors.query({
                ...asked,
                place: {
                  ...asked.place,
                  namespace: named.get(asked.requestId) ?? asked.place.namespace,
                },
              }),
          },
        }),
      }
    },
  },
  {
    id: 'vectors.namespace-from-request-id',
    vector: 'F04',
    layer: 'vectors',
    severity: 'critical',
    what: 'a namespace that the request id names is used',
    layers: () => ({
      decorate: (providers) => ({
        ...providers,
        vectors: {
          ...providers.vectors,
          query: (asked) =>
            providers.vectors.query({
              ...asked,
              place: {
                ...asked.place,
                namespace: /[.](tenant-.+)$/.exec(asked.requestId)?.[1] ?? asked.place.namespace,
              },
            }),
        },
      }),
    }),
  },
]
