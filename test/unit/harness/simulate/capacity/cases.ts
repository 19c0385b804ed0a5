/** Signups and options for the tests of capacity, written or drawn by fast-check. */
import fc from 'fast-check'
import { growthSchema, type WrittenGrowth } from '../../../../../harness/scenario/growth-schema.ts'
import type { CapacityOptions } from '../../../../../harness/simulate/capacity/simulate-capacity.ts'
import type { Signups } from '../../../../../harness/simulate/capacity/signups.ts'
import type { FleetEvent } from '../../../../../harness/simulate/capacity/fleet.ts'

/** A day in seconds. */
export const daySeconds = 86_400

/** Signups by hand: each a moment, or a moment and that of leaving. */
export function signupsOf(
  stays: readonly (number | readonly [at: number, leaves: number])[],
  untilSeconds = 1_000_000,
): Signups {
  const pairs = stays.map((stay) => (typeof stay === 'number' ? ([stay, Infinity] as const) : stay))
  return {
    atSeconds: Float64Array.from(pairs, ([at]) => at),
    leavesAtSeconds: Float64Array.from(pairs, ([, leaves]) => leaves),
    present: 0,
    untilSeconds,
  }
}

/** So many signups at a fixed distance, from 0. */
export const everySeconds = (distance: number, count: number): Signups =>
  signupsOf(Array.from({ length: count }, (_each, at) => at * distance))

/** A growth that the schema takes. */
export function growthOf(growth: Partial<WrittenGrowth>): WrittenGrowth {
  return growthSchema.parse({
    fromTenants: 0,
    toTenants: 1_000,
    overSeconds: 30 * daySeconds,
    curve: 'linear',
    ...growth,
  })
}

/** Options with the usual limits and a lead time of ten minutes. */
export function optionsOf(
  signups: Signups,
  changes: Partial<CapacityOptions> = {},
): CapacityOptions {
  return {
    signups,
    limits: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
    leadTimeSeconds: 600,
    maxIndexes: null,
    indexPrefix: 'index',
    ...changes,
  }
}

/** An event on one line. */
export const lineOf = ({ atSeconds, event, index, namespaces }: FleetEvent): string =>
  `${atSeconds} ${event} ${index} ${namespaces}`

/** Small fleets with everything that can happen: ties, churn, quotas, long and no lead times. */
export const someOptions: fc.Arbitrary<CapacityOptions> = fc
  .record({
    stays: fc.array(fc.tuple(fc.nat(60), fc.oneof(fc.nat(30), fc.constant(Infinity))), {
      maxLength: 60,
    }),
    operatingLimit: fc.integer({ min: 1, max: 6 }),
    alertShare: fc.double({ min: 0, max: 1, noNaN: true }),
    leadTimeSeconds: fc.oneof(fc.constant(0), fc.nat(40)),
    maxIndexes: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 5 })),
    initialIndexes: fc.nat(3),
  })
  .map(({ stays, operatingLimit, alertShare, ...rest }) => {
    const sorted = stays
      .map(([at, length]) => [at, at + length] as const)
      .sort(([one], [other]) => one - other)
    const limits = {
      namespaceLimit: operatingLimit + 1,
      operatingLimit,
      alertAt: 1 + Math.round(alertShare * (operatingLimit - 1)),
    }
    return optionsOf(signupsOf(sorted, 70), { limits, ...rest })
  })
