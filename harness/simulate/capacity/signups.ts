/**
 * Who signs up and leaves when, drawn from a description of growth. The number of signups of a
 * curve is its expectation, rounded; their moments are independent draws from its rate, so that
 * without churn 0 to 1,000 means 1,000 signups. How many leave is chance.
 */
import { randomFor } from '../../../src/base/random.ts'
import { expectedSignups, hazardPerSecond, momentOf } from '../../scenario/growth-curve.ts'
import type { WrittenGrowth } from '../../scenario/growth-schema.ts'

/** Signups in the order of their moments; a tenant is its position. */
export interface Signups {
  /** Ascending, and none after `untilSeconds`. */
  readonly atSeconds: Float64Array
  /**
   * Not before the signup; Infinity of those who stay, and after `untilSeconds` it makes no
   * difference.
   */
  readonly leavesAtSeconds: Float64Array
  /** The first so many tenants are there at 0 already: they are placed, but did not sign up. */
  readonly present: number
  readonly untilSeconds: number
}

/**
 * Draws signups. One seed and one growth give the same signups; a campaign more leaves all others
 * where they were.
 */
export function drawSignups(growth: WrittenGrowth, seed: number): Signups {
  const { fromTenants, overSeconds, campaigns } = growth
  const expected = expectedSignups(growth)
  const parts = [
    part({ growth, key: [seed, 'growth', 'present'], count: fromTenants, momentAt: () => 0 }),
    part({
      growth,
      key: [seed, 'growth', 'curve'],
      count: Math.max(0, Math.round(expected)),
      momentAt: (share) => momentOf(growth, share * expected),
    }),
    ...campaigns.map((campaign, at) =>
      part({
        growth,
        key: [seed, 'growth', 'campaign', at],
        count: campaign.signups,
        momentAt: (share) => campaign.atSeconds + share * campaign.overSeconds,
      }),
    ),
  ]
  return { ...merge(parts, overSeconds), present: fromTenants, untilSeconds: overSeconds }
}

interface PartOptions {
  readonly growth: WrittenGrowth
  readonly key: readonly (string | number)[]
  readonly count: number
  /** The moment at a share in [0, 1) of the part's signups. */
  readonly momentAt: (share: number) => number
}

type Part = Pick<Signups, 'atSeconds' | 'leavesAtSeconds'>

/**
 * Moments are sorted before lifetimes are drawn: a lifetime is exponential and knows nothing of its
 * moment.
 */
function part({ growth, key, count, momentAt }: PartOptions): Part {
  const [moments, lifetimes] = [randomFor([...key, 'moments']), randomFor([...key, 'lifetimes'])]
  const hazard = hazardPerSecond(growth)
  const atSeconds = Float64Array.from({ length: count }, () => momentAt(moments.unit())).sort()
  const leavesAtSeconds = atSeconds.map((at) =>
    hazard === 0 ? Infinity : at - Math.log(1 - lifetimes.unit()) / hazard,
  )
  return { atSeconds, leavesAtSeconds }
}

/** One list of all parts, those of an earlier part first where moments are equal. */
function merge(parts: readonly Part[], untilSeconds: number): Part {
  const [moments, leaving] = [
    parts.flatMap(({ atSeconds }) => [...atSeconds]),
    parts.flatMap(({ leavesAtSeconds }) => [...leavesAtSeconds]),
  ]
  const order = Uint32Array.from(moments.keys()).sort(
    (one, other) => (moments[one] ?? 0) - (moments[other] ?? 0) || one - other,
  )
  // The root of a curve may round to a hair after its end.
  return {
    atSeconds: Float64Array.from(order, (at) => Math.min(moments[at] ?? 0, untilSeconds)),
    leavesAtSeconds: Float64Array.from(order, (at) => leaving[at] ?? Infinity),
  }
}
