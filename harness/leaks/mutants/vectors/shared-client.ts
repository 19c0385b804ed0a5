/** One client for all requests, which keeps the namespace that was set last. */
import type { Mutant } from '../mutant.ts'
/** For reading and for writing. */
export const sharedClient: readonly Mutant[] = [
  {
    id: 'vectors.shared-client-reads',
    vector: 'F22',
    layer: 'vectors',
    severity: 'critical',
    what: 'the namespace is a field of the client that all requests share',
    layers: () => ({
      decorate(providers) {
        let { place } = { place: { indexName: '', namespace: '' } }
        return {
          ...providers,
          vectors: {
            ...providers.vectors,
            async query(asked) {
              place = asked.place
              await Promise.resolve()
              await new Promise((resolve) => setImmediate(resolve))
              return providers.vectors.query({ ...asked, place })
            },
          },
        }
      },
    }),
  },
  {
    id: 'vectors.shared-client-writes',
    vector: 'F22',
    layer: 'vectors',
    severity: 'critical',
    what: 'records are written to the namespace that was set last',
    layers: () => ({
      decorate(providers) {
        let { place } = { place: { indexName: '', namespace: '' } }
        return {
          ...providers,
          vectors: {
            ...providers.vectors,
            async upsert(request) {
              const before = place
              place = request.place
              return providers.vectors.upsert({
                ...request,
                place: before.namespace === '' ? place : before,
              })
            },
          },
        }
      },
    }),
  },
]
