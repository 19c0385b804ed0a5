/**
 * Shares that were agreed on. What they leave is unallocated; a share of somebody who is not there
 * is, too.
 */
import type { Fraction } from '../../../base/fraction.ts'
import type { TenantId } from '../../../base/tenant-id.ts'
import type { Claimant, Ratio } from '../method.ts'

/** The ratios. */
export function fixedShare(
  claimants: readonly Claimant[],
  shares: ReadonlyMap<TenantId, Fraction>,
): readonly Ratio[] {
  return claimants.flatMap(({ tenantId }) => {
    const ratio = shares.get(tenantId)
    return ratio === undefined ? [] : [{ tenantId, ratio }]
  })
}
