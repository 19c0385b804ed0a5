/**
 * Offboarding: nothing new is begun for the tenant here, its namespace is emptied, its rows go with
 * its place.
 */
import type { TenantId } from '../base/tenant-id.ts'
import { retireTenant, type Removal } from '../isolation/removal.ts'
import type { RagServices } from './services.ts'

/**
 * Removes a tenant for good; what it used stays in the books. Throws TB_TENANT_UNKNOWN and
 * ProviderError; repeat it after an error.
 */
export async function removeTenant(
  services: RagServices,
  operator: Removal['operator'],
  tenantId: TenantId,
): Promise<void> {
  services.database.directory.remove(tenantId)
  await retireTenant({
    operator,
    clock: services.clock,
    tenantId,
    empty: (place) => services.providers.vectors.deleteNamespace(place),
  })
}
