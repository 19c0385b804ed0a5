/** Texts that are fetched with more rights than the asker has. */
import type { Mutant } from '../mutant.ts'
import type { Row } from '../../../../src/index.ts'
import { layeredPool } from '../pool-layer.ts'
const isHydration = (text: string): boolean => text.includes('with ordinality as wanted')

/** The mutants. */
export const hydration: readonly Mutant[] = [
  {
    id: 'pipeline.hydrated-by-superuser',
    vector: 'F08',
    layer: 'pipeline',
    severity: 'critical',
    what: 'texts are fetched on a connection that row security does not bind',
    layers: ({ admin }) => ({
      decorateDatabase: (database) =>
        layeredPool(database, {
          instead: (text, values) =>
            isHydration(text)
              ? admin
                  .query(
                    text.replace('(select bytes from namespace_sizes)', '0'),
                    values as readonly string[],
                  )
                  .then(({ rows }) => rows)
              : null,
        }),
    }),
  },
  {
    id: 'pipeline.hydrated-from-cache',
    vector: 'F08',
    layer: 'pipeline',
    severity: 'critical',
    what: 'texts are kept by chunk id and given to whoever has the id',
    layers: () => ({
      decorateDatabase(database) {
        const kept = new Map<string, Row>()
        return layeredPool(database, {
          answered: (text, _values, rows) =>
            rows.forEach((row) => isHydration(text) && kept.set(String(row['chunkId']), row)),
          instead(text, values) {
            const wanted = Array.isArray(values[0]) ? values[0].map(String) : []
            const known = isHydration(text) ? wanted.flatMap((id) => kept.get(id) ?? []) : []
            return known.length === 0 ? null : Promise.resolve(known)
          },
        })
      },
    }),
  },
]
