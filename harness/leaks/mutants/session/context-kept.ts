/** A tenant that stays on the connection after its work. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
const forSession = (text: string): string => text.replace('$1, true)', '$1, false)')
const notForgotten = (text: string): string =>
  text === "select set_config('tenantbench.tenant_id', '', false)"
    ? 'select 1'
    : text.replace('reset tenantbench.tenant_id', 'select 1')

/** The mutants. */
export const contextKept: readonly Mutant[] = [
  {
    id: 'session.set-for-session',
    vector: 'E01',
    layer: 'session',
    severity: 'critical',
    what: 'the tenant is set for the session and nothing clears it',
    layers: () => ({
      decorateDatabase: (database) =>
        layeredPool(database, { rewrite: (text) => notForgotten(forSession(text)) }),
    }),
  },
  {
    id: 'session.set-for-session-but-cleared',
    vector: 'E01',
    layer: 'session',
    severity: 'critical',
    what: 'the tenant is set for the session, and the clearing that is there anyway stays',
    layers: () => ({
      decorateDatabase: (database) => layeredPool(database, { rewrite: forSession }),
    }),
    equivalent:
      "The clearing runs in the same message group and in COMMIT's own round trip, a rollback " +
      'undoes the setting, and a connection that is cut is thrown away.',
  },
  {
    id: 'session.not-cleared',
    vector: 'E01',
    layer: 'session',
    severity: 'high',
    what: 'what the work itself sets for the session is not cleared',
    layers: () => ({
      decorateDatabase: (database) => layeredPool(database, { rewrite: notForgotten }),
    }),
  },
]
