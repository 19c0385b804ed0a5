/**
 * What a way of sharing out is: tenants in, ratios out. The ratios are stored with every line, and
 * the rest is unallocated.
 */
import type { Fraction } from '../../base/fraction.ts'
import type { TenantId } from '../../base/tenant-id.ts'

/** A tenant as a claimant of shared cost. */
export interface Claimant {
  readonly tenantId: TenantId
  readonly queries: number
  readonly storedBytes: number
  /** What its own use costs at the provider whose cost is shared out, in pico-dollars. */
  readonly ownCost: bigint
}

/** A tenant's part of a shared amount. */
export interface Ratio {
  readonly tenantId: TenantId
  readonly ratio: Fraction
}

/** The methods that a scenario may name for what all its tenants share. */
export const allocationMethods = ['even', 'proportional-to-queries'] as const
/** A method that a scenario may name. */
export type AllocationMethod = (typeof allocationMethods)[number]

/** A rule for a shared component. */
export type AllocationRule =
  | {
      readonly method:
        | 'even'
        | 'proportional-to-queries'
        | 'proportional-to-cost'
        | 'proportional-to-stored-bytes'
        | 'minimum-top-up'
    }
  | { readonly method: 'fixed-share'; readonly shares: ReadonlyMap<TenantId, Fraction> }
  | { readonly method: 'idle'; readonly utilisation: Fraction }

/** How a line came to its amount. */
export type AllocationMethodId = 'direct' | 'adjustment' | AllocationRule['method']

/**
 * Ratios from weights: each weight over all of them; with no weight at all everybody counts the
 * same.
 */
export function ratiosOf(
  weights: readonly { readonly tenantId: TenantId; readonly weight: bigint }[],
): readonly Ratio[] {
  const total = weights.reduce((sum, { weight }) => sum + weight, 0n)
  return weights.map(({ tenantId, weight }) => ({
    tenantId,
    ratio:
      total === 0n
        ? { numerator: 1n, denominator: BigInt(weights.length) }
        : { numerator: weight, denominator: total },
  }))
}
