/**
 * Which PostgreSQL a command uses: the flag, then TENANTBENCH_DATABASE_URL, then the embedded one.
 * Never DATABASE_URL.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import type { LoadedScenario } from '../scenario/parse.ts'

/**
 * The address of the user's server, or null for the embedded one, and where the target brings its
 * own. Throws TB_USAGE before anything is started.
 */
export function databaseUrlFrom(
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  { target }: { readonly target?: LoadedScenario['target'] },
): string | null {
  const flag = given['database-url']
  if (target !== undefined && flag !== undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        '--database-url is for the reference system; the target of this scenario has a database of its own, or none.',
    })
  if (target !== undefined) return null
  const address = typeof flag === 'string' ? flag : (environment['TENANTBENCH_DATABASE_URL'] ?? '')
  if (address === '' && typeof flag !== 'string') return null
  const url = URL.canParse(address) ? new URL(address) : null
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '') return address
  throw new TenantbenchError('TB_USAGE', {
    detail: 'The database address is not of the form postgres://user:password@host:port/database.',
  })
}
