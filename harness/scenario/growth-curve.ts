/**
 * How many tenants a fleet has at each moment on average, and what signups that takes while tenants
 * leave. Signups replace those who leave: their rate is the slope of the curve plus the hazard of
 * leaving times the tenants there are.
 */

/**
 * The mean of a fleet over time. `toTenants` is what is there at the end, not what has ever signed
 * up.
 */
export interface GrowthCurve {
  readonly fromTenants: number
  readonly toTenants: number
  readonly overSeconds: number
  readonly curve: 'linear' | 'exponential'
  /** Of the tenants at the beginning of a month, those who are gone at its end; below 100. */
  readonly churnPctPerMonth: number
}

/** A month is a twelfth of 365.25 days. */
export const secondsPerMonth = 30.4375 * 86_400

/**
 * The rate at which one tenant leaves: a month is survived with probability 1 - churn, so it is
 * -ln(1 - churn) a month.
 */
export function hazardPerSecond({
  churnPctPerMonth,
}: Pick<GrowthCurve, 'churnPctPerMonth'>): number {
  return -Math.log1p(-churnPctPerMonth / 100) / secondsPerMonth
}

/**
 * Signups the curve takes in all: the tenants gained, and the hazard times the integral of the
 * tenants there are.
 */
export function expectedSignups(growth: GrowthCurve): number {
  const { fromTenants, toTenants, overSeconds, curve } = growth
  const meanTenants =
    curve === 'linear' || fromTenants === toTenants
      ? (fromTenants + toTenants) / 2
      : (toTenants - fromTenants) / Math.log(toTenants / fromTenants)
  return toTenants - fromTenants + hazardPerSecond(growth) * overSeconds * meanTenants
}

/**
 * The lowest rate of signups on the way. Below zero, tenants would have to be sent away: churn
 * alone is slower than the curve.
 */
export function lowestRatePerSecond(growth: GrowthCurve): number {
  const { fromTenants, toTenants, overSeconds, curve } = growth
  const fewest = Math.min(fromTenants, toTenants)
  const slope =
    curve === 'linear'
      ? (toTenants - fromTenants) / overSeconds
      : (fewest * Math.log(toTenants / fromTenants)) / overSeconds
  return slope + hazardPerSecond(growth) * fewest
}

/**
 * The moment by which so many signups are expected: the inverse of their integrated rate. Linear
 * from n with slope s, hazard h: (s + hn)t + hst²/2, by the form of the root that has no
 * cancellation. Exponential with rate g: n(1 + h/g)(exp(gt) - 1).
 */
export function momentOf(growth: GrowthCurve, signups: number): number {
  const { fromTenants, toTenants, overSeconds, curve } = growth
  const hazard = hazardPerSecond(growth)
  if (curve === 'linear' || fromTenants === toTenants) {
    const slope = (toTenants - fromTenants) / overSeconds
    const atFirst = slope + hazard * fromTenants
    return (
      (2 * signups) /
      (atFirst + Math.sqrt(Math.max(0, atFirst * atFirst + 2 * hazard * slope * signups)))
    )
  }
  const rate = Math.log(toTenants / fromTenants) / overSeconds
  return Math.log1p((signups * rate) / ((rate + hazard) * fromTenants)) / rate
}
