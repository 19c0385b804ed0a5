/**
 * The tenants that this process knows: who may be named at all. Asking for an unknown one throws
 * before any I/O.
 */
import { TenantbenchError } from '../base/errors.ts'
import { parseTenantId, type TenantId } from '../base/tenant-id.ts'
import type { Database } from '../db/pool.ts'
import type { Placement } from './placement.ts'

/** A tenant with the place of its vectors. */
export interface Tenant {
  readonly id: TenantId
  readonly name: string
  readonly tier: string
  readonly placement: Placement
}

/** Looks tenants up by id. */
export interface TenantDirectory {
  /** The tenant, or TB_TENANT_INVALID / TB_TENANT_UNKNOWN; never any I/O. */
  require(tenantId: unknown): Tenant
  list(): readonly Tenant[]
  add(tenant: Tenant): void
  /** From now on the tenant is unknown here; unknown ones are no fault. */
  remove(tenantId: TenantId): void
  /** Reads all tenants again: for signups of other processes. */
  refresh(): Promise<void>
}

/**
 * A directory filled from the database, through the operator role. Who was removed has no placement
 * and is not in it.
 */
export async function openTenantDirectory(operator: Database): Promise<TenantDirectory> {
  const tenants = new Map<string, Tenant>()
  const directory: TenantDirectory = {
    require(tenantId) {
      const tenant = tenants.get(parseTenantId(tenantId))
      if (tenant === undefined)
        throw new TenantbenchError('TB_TENANT_UNKNOWN', {
          detail: `No tenant ${JSON.stringify(tenantId)}.`,
        })
      return tenant
    },
    list: () => [...tenants.values()],
    add: (tenant) => void tenants.set(tenant.id, tenant),
    remove: (tenantId) => void tenants.delete(tenantId),
    async refresh() {
      const found = await readTenants(operator)
      tenants.clear()
      for (const tenant of found) tenants.set(tenant.id, tenant)
    },
  }
  await directory.refresh()
  return directory
}

interface TenantRow {
  readonly tenant_id: string
  readonly name: string
  readonly tier: string
  readonly index_name: string
  readonly namespace: string
}

async function readTenants(operator: Database): Promise<readonly Tenant[]> {
  const { rows } = await operator.query<TenantRow & Record<string, unknown>>(
    'select tenant_id, name, tier, index_name, namespace from tenants join placements using ' +
      '(tenant_id) order by tenant_id',
  )
  return rows.map((row) => ({
    id: parseTenantId(row.tenant_id),
    name: row.name,
    tier: row.tier,
    placement: { indexName: row.index_name, namespace: row.namespace },
  }))
}
