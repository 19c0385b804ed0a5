/** Which PostgreSQL a command uses: the flag, then TENANTBENCH_DATABASE_URL, then the embedded one. Never DATABASE_URL. */
import { TenantbenchError } from '../../src/base/errors.ts'

/** The address of the user's server, or null for the embedded one. Throws TB_USAGE before anything is started. */
export function databaseUrlFrom(given: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string | undefined>>): string | null {
  const flag = given['database-url']
  const address = typeof flag === 'string' ? flag : (environment['TENANTBENCH_DATABASE_URL'] ?? '')
  if (address === '' && typeof flag !== 'string') return null
  const url = URL.canParse(address) ? new URL(address) : null
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '') return address
  throw new TenantbenchError('TB_USAGE', { detail: 'The database address is not of the form postgres://user:password@host:port/database.' })
}
