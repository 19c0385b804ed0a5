/**
 * Signups and departures against a fleet of indexes, in virtual time. At one moment an index
 * becomes ready first, then tenants sign up, then tenants leave. A refused signup is lost: it is
 * counted, and does not come back.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { CapacityLimits } from '../../../src/index.ts'
import { openFleet, type Fleet, type FleetEvent, type FleetOptions } from './fleet.ts'
import type { Signups } from './signups.ts'

/** What is simulated. */
export interface CapacityOptions extends Omit<FleetOptions, 'initialIndexes'> {
  readonly signups: Signups
  /** Left out: as many as a fleet that grew to the tenants present has; one for none. */
  readonly initialIndexes?: number
}

/** What became of an index that was ready before the end. */
export interface IndexOutcome {
  readonly name: string
  readonly readyAtSeconds: number
  readonly peakNamespaces: number
  readonly namespacesAtEnd: number
  readonly alertedAtSeconds: number | null
}

/** What became of everybody. */
export interface CapacityOutcome {
  readonly events: readonly FleetEvent[]
  /** Per tenant the position of its index; -1 is refused. */
  readonly placements: Int32Array
  readonly refused: {
    readonly count: number
    readonly firstAtSeconds: number
    readonly lastAtSeconds: number
  } | null
  readonly indexes: readonly IndexOutcome[]
}

/** Simulates from 0 to the end of the signups. */
export function simulateCapacity(options: CapacityOptions): CapacityOutcome {
  const events: FleetEvent[] = []
  const fleet = openFleet({ ...options, initialIndexes: initialIndexesOf(options) }, (event) =>
    events.push(event),
  )
  const placements = drive(planOf(options.signups), fleet)
  const refusals = events.filter(({ event }) => event === 'placement-refused')
  const [first, last] = [refusals[0], refusals.at(-1)]
  return {
    events,
    placements,
    refused:
      first === undefined || last === undefined
        ? null
        : {
            count: refusals.length,
            firstAtSeconds: first.atSeconds,
            lastAtSeconds: last.atSeconds,
          },
    indexes: fleet.indexes.map(
      ({ name, readyAtSeconds, peakNamespaces, namespaces, alertedAtSeconds }) => ({
        name,
        readyAtSeconds,
        peakNamespaces,
        namespacesAtEnd: namespaces,
        alertedAtSeconds,
      }),
    ),
  }
}

/** Indexes at 0. They hold the tenants present whatever the quota says of further ones. */
export function initialIndexesOf({
  signups,
  limits,
  maxIndexes,
  initialIndexes,
}: CapacityOptions): number {
  const { present } = signups
  return (
    initialIndexes ??
    Math.max(
      Math.ceil(present / limits.operatingLimit),
      Math.min(grownIndexes(present, limits), maxIndexes ?? Infinity),
    )
  )
}

/**
 * Indexes that a fleet has when it grew to so many tenants with none leaving: each full to its
 * alert mark has brought another.
 */
function grownIndexes(tenants: number, { operatingLimit, alertAt }: CapacityLimits): number {
  return tenants < alertAt ? 1 : 2 + Math.floor((tenants - alertAt) / operatingLimit)
}

/** Signups, and those who leave before the end, in the order in which they do. */
export interface CapacityPlan {
  readonly signups: Signups
  readonly departures: Uint32Array
}

/** Orders the departures, once for many simulations. Throws TB_BUG for signups out of order. */
export function planOf(signups: Signups): CapacityPlan {
  const { atSeconds, leavesAtSeconds, untilSeconds } = signups
  let before = 0
  for (const [tenant, at] of atSeconds.entries()) {
    if (!(at >= before && at <= untilSeconds && (leavesAtSeconds[tenant] ?? 0) >= at))
      throw new TenantbenchError('TB_BUG', {
        detail: `Signup ${tenant} at ${at} s is out of order.`,
      })
    before = at
  }
  const leaving = Uint32Array.from(atSeconds.keys()).filter(
    (tenant) => (leavesAtSeconds[tenant] ?? 0) <= untilSeconds,
  )
  return {
    signups,
    departures: leaving.sort(
      (one, other) => (leavesAtSeconds[one] ?? 0) - (leavesAtSeconds[other] ?? 0) || one - other,
    ),
  }
}

/**
 * Lets tenants come and go; gives the placements. Ends early once `isEnough` says so, looked at
 * after each signup.
 */
export function drive(
  { signups, departures }: CapacityPlan,
  fleet: Fleet,
  isEnough: () => boolean = () => false,
): Int32Array {
  const { atSeconds, leavesAtSeconds, untilSeconds } = signups
  const placements = new Int32Array(atSeconds.length).fill(-1)
  let departed = 0
  const nextLeavesAt = (): number => leavesAtSeconds[departures[departed] ?? -1] ?? Infinity
  const leave = (): void => {
    const position = placements[departures[departed++] ?? -1] ?? -1
    if (position !== -1) fleet.leave(position)
  }
  for (let tenant = 0; tenant < atSeconds.length && !isEnough(); tenant++) {
    const at = atSeconds[tenant] ?? 0
    while (nextLeavesAt() < at) leave()
    placements[tenant] = fleet.signUp(at)
  }
  while (departed < departures.length) leave()
  fleet.passTo(untilSeconds)
  return placements
}
