/** The roles that are named: by name, or by the address with which they log in. */
import pg from 'pg'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import type { NamedRole } from '../../src/index.ts'

const connectTimeoutMs = 5_000

/**
 * Reads --role. An address is logged in with once: the role is who the server says it is. Throws
 * TB_DATABASE_UNREACHABLE, TB_USAGE.
 */
export async function rolesFrom(
  given: Readonly<Record<string, unknown>>,
): Promise<readonly NamedRole[]> {
  const named = Array.isArray(given['role']) ? given['role'].map(String) : []
  return Promise.all(
    named.map(async (text): Promise<NamedRole> =>
      /^postgres(ql)?:\/\//.test(text) ? loggedIn(text) : byName(text),
    ),
  )
}

function byName(role: string): NamedRole {
  if (role === '') throw new TenantbenchError('TB_USAGE', { detail: '--role is empty.' })
  return { role, how: 'impersonation' }
}

async function loggedIn(address: string): Promise<NamedRole> {
  const user = URL.canParse(address) ? decodeURIComponent(new URL(address).username) : ''
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'tenantbench audit',
    options: '-c search_path=',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ role: string }>(
      'select session_user::pg_catalog.text as role',
    )
    return { role: rows[0]?.role ?? user, how: 'login' }
  } catch (error) {
    throw new TenantbenchError('TB_DATABASE_UNREACHABLE', {
      detail: `Role ${user} cannot log in: ${messageOf(error)}.`,
      cause: error,
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}
