/**
 * The time that is simulated: UTC months, as bills are cut, and their hours. Leap days and month
 * ends are the calendar's; daylight saving does not exist in UTC, so every day has 24 hours.
 */
import { hourMs, monthBounds, monthOf } from '../../../src/base/clock.ts'
import { spanOf, type WrittenSimulation } from '../../scenario/simulation-schema.ts'

/** A calendar month, or the part of it that is simulated. */
export interface SimulatedMonth {
  /** `YYYY-MM`. */
  readonly month: string
  readonly fromMs: number
  readonly toMs: number
  /**
   * The whole month's hours: what a month's queries are spread over, whatever part of it is
   * simulated.
   */
  readonly hoursOfMonth: number
  /** Hours from the month's beginning to `fromMs`. */
  readonly firstHour: number
  readonly hours: number
}

/** The months from the first day on. */
export function monthsOf(
  simulation: Pick<WrittenSimulation, 'from' | 'months' | 'days'>,
): readonly SimulatedMonth[] {
  const { fromMs, toMs } = spanOf(simulation)
  const found: SimulatedMonth[] = []
  for (let at = fromMs; at < toMs;) {
    const bounds = monthBounds(monthOf(at))
    const end = Math.min(toMs, bounds.toMs)
    found.push({
      month: monthOf(at),
      fromMs: at,
      toMs: end,
      hoursOfMonth: (bounds.toMs - bounds.fromMs) / hourMs,
      firstHour: (at - bounds.fromMs) / hourMs,
      hours: (end - at) / hourMs,
    })
    at = end
  }
  return found
}

/**
 * How much is asked in each hour of a whole month, relative to others: a sinus over the day,
 * another rate at weekends. Running sums, from 0.
 */
export function hourWeights(
  { fromMs, firstHour, hoursOfMonth }: SimulatedMonth,
  demand: WrittenSimulation['demand'],
): Float64Array {
  const startMs = fromMs - firstHour * hourMs
  const swing = (demand.peakToTrough - 1) / (demand.peakToTrough + 1)
  const sums = new Float64Array(hoursOfMonth + 1)
  for (let hour = 0; hour < hoursOfMonth; hour++) {
    const ofDay = (hour % 24) + 0.5
    const weekday = new Date(startMs + hour * hourMs).getUTCDay()
    const rate = 1 + swing * Math.cos((2 * Math.PI * (ofDay - demand.peakHourUtc)) / 24)
    sums[hour + 1] =
      (sums[hour] ?? 0) + rate * (weekday === 0 || weekday === 6 ? demand.weekendRate : 1)
  }
  return sums
}
