/** Everybody the same. */
import { ratiosOf, type Claimant, type Ratio } from '../method.ts'

/** The ratios. */
export function even(claimants: readonly Claimant[]): readonly Ratio[] {
  return ratiosOf(claimants.map(({ tenantId }) => ({ tenantId, weight: 1n })))
}
