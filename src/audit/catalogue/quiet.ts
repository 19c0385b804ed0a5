/** Coming into a database without waking what lies in wait for whoever comes in. */
import pg from 'pg'

const quiet = '-c event_triggers=off'

/** Unknown before PostgreSQL 17; refused to who is no superuser. */
const notTaken = new Set(['42704', '42501'])

/**
 * What a session begins with so that no login trigger fires: it would run with a superuser's rights when a superuser comes in.
 * Undefined where the server does not take it; then whoever connects has no more rights than the trigger's owner may use.
 * Throws the driver's error when the server cannot be reached.
 */
export async function quietOptions(config: pg.ClientConfig): Promise<string | undefined> {
  const client = new pg.Client({ ...config, application_name: 'tenantbench audit', options: quiet })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return quiet
  } catch (error) {
    if (error instanceof pg.DatabaseError && notTaken.has(error.code ?? '')) return undefined
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}
