/** Grain `event`: every arrival at its moment, through all queues and limits. */
import { hourMs } from '../../../src/base/clock.ts'
import { hourFinder } from '../demand/counts.ts'
import type { PlannedMonth } from '../plan.ts'
import { drawn, type DrawKeys } from './draws.ts'
import type { EventEngine } from './engine.ts'
import { eventEngine } from './event-engine.ts'
import { accountOf } from './fates.ts'
import { fifoEngine, isFifo } from './fifo-engine.ts'
import { emptyMoments, inOrder, type Moments } from './moments.ts'
import { lotsOf, promptsAt, seriesOfLot, type Group, type Lot, type OpenGrain } from './grain.ts'
import type { Asker } from './request.ts'
import type { UsageSums } from './usage-sums.ts'

/**
 * Opens a group at grain `event`. Queries that are under way at the end of a month go on in the
 * next one.
 */
export const openEventGrain: OpenGrain = (group) => {
  const { plan } = group
  const options = {
    startMs: plan.months[0]?.fromMs ?? 0,
    stages: plan.stages,
    limits: plan.limits,
    rates: plan.rates,
  }
  const engine = isFifo(options) ? fifoEngine(options) : eventEngine(options)
  return {
    tally: engine.tally,
    settledMs: () => engine.oldestMs(),
    run(of) {
      const lots = lotsOf(group, of).map((lot) => openLot(group, of.sums, { lot, engine }))
      const ends = [...cutsOf(lots), Infinity]
      for (const [batch, to] of ends.entries())
        runBatch({ engine, lots, month: of.month, part: { from: ends[batch - 1] ?? 0, to } })
      // Whoever is under way at the very end is let go through: it is billed like all others.
      engine.runUntil(of.month === plan.months.at(-1) ? Infinity : of.month.toMs)
    },
  }
}

/** A lot with what its arrivals have in common. */
interface OpenLot {
  readonly lot: Lot
  readonly keys: DrawKeys
  readonly asker: Asker
  readonly promptsAt: number
  readonly prompts: Int32Array
}

function openLot(
  group: Group,
  sums: UsageSums,
  { lot, engine }: { readonly lot: Lot; readonly engine: EventEngine },
): OpenLot {
  const { plan, first } = group
  const keys = group.keys[lot.tenant - first] as DrawKeys
  const asker = {
    keys,
    variant: plan.variants[lot.variant] as Asker['variant'],
    series: seriesOfLot(engine.tally, plan, lot),
    account: accountOf(sums, lot.tenant - first, lot.segment),
  }
  return { lot, keys, asker, prompts: plan.prompts, promptsAt: promptsAt(plan, lot) }
}

/** So many queries are put in order at a time: what of a month stands in memory. */
const mostInBatch = 4_000_000

interface Batch {
  readonly engine: EventEngine
  readonly lots: readonly OpenLot[]
  readonly month: PlannedMonth
  /** Which part of the month, in weight; the last one has no end. */
  readonly part: { readonly from: number; readonly to: number }
}

/**
 * Large months are cut into batches by time: at the weights at which the expected number of queries
 * passes a batch. Tenants that come and go, and a few days of a month, make some weights much
 * denser than others.
 */
function cutsOf(lots: readonly OpenLot[]): readonly number[] {
  if (lots.reduce((sum, { lot }) => sum + lot.count, 0) <= mostInBatch) return []
  const changes = lots.flatMap(({ lot: { count, fromWeight, toWeight } }) => {
    const density = count / (toWeight - fromWeight)
    return [
      { weight: fromWeight, density },
      { weight: toWeight, density: -density },
    ]
  })
  const cuts: number[] = []
  let [at, density, passed] = [0, 0, 0]
  for (const change of changes.sort((one, other) => one.weight - other.weight)) {
    const next = passed + density * (change.weight - at)
    for (let most = (cuts.length + 1) * mostInBatch; most < next; most += mostInBatch)
      cuts.push(at + (most - passed) / density)
    at = change.weight
    density += change.density
    passed = next
  }
  return cuts
}

/** Draws the moments of a batch, puts them in order, and lets them arrive. */
function runBatch(batch: Batch): void {
  const { engine, lots, month } = batch
  const total = month.weightSums[month.hoursOfMonth] as number
  const { weights, lotOf, numbers } = inOrder(drawBatch(batch))
  const moments = momentOf(month)
  for (let at = 0; at < weights.length; at++) {
    const { asker, prompts, promptsAt: first } = lots[lotOf[at] as number] as OpenLot
    const number = numbers[at] as number
    const promptTokens = prompts[
      first + (drawn(asker.keys[0] as number, asker.keys[1] as number, number) >>> 20)
    ] as number
    // Rounding must not put the first moment of a part of a month before it.
    engine.arrive({
      atMs: Math.max(month.fromMs, moments(Math.min(weights[at] as number, total))),
      number,
      promptTokens,
      asker,
    })
  }
}

function drawBatch({ lots, part }: Batch): Moments {
  const { from, to } = part
  const each = (hear: (weight: number, position: number, number: number) => void): void => {
    for (const [position, { lot, keys }] of lots.entries()) {
      if (lot.toWeight < from || lot.fromWeight >= to) continue
      const [low, high, span] = [
        keys[2] as number,
        keys[3] as number,
        lot.toWeight - lot.fromWeight,
      ]
      for (let number = lot.firstNumber; number < lot.firstNumber + lot.count; number++) {
        const weight = lot.fromWeight + ((drawn(low, high, number) >>> 0) / 2 ** 32) * span
        if (weight >= from && weight < to) hear(weight, position, number)
      }
    }
  }
  // Of a batch that is the whole month the number is known; of a part of one it is counted first.
  let count = from === 0 && to === Infinity ? lots.reduce((sum, { lot }) => sum + lot.count, 0) : 0
  if (count === 0) each(() => count++)
  const drawnOnes = emptyMoments(count)
  let at = 0
  each((weight, position, number) => {
    drawnOnes.weights[at] = weight
    drawnOnes.lotOf[at] = position
    drawnOnes.numbers[at++] = number
  })
  return drawnOnes
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
