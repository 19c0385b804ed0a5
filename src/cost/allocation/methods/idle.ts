/**
 * Capacity that is paid for whether it is used or not. The used part goes by queries; what stood
 * idle is nobody's use and stays unallocated, in sight (OpenCost: what is priced by use cannot be
 * idle).
 */
import type { Fraction } from '../../../base/fraction.ts'
import { ratiosOf, type Claimant, type Ratio } from '../method.ts'

/** The ratios, at a utilisation between 0 and 1. */
export function idle(claimants: readonly Claimant[], utilisation: Fraction): readonly Ratio[] {
  const byQueries = ratiosOf(
    claimants.map(({ tenantId, queries }) => ({ tenantId, weight: BigInt(queries) })),
  )
  return byQueries.map(({ tenantId, ratio }) => ({
    tenantId,
    ratio: {
      numerator: ratio.numerator * utilisation.numerator,
      denominator: ratio.denominator * utilisation.denominator,
    },
  }))
}
