/**
 * One group from the first month to the last: traffic at the plan's grain, and a bill for each
 * month. What must always hold is looked at on the way.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { billGroup, type GroupBill } from '../bill/group-bill.ts'
import { queryCounter } from '../demand/counts.ts'
import type { PlannedMonth, SimulationPlan } from '../plan.ts'
import { drawKeys } from './draws.ts'
import { openEventGrain } from './event-grain.ts'
import type { Group, OpenGrain } from './grain.ts'
import { openHourGrain } from './hour-grain.ts'
import { openQueryGrain } from './query-grain.ts'
import type { Tally } from './tally.ts'
import { usageSums, type UsageSums } from './usage-sums.ts'

/** What came of a group. */
export interface GroupResult {
  readonly group: number
  readonly tally: Tally
  readonly bills: readonly GroupBill[]
  /** Queries by tenant and month: all months of the first tenant, then of the second. */
  readonly queries: Float64Array
}

const grains: Readonly<Record<SimulationPlan['grain'], OpenGrain>> = {
  event: openEventGrain,
  query: openQueryGrain,
  hour: openHourGrain,
}

/** Simulates a group. Throws TB_SIMULATION_BUSY, TB_PRICE_MISSING. */
export function simulateGroup(plan: SimulationPlan, number: number): GroupResult {
  const { fleet, months, cliffs } = plan
  const [first, end] = [
    fleet.groupStarts[number] as number,
    fleet.groupStarts[number + 1] as number,
  ]
  const keys = Array.from({ length: end - first }, (_each, at) =>
    drawKeys(plan.seed, fleet.ids[first + at] as string),
  )
  const group: Group = { plan, number, first, end, keys, numbers: new Float64Array(end - first) }
  const counter = queryCounter(
    fleet,
    first,
    Float64Array.from(keys, (each) => ((each[2] as number) >>> 0) / 2 ** 32),
  )
  const run = grains[plan.grain](group)
  const queries = new Float64Array((end - first) * months.length)
  const bills: GroupBill[] = []
  const unbilled: { readonly month: PlannedMonth; readonly sums: UsageSums }[] = []
  for (const [position, month] of months.entries()) {
    const before = group.numbers.slice()
    const sums = usageSums(end - first, month.segments.length, cliffs)
    run.run({ month, counter, sums })
    for (const [tenant, now] of group.numbers.entries())
      queries[tenant * months.length + position] = now - (before[tenant] as number)
    checkConserved(run.tally, group)
    unbilled.push({ month, sums })
    // What is under way at the end of a month goes on in the next, and is billed with the month it
    // was asked in.
    while (unbilled[0] !== undefined && unbilled[0].month.toMs < run.settledMs()) {
      bills.push(billGroup(group, unbilled[0].month, unbilled[0].sums))
      unbilled.shift()
    }
  }
  return { group: number, tally: run.tally, bills, queries }
}

/**
 * Whoever arrived has finished, failed, or is under way; and all that were planned have arrived.
 */
function checkConserved({ counts }: Tally, { numbers, number }: Group): void {
  const { arrived, finished, failed, inFlight } = counts
  const planned = numbers.reduce((sum, each) => sum + each, 0)
  if (arrived === finished + failed + inFlight && arrived === planned) return
  throw new TenantbenchError('TB_BUG', {
    detail:
      `Group ${number}: of ${planned} planned queries ${arrived} arrived, ${finished} ` +
      `finished, ${failed} failed, and ${inFlight} are under way.`,
  })
}
