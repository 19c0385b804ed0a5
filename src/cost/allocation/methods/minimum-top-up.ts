/**
 * A provider's minimum is there for whoever does not reach it. Each tenant's even part of the
 * minimum is what it would have to use; the top-up is shared in proportion to what each falls short
 * of that, so a tenant that uses its part pays no top-up.
 */
import { ratiosOf, type Claimant, type Ratio } from '../method.ts'

/** The ratios of a top-up of so much. */
export function minimumTopUp(claimants: readonly Claimant[], topUp: bigint): readonly Ratio[] {
  const count = BigInt(claimants.length)
  const minimum = claimants.reduce((sum, { ownCost }) => sum + ownCost, topUp)
  // Both sides times the number of tenants, so that an even part of the minimum is whole.
  return ratiosOf(
    claimants.map(({ tenantId, ownCost }) => ({
      tenantId,
      weight: ownCost * count < minimum ? minimum - ownCost * count : 0n,
    })),
  )
}
