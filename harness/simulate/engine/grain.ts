/** What every grain is: a way of letting a group's month happen. One file a grain. */
import type { QueryCounter } from '../demand/counts.ts'
import type { PlannedMonth, SimulationPlan } from '../plan.ts'
import type { DrawKeys } from './draws.ts'
import { seriesOf, type SeriesTally, type Tally } from './tally.ts'
import type { UsageSums } from './usage-sums.ts'

/**
 * A group of a plan: tenants that share quotas or an index. Its queries are simulated together, and
 * those of no other.
 */
export interface Group {
  readonly plan: SimulationPlan
  readonly number: number
  /** Positions in the fleet: from (inclusive) to (exclusive). */
  readonly first: number
  readonly end: number
  /** By position in the group. */
  readonly keys: readonly DrawKeys[]
  /** The number of each tenant's next query. */
  readonly numbers: Float64Array
}

/** A month that is to happen, and where what is used in it goes. */
export interface GroupMonth {
  readonly month: PlannedMonth
  readonly counter: QueryCounter
  readonly sums: UsageSums
}

/** A group in the making. */
export interface GrainRun {
  readonly tally: Tally
  /** Lets a month happen; months come in order. */
  run(month: GroupMonth): void
  /** Nothing more is used by what was asked before this moment: its month can be billed. */
  settledMs(): number
}

/** Opens a group. */
export type OpenGrain = (group: Group) => GrainRun

/** Queries of one tenant in one segment. */
export interface Lot {
  /** Position in the fleet. */
  readonly tenant: number
  readonly segment: number
  readonly variant: number
  readonly count: number
  readonly fromWeight: number
  readonly toWeight: number
  /** The number of the first of them. */
  readonly firstNumber: number
}

/** All lots of a month, tenant by tenant. */
export function lotsOf(group: Group, { month, counter }: GroupMonth): readonly Lot[] {
  const { plan, first, end, numbers } = group
  const lots: Lot[] = []
  for (let tenant = first; tenant < end; tenant++) {
    for (const [segment, each] of month.segments.entries()) {
      const asked = counter.next(tenant, month, each)
      if (asked.count === 0) continue
      const firstNumber = numbers[tenant - first] as number
      lots.push({
        tenant,
        segment,
        variant: plan.variantOf[each.epoch]?.[tenant] as number,
        firstNumber,
        ...asked,
      })
      numbers[tenant - first] = firstNumber + asked.count
    }
  }
  return lots
}

/** The series in which a lot's latencies are kept. */
export function seriesOfLot(
  tally: Tally,
  plan: SimulationPlan,
  { tenant, variant }: Pick<Lot, 'tenant' | 'variant'>,
): SeriesTally {
  return seriesOf(tally, seriesNumber(plan, tenant, variant))
}

/** The number of a series: by tenant or by tier, and by variant. */
export function seriesNumber(
  { isByTenant, fleet, variants }: Pick<SimulationPlan, 'isByTenant' | 'fleet' | 'variants'>,
  tenant: number,
  variant: number,
): number {
  return (isByTenant ? tenant : (fleet.tier[tenant] as number)) * variants.length + variant
}

/** How many parts a table has. */
export const tableParts = 4_096

/** Where the prompts of a tenant under a variant begin in the plan's tables. */
export function promptsAt(
  { variants, fleet, promptTable }: Pick<SimulationPlan, 'variants' | 'fleet' | 'promptTable'>,
  { tenant, variant }: Pick<Lot, 'tenant' | 'variant'>,
): number {
  return (
    (promptTable[(fleet.profile[tenant] as number) * variants.length + variant] as number) *
    tableParts
  )
}
