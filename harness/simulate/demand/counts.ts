/**
 * How many queries a tenant asks in a segment, and when. Over a whole month it is the tenant's
 * volume exactly; parts are rounded by running sums with a phase of the tenant's own, so that
 * nothing is lost and small tenants do not all ask at the same moment.
 */
import { hourMs } from '../../../src/base/clock.ts'
import type { Fleet, PlannedMonth, Segment } from '../plan.ts'

/**
 * The weight of a calendar month up to a moment in it, in hours from its beginning; between full
 * hours on a straight line.
 */
export function weightUpTo({ weightSums }: Pick<PlannedMonth, 'weightSums'>, hour: number): number {
  const whole = Math.min(Math.max(0, Math.floor(hour)), weightSums.length - 1)
  const before = weightSums[whole] ?? 0
  return before + (hour - whole) * ((weightSums[whole + 1] ?? before) - before)
}

/** What a tenant asks in a segment. */
export interface Asked {
  readonly count: number
  /** Its part of the segment, in weight: where moments are drawn from. */
  readonly fromWeight: number
  readonly toWeight: number
}

/** Hands out the queries of a group's tenants, segment after segment. */
export interface QueryCounter {
  /** What a tenant of the fleet asks next; segments must come in order of time. */
  next(tenant: number, month: PlannedMonth, segment: Segment): Asked
}

/**
 * A counter. `phases` has a number in [0, 1) for each tenant of the group, which begins at `first`.
 */
export function queryCounter(fleet: Fleet, first: number, phases: Float64Array): QueryCounter {
  const passed = Float64Array.from(phases)
  return {
    next(tenant, month, segment) {
      const startMs = month.fromMs - month.firstHour * hourMs
      const from = Math.max(segment.fromHour, ((fleet.fromMs[tenant] ?? 0) - startMs) / hourMs)
      const to = Math.min(segment.toHour, ((fleet.untilMs[tenant] ?? 0) - startMs) / hourMs)
      if (to <= from) return { count: 0, fromWeight: 0, toWeight: 0 }
      const [fromWeight, toWeight] = [weightUpTo(month, from), weightUpTo(month, to)]
      const total = month.weightSums[month.weightSums.length - 1] ?? 1
      const before = passed[tenant - first] ?? 0
      // A hair of rounding must not lose a query at the end of a whole month.
      const after =
        before +
        ((fleet.queriesPerMonth[tenant] ?? 0) * month.volume * (toWeight - fromWeight)) / total
      const count = Math.floor(after + 1e-7) - Math.floor(before + 1e-7)
      passed[tenant - first] = after
      return { count, fromWeight, toWeight }
    },
  }
}

const hourTableSize = 1 << 16

/** Finds the hour of a weight: by a table of equal parts, and from there step by step. */
export function hourFinder({ weightSums, hoursOfMonth }: PlannedMonth): (weight: number) => number {
  const total = weightSums[hoursOfMonth] ?? 1
  const table = new Uint16Array(hourTableSize + 1)
  let hour = 0
  for (let part = 0; part <= hourTableSize; part++) {
    while (hour < hoursOfMonth - 1 && (weightSums[hour + 1] ?? 0) <= (part * total) / hourTableSize)
      hour++
    table[part] = hour
  }
  const scale = hourTableSize / total
  return (weight) => {
    let found = table[Math.floor(weight * scale)] ?? 0
    while (found < hoursOfMonth - 1 && (weightSums[found + 1] ?? 0) <= weight) found++
    return found
  }
}
