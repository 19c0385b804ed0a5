/** Database errors that carry what another request had just read. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
/** The mutant. */
export const errorsWithRows: readonly Mutant[] = [
  {
    id: 'session.errors-with-rows',
    vector: 'D17',
    layer: 'session',
    severity: 'critical',
    what: 'an error says what the statement before has answered',
    layers: () => {
      let last = ''
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            answered: (text, _values, rows) =>
              void (last =
                rows.length === 0 || text.includes('set_config') ? last : JSON.stringify(rows)),
            failed: (error) =>
              void Object.assign(error, { message: `${error.message}; last: ${last}` }),
          }),
      }
    },
  },
]
