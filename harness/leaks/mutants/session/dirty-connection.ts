/** A connection that goes back to the pool although nobody knows what is on it. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
/** The mutants. */
export const dirtyConnection: readonly Mutant[] = [
  {
    id: 'session.kept-after-abort',
    vector: 'E04',
    layer: 'session',
    severity: 'critical',
    what: 'a connection whose work was cut off is given to the next one as it is',
    layers: () => ({ decorateDatabase: (database) => layeredPool(database, { keepsDirty: true }) }),
  },
  {
    id: 'session.not-rolled-back',
    vector: 'E04',
    layer: 'session',
    severity: 'critical',
    what: 'after an exception the transaction stays open and the connection in use',
    layers: () => ({
      decorateDatabase: (database) =>
        layeredPool(database, {
          keepsDirty: true,
          rewrite: (text) => (text.startsWith('rollback;') ? 'select 1' : text),
        }),
    }),
  },
]
