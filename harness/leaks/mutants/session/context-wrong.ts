/** A connection that is given another tenant than the one whose work it does, or none. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
/** The mutants. */
export const contextWrong: readonly Mutant[] = [
  {
    id: 'session.context-of-the-one-before',
    vector: 'E20',
    layer: 'session',
    severity: 'critical',
    what: 'the tenant is set after the statement, so that it counts for the next one',
    layers: () => {
      let before = ''
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            context: (tenantId) => {
              const stale = before === '' ? tenantId : before
              before = tenantId
              return stale
            },
          }),
      }
    },
  },
  {
    id: 'session.context-of-the-failed',
    vector: 'E20',
    layer: 'session',
    severity: 'critical',
    what: 'after an error the next work is done as the tenant that failed',
    layers: () => {
      let failed: string | null = null
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            failed: (_error, tenantId) => void (failed = tenantId),
            context: (tenantId) => {
              const used = failed ?? tenantId
              failed = null
              return used
            },
          }),
      }
    },
  },
  {
    id: 'session.context-once-a-connection',
    vector: 'E16',
    layer: 'session',
    severity: 'critical',
    what: "the first tenant of a process is every connection's",
    layers: () => {
      let first: string | null = null
      return {
        decorateDatabase: (database) =>
          layeredPool(database, { context: (tenantId) => (first ??= tenantId) }),
      }
    },
  },
  {
    id: 'session.context-forgotten',
    vector: 'E03',
    layer: 'session',
    severity: 'low',
    what: 'no tenant is set',
    layers: () => ({
      decorateDatabase: (database) => layeredPool(database, { context: () => '' }),
    }),
    equivalent:
      'Policies show nothing to whoever names no tenant, and the connection has none left from ' +
      'before: an outage and no leak.',
  },
]
