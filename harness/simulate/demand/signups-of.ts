/**
 * Who is there, and when: everybody all the time, or by the growth that the scenario describes, as
 * far as there is a place for them.
 */
import type { Scenario } from '../../scenario/resolve.ts'
import type { WrittenSimulation } from '../../scenario/simulation-schema.ts'
import { avoidRefusals, type RefusalAdvice } from '../capacity/avoid-refusals.ts'
import { drawSignups, type Signups } from '../capacity/signups.ts'
import {
  simulateCapacity,
  type CapacityOptions,
  type CapacityOutcome,
} from '../capacity/simulate-capacity.ts'

/**
 * The fleet over time. A tenant is a position among `signups`; those beyond the scenario's tenants
 * are like them, in turn.
 */
export interface Growth {
  readonly signups: Signups
  readonly capacity: CapacityOutcome
  readonly advice: RefusalAdvice | null
  /**
   * Whether signups were drawn; otherwise all tenants of the scenario are there from the beginning.
   */
  readonly isGrowing: boolean
}

/** Lets the fleet grow. `seconds` is how long is simulated. */
export function growthOf(
  scenario: Pick<Scenario, 'seed' | 'capacity' | 'tenants'>,
  { growth, provisioning }: Pick<WrittenSimulation, 'growth' | 'provisioning'>,
  seconds: number,
): Growth {
  const signups =
    growth === undefined
      ? everybody(scenario.tenants.length, seconds)
      : within(drawSignups(growth, scenario.seed), seconds)
  const options: CapacityOptions = {
    signups,
    limits: scenario.capacity,
    leadTimeSeconds: provisioning.leadTimeSeconds,
    maxIndexes: provisioning.maxIndexes ?? null,
    indexPrefix: 'index',
  }
  const capacity = simulateCapacity(options)
  return {
    signups,
    capacity,
    advice: capacity.refused === null ? null : avoidRefusals(options),
    isGrowing: growth !== undefined,
  }
}

/**
 * What is beyond the time that is simulated happens to nobody: no signup, no departure, no index.
 */
function within(
  { atSeconds, leavesAtSeconds, present, untilSeconds }: Signups,
  seconds: number,
): Signups {
  if (untilSeconds <= seconds) return { atSeconds, leavesAtSeconds, present, untilSeconds }
  const count = Math.max(present, atSeconds.findLastIndex((at) => at < seconds) + 1)
  return {
    atSeconds: atSeconds.slice(0, count),
    leavesAtSeconds: leavesAtSeconds.slice(0, count),
    present,
    untilSeconds: seconds,
  }
}

function everybody(count: number, untilSeconds: number): Signups {
  return {
    atSeconds: new Float64Array(count),
    leavesAtSeconds: new Float64Array(count).fill(Infinity),
    present: count,
    untilSeconds,
  }
}
