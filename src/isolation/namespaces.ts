/** The namespace of a tenant in the vector store. */
import type { TenantId } from '../base/tenant-id.ts'

/**
 * Names the one namespace of a tenant. Injective because the id goes in unchanged: nothing is
 * folded, cut or hashed, and the alphabet of ids needs no escaping. The prefix keeps a tenant
 * called `__default__` or `.` from meaning something to the store.
 */
export function namespaceOf(tenantId: TenantId): string {
  return `tenant-${tenantId}`
}
