/**
 * The id of a tenant. The alphabet is narrow on purpose: an id goes unchanged into a row-security
 * context, a namespace and a file name, so two different ids can never meet in one of them, and
 * none of them needs escaping.
 */
import { TenantbenchError } from './errors.ts'

declare const tenantIdBrand: unique symbol

/** A well-formed tenant id. Case counts: `acme` and `Acme` are two tenants. */
export type TenantId = string & { readonly [tenantIdBrand]: true }

/** What a tenant id looks like; the database has the same rule as a CHECK. */
export const tenantIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** Brands a tenant id. Throws TB_TENANT_INVALID on anything that is not a well-formed string. */
export function parseTenantId(value: unknown): TenantId {
  if (typeof value !== 'string' || !tenantIdPattern.test(value)) {
    throw new TenantbenchError('TB_TENANT_INVALID', {
      detail: `Got ${JSON.stringify(value) ?? String(value)}.`,
    })
  }
  return value as TenantId
}
