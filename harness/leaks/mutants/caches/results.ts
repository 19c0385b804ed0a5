/** A cache of database results whose key forgets who asked. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
import type { Row } from '../../../../src/index.ts'
/** The mutant. */
export const resultCache: readonly Mutant[] = [
  {
    id: 'caches.results-by-statement',
    vector: 'F09',
    layer: 'caches',
    severity: 'critical',
    what: 'results are kept by statement and values',
    layers: () => {
      const kept = new Map<string, readonly Row[]>()
      const keyOf = (text: string, values: readonly unknown[]): string =>
        JSON.stringify([text, values])
      const isReading = (text: string): boolean => /^\s*\(?select (?!set_config|pg_)/i.test(text)
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            instead(text, values) {
              const known = isReading(text) ? kept.get(keyOf(text, values)) : undefined
              return known === undefined ? null : Promise.resolve(known)
            },
            answered: (text, values, rows) =>
              void (isReading(text) && kept.set(keyOf(text, values), rows)),
          }),
      }
    },
  },
]
