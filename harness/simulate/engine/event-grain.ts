/** Grain `event`: every arrival at its moment, through all queues and limits. */
import { hourMs } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { hourFinder } from '../demand/counts.ts'
import type { PlannedMonth } from '../plan.ts'
import { drawn, type DrawKeys } from './draws.ts'
import { eventEngine, type EventEngine } from './event-engine.ts'
import { accountOf } from './fates.ts'
import { lotsOf, promptsAt, seriesOfLot, type Group, type Lot, type OpenGrain } from './grain.ts'
import type { Arrival } from './request.ts'
import type { UsageSums } from './usage-sums.ts'

/** Opens a group at grain `event`. Queries that are under way at the end of a month go on in the next one. */
export const openEventGrain: OpenGrain = (group) => {
  const { plan } = group
  const engine = eventEngine({ startMs: plan.months[0]?.fromMs ?? 0, stages: plan.stages, limits: plan.limits, rates: plan.rates })
  return {
    tally: engine.tally,
    run(of) {
      const lots = lotsOf(group, of).map((lot) => openLot(group, of.sums, { lot, engine }))
      const total = lots.reduce((sum, { lot }) => sum + lot.count, 0)
      // A batch is what can be sorted by one number a query; large months are cut into batches by time.
      const batches = Math.max(1, Math.ceil(total / usualBatch))
      for (let batch = 0; batch < batches; batch++) runBatch({ engine, lots, month: of.month, part: { from: batch / batches, to: (batch + 1) / batches } })
      engine.runUntil(of.month.toMs)
    },
  }
}

/** A lot with what its arrivals have in common. */
interface OpenLot {
  readonly lot: Lot
  readonly keys: DrawKeys
  readonly common: Omit<Arrival, 'atMs' | 'number' | 'promptTokens'>
  readonly promptsAt: number
  readonly prompts: Int32Array
}

function openLot(group: Group, sums: UsageSums, { lot, engine }: { readonly lot: Lot; readonly engine: EventEngine }): OpenLot {
  const { plan, first } = group
  const keys = group.keys[lot.tenant - first] as DrawKeys
  const common = { keys, variant: plan.variants[lot.variant] as Arrival['variant'], series: seriesOfLot(engine.tally, plan, lot), account: accountOf(sums, lot.tenant - first, lot.segment) }
  return { lot, keys, common, prompts: plan.prompts, promptsAt: promptsAt(plan, lot) }
}

const indexBits = 2 ** 21
/** A quarter of what can be told apart: demand may be four times as dense in one part of a month as on average. */
const usualBatch = indexBits / 4
const timeSteps = 2 ** 31

interface Batch {
  readonly engine: EventEngine
  readonly lots: readonly OpenLot[]
  readonly month: PlannedMonth
  /** Which part of the month's weight, as shares. */
  readonly part: { readonly from: number; readonly to: number }
}

/**
 * Draws the moments of a batch, sorts them, and lets them arrive. A moment in steps of a 2^31st of the month (1.2 ms) and the position
 * of its query fit one double exactly, so that sorting numbers sorts queries.
 */
function runBatch({ engine, lots, month, part }: Batch): void {
  const total = month.weightSums[month.hoursOfMonth] ?? 1
  const sorted: { keys: Float64Array; lotOf: Int32Array; numbers: Float64Array; count: number } = { keys: new Float64Array(1_024), lotOf: new Int32Array(1_024), numbers: new Float64Array(1_024), count: 0 }
  for (const [position, { lot, keys }] of lots.entries()) {
    const [low, high] = [keys[2] as number, keys[3] as number]
    for (let at = 0; at < lot.count; at++) {
      const number = lot.firstNumber + at
      const share = (lot.fromWeight + ((drawn(low, high, number) >>> 0) / 2 ** 32) * (lot.toWeight - lot.fromWeight)) / total
      if (share < part.from || share >= part.to) continue
      const index = sorted.count++
      if (index === indexBits) throw new TenantbenchError('TB_BUG', { detail: `More than ${indexBits} queries in a part of ${month.month}.` })
      if (index === sorted.keys.length) enlarge(sorted)
      sorted.keys[index] = Math.floor(share * timeSteps) * indexBits + index
      sorted.lotOf[index] = position
      sorted.numbers[index] = number
    }
  }
  const moments = momentOf(month)
  for (const key of sorted.keys.subarray(0, sorted.count).sort()) {
    const index = key % indexBits
    const { common, prompts, promptsAt: first } = lots[sorted.lotOf[index] as number] as OpenLot
    const number = sorted.numbers[index] as number
    const promptTokens = prompts[first + (drawn(common.keys[0] as number, common.keys[1] as number, number) >>> 20)] as number
    engine.arrive({ ...common, number, promptTokens, atMs: moments((Math.floor(key / indexBits) / timeSteps) * total) })
  }
}

function enlarge(sorted: { keys: Float64Array; lotOf: Int32Array; numbers: Float64Array }): void {
  const larger = <A extends Float64Array | Int32Array>(old: A, fresh: A): A => {
    fresh.set(old)
    return fresh
  }
  const length = 2 * sorted.keys.length
  sorted.keys = larger(sorted.keys, new Float64Array(length))
  sorted.lotOf = larger(sorted.lotOf, new Int32Array(length))
  sorted.numbers = larger(sorted.numbers, new Float64Array(length))
}

/** From a weight to the moment at which it is reached. */
function momentOf(month: PlannedMonth): (weight: number) => number {
  const hourOf = hourFinder(month)
  const { weightSums } = month
  const startMs = month.fromMs - month.firstHour * hourMs
  return (weight) => {
    const hour = hourOf(weight)
    const before = weightSums[hour] as number
    const within = (weight - before) / ((weightSums[hour + 1] as number) - before)
    return startMs + (hour + Math.min(1, Math.max(0, within))) * hourMs
  }
}
