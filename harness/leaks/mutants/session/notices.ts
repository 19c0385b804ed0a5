/** Notices that reach more than the one whose work raised them. */
import type { Mutant } from '../mutant.ts'
/** The mutant. */
export const noticesToAll: readonly Mutant[] = [
  {
    id: 'session.notices-to-all',
    vector: 'D17',
    layer: 'session',
    severity: 'critical',
    what: 'a notice is told to every tenant',
    layers: () => ({
      decorateDatabase: (database) => ({
        ...database,
        onNotice(_tenantId, message) {
          for (const { id } of database.directory.list()) database.onNotice?.(id, message)
        },
      }),
    }),
  },
]
