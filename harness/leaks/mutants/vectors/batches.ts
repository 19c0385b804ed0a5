/** Records of several tenants that are written in batches. */
import type { Mutant } from '../mutant.ts'
import type { Providers } from '../../../../src/index.ts'
type Upsert = Parameters<Providers['vectors']['upsert']>[0]

/** The mutant. */
export const vectorBatches: readonly Mutant[] = [
  {
    id: 'vectors.batch-spills-over',
    vector: 'F15',
    layer: 'vectors',
    severity: 'critical',
    what: 'the last record of a batch goes with the next one',
    layers: () => ({
      decorate(providers) {
        let waiting: Upsert['records'] = []
        return {
          ...providers,
          vectors: {
            ...providers.vectors,
            async upsert(request) {
              const records = [...waiting, ...request.records]
              waiting = request.records.slice(-1)
              return providers.vectors.upsert({ ...request, records })
            },
          },
        }
      },
    }),
  },
]
