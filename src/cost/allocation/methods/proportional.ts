/** In proportion to what each has: queries, own cost, or bytes stored. */
import { ratiosOf, type Claimant, type Ratio } from '../method.ts'

/** What is counted. */
export type ProportionalTo = 'queries' | 'ownCost' | 'storedBytes'

/** The ratios. */
export function proportional(claimants: readonly Claimant[], to: ProportionalTo): readonly Ratio[] {
  return ratiosOf(
    claimants.map((claimant) => ({ tenantId: claimant.tenantId, weight: BigInt(claimant[to]) })),
  )
}
