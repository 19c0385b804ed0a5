/** Places on their way to the vector store, as a mutant changes them. */
import type { NamespaceRef, Providers } from '../../../../src/index.ts'

/** The providers with every place changed, for writing, reading and removing alike. */
export function withPlaces(
  providers: Providers,
  change: (place: NamespaceRef) => NamespaceRef,
): Providers {
  const { vectors } = providers
  return {
    ...providers,
    vectors: {
      ...vectors,
      upsert: (request) => vectors.upsert({ ...request, place: change(request.place) }),
      query: (query) => vectors.query({ ...query, place: change(query.place) }),
      deleteNamespace: (place) => vectors.deleteNamespace(change(place)),
    },
  }
}
