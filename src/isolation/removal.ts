/**
 * The end of a tenant. Its place is locked first, so that what is being written is waited for and
 * nothing new begins; then its vectors go, then its place and with it every row. A removal that
 * breaks off may be repeated; the id is never given again.
 */
import { isoTime, type Clock } from '../base/clock.ts'
import { TenantbenchError } from '../base/errors.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { Client, Database } from '../db/pool.ts'
import { inTransaction } from '../db/transaction.ts'
import type { Placement } from './placement.ts'
import { contextStatement, forgetContext } from './scoped-statement.ts'

/** Who is removed, and by whom. `empty` takes the vectors away; it may find none. */
export interface Removal {
  readonly operator: Database
  readonly clock: Clock
  readonly tenantId: TenantId
  empty(place: Placement): Promise<void>
}

/**
 * Removes a tenant's content, configuration and place. Throws TB_TENANT_UNKNOWN, also when it was
 * removed before.
 */
export async function retireTenant({ operator, clock, tenantId, empty }: Removal): Promise<void> {
  const work = async (client: Client): Promise<void> => {
    const { rows } = await client.query<{ indexName: string; namespace: string }>(
      'select index_name as "indexName", namespace from placements where tenant_id = $1 for update',
      [tenantId],
    )
    const [place] = rows
    if (place === undefined)
      throw new TenantbenchError('TB_TENANT_UNKNOWN', {
        detail: `No tenant ${JSON.stringify(tenantId)} has a place.`,
      })
    await empty(place)
    await client.query({ ...contextStatement, values: [tenantId] })
    await client.query('delete from placements where tenant_id = $1', [tenantId])
    await client.query("update tenants set name = '', removed_at = $2 where tenant_id = $1", [
      tenantId,
      isoTime(clock.nowMs()),
    ])
  }
  await inTransaction(operator, work, { afterwards: forgetContext })
}
