/**
 * How the latencies of a configuration are spread in a month where queries are not drawn one by
 * one: the sum of its tables, the wait of each hour as often as the hour has queries, and what
 * attempts that go wrong take.
 */
import { randomFor, type Random } from '../../../src/base/random.ts'
import { waitAt } from '../models/wait.ts'
import type { PlannedMonth, PlannedVariant, SimulationPlan } from '../plan.ts'
import type { BusyHours } from './busy-hours.ts'
import { repeatWaitMs } from './fates.ts'
import { tableParts } from './grain.ts'
import { bucketOf, latencySeries } from './latency-buckets.ts'

/**
 * Of the queries that a model answered: shares by bucket of latency of those in time, and the share
 * of those too late; together 1.
 */
export interface LatencyShape {
  readonly inTime: Float64Array
  readonly late: number
  /** Of those in time, on average: long answers are late more often. */
  readonly answerTokens: number
}

/** What a shape is made from. */
export interface ShapeInput {
  readonly plan: SimulationPlan
  readonly month: PlannedMonth
  readonly busy: BusyHours
  /** The configuration's table of `baseTables`. */
  readonly base: Float64Array
}

const draws = 65_536
const indices = Array.from({ length: tableParts }, (_each, at) => at)

/** The shape of a configuration. */
export function latencyShape(
  variant: PlannedVariant,
  { plan, month, busy, base }: ShapeInput,
): LatencyShape {
  const key = [plan.seed, 'latency-shape', month.month, variant.model, variant.topK]
  const [random, fates] = [randomFor(key), randomFor([...key, 'fates'])]
  const inTime = latencySeries()
  const hours = hoursByWeight(month)
  const timeoutMs = plan.limits.timeoutMs ?? Infinity
  const order = {
    base: random.shuffle(indices),
    answer: random.shuffle(indices),
    speed: random.shuffle(indices),
  }
  let [late, answers] = [0, 0]
  for (let draw = 0; draw < draws; draw++) {
    const part = draw % tableParts
    const turn = Math.floor(draw / tableParts)
    const answer = variant.answerTokens[
      order.answer[(part + 257 * turn) % tableParts] as number
    ] as number
    const value =
      (base[order.base[part] as number] as number) +
      answer *
        (variant.msPerToken[order.speed[(part + 1_031 * turn) % tableParts] as number] as number)
    const hour = hours[Math.floor(random.unit() * hours.length)] as number
    const [place, connected] = [busy.admission?.[hour], busy.connection?.[hour]]
    const waitMs =
      (place === undefined ? 0 : waitAt(place, random.unit())) +
      (connected === undefined ? 0 : waitAt(connected, random.unit()))
    const latencyMs = value + waitMs + repeatedMs(plan, variant, fates)
    if (latencyMs > timeoutMs) {
      late += 1 / draws
      continue
    }
    answers += answer / draws
    const bucket = bucketOf(latencyMs)
    inTime[bucket] = (inTime[bucket] as number) + 1 / draws
  }
  return { inTime, late, answerTokens: late >= 1 ? 0 : answers / (1 - late) }
}

/** What attempts before the one that succeeds take, of a query that does succeed. */
function repeatedMs(
  { rates: { abortedStreams, unavailable }, limits }: SimulationPlan,
  variant: PlannedVariant,
  random: Random,
): number {
  const wrong = abortedStreams + unavailable
  if (wrong === 0) return 0
  const any = (table: Float64Array | Int32Array): number =>
    table[random.integer(0, tableParts - 1)] as number
  for (;;) {
    let sumMs = 0
    for (let attempt = 1; attempt <= limits.attempts; attempt++) {
      const fate = random.unit()
      // A system in which nothing ever succeeds has no latency.
      if (fate >= wrong || wrong >= 1) return sumMs
      sumMs +=
        fate < unavailable
          ? repeatWaitMs(attempt, fate / unavailable)
          : any(variant.firstTokenMs) + (any(variant.answerTokens) * any(variant.msPerToken)) / 2
    }
  }
}

/** Hours of the simulated part of a month, each as often as it has queries. */
function hoursByWeight({ weightSums, firstHour, hours }: PlannedMonth): Uint16Array {
  const from = weightSums[firstHour] as number
  const total = (weightSums[firstHour + hours] as number) - from
  let hour = firstHour
  return Uint16Array.from({ length: 8 * tableParts }, (_each, at) => {
    const weight = from + ((at + 0.5) * total) / (8 * tableParts)
    while (hour < firstHour + hours - 1 && (weightSums[hour + 1] as number) <= weight) hour++
    return hour
  })
}

/** Shares by bucket of a table whose parts are equally likely. */
export function shapeOfTable(table: Float64Array): Float64Array {
  const shape = latencySeries()
  for (const value of table)
    shape[bucketOf(value)] = (shape[bucketOf(value)] as number) + 1 / table.length
  return shape
}
