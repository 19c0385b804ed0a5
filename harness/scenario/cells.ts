/**
 * From the matrix to cells: each tenant with its current configuration and every variant of the
 * scenario, none twice.
 */
import { sha256 } from '../../src/base/random.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import type { Scenario } from './resolve.ts'
import type { ScenarioVariant } from './schema.ts'

/** A configuration with its id. */
export interface Variant extends Readonly<ScenarioVariant> {
  readonly id: string
}

/** One tenant under one variant. */
export interface Cell {
  readonly id: string
  readonly tenantId: TenantId
  readonly variant: Variant
  readonly isCurrent: boolean
}

/**
 * The id of a variant: a hash of what it sets, so that the same configuration has one id in every
 * run.
 */
export function withVariantId({ model, topK, rerank }: ScenarioVariant): Variant {
  return { id: sha256(JSON.stringify([model, topK, rerank])).slice(0, 10), model, topK, rerank }
}

/** All cells, tenant by tenant, the current one first. */
export function cellsOf(scenario: Pick<Scenario, 'tenants' | 'variants'>): readonly Cell[] {
  return scenario.tenants.flatMap((tenant) => {
    const tenantId = parseTenantId(tenant.id)
    const current = withVariantId(tenant.current)
    const variants = new Map(
      [current, ...scenario.variants.map(withVariantId)].map((variant) => [variant.id, variant]),
    )
    return [...variants.values()].map((variant) => ({
      id: `${tenantId}/${variant.id}`,
      tenantId,
      variant,
      isCurrent: variant.id === current.id,
    }))
  })
}
