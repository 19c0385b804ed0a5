/**
 * Where a month is cut: at every moment at which a price, a formula, the meaning of a name or a
 * configuration changes. Prices change at days, and so do configurations.
 */
import { hourMs } from '../../../src/base/clock.ts'
import type { PriceBook } from '../../../src/index.ts'
import type { PlannedMonth, Segment } from '../plan.ts'
import type { SimulatedMonth } from './calendar.ts'

/** Every moment at which a book prices otherwise. */
export function boundariesOf({ prices, aliases, formulas }: PriceBook): readonly number[] {
  return [...prices, ...aliases, ...formulas].flatMap(({ fromMs, toMs }) =>
    toMs === null ? [fromMs] : [fromMs, toMs],
  )
}

/** Moments that cut months, and those from which another epoch of configurations begins. */
export interface Cuts {
  readonly prices: readonly number[]
  /** Ascending; epoch n begins at the nth, and epoch 0 before all of them. */
  readonly epochs: readonly number[]
}

/** The segments of a month. */
export function segmentsOf(
  { fromMs, toMs, firstHour }: SimulatedMonth,
  { prices, epochs }: Cuts,
): readonly Segment[] {
  const inside = [...prices, ...epochs].filter((at) => at > fromMs && at < toMs)
  const starts = [...new Set([fromMs, ...inside])].sort((one, other) => one - other)
  return starts.map((start, at) => ({
    fromMs: start,
    fromHour: firstHour + (start - fromMs) / hourMs,
    toHour: firstHour + ((starts[at + 1] ?? toMs) - fromMs) / hourMs,
    epoch: epochs.filter((epoch) => epoch <= start).length,
  }))
}

/** The growth of volumes from month to month. */
export function volumeOf(month: number, growthPctPerMonth: number): PlannedMonth['volume'] {
  return (1 + growthPctPerMonth / 100) ** month
}
