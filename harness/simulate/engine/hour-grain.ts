/**
 * Grain `hour`: counts and sums. What a tenant asks in the hours of a segment is multiplied by the means of its tables; latencies are the
 * configuration's distribution, with the wait of each hour in it, as often as the hour has queries. Nothing is drawn query by query, so
 * years of a large fleet take seconds. Where an hour is busier than the closed form holds, there are costs and no latencies.
 */
import { randomFor } from '../../../src/base/random.ts'
import { waitAt } from '../models/wait.ts'
import type { PlannedMonth, PlannedVariant, SimulationPlan } from '../plan.ts'
import { baseTables } from './base-table.ts'
import { busyHours, highestUtilisation, type BusyHours } from './busy-hours.ts'
import { lotsOf, promptsAt, seriesOfLot, tableParts, type Group, type GroupMonth, type Lot, type OpenGrain } from './grain.ts'
import { bucketOf, latencySeries } from './latency-buckets.ts'
import { emptyTally } from './tally.ts'
import { sideOf, sumsAt, usageFields as field } from './usage-sums.ts'

/** Opens a group at grain `hour`. */
export const openHourGrain: OpenGrain = (group) => {
  const { plan } = group
  const tally = emptyTally()
  const bases = baseTables(plan)
  return {
    tally,
    run(of) {
      const busy = busyHours(group, of.month)
      const isTooBusy = busy.busiest !== null && busy.busiest.utilisation >= highestUtilisation
      const shapes = plan.variants.map((variant, at) => latencyShape(of.month, variant, { plan, busy, base: bases[at] as Float64Array }))
      for (const lot of lotsOf(group, of)) {
        const { arrived, fromCache, failed } = countLot(group, of, lot)
        const series = seriesOfLot(tally, plan, lot)
        const finished = arrived - failed
        tally.counts.arrived += arrived
        tally.counts.finished += finished
        tally.counts.failed += failed
        tally.counts.fromCache += fromCache
        series.finished += finished
        series.failed += failed
        const { promptTokens, answerTokens } = meansOf(plan, lot)
        series.promptTokens += Math.round((finished - fromCache) * promptTokens)
        series.answerTokens += Math.round((finished - fromCache) * answerTokens)
        const shape = shapes[lot.variant] as Float64Array
        if (!isTooBusy) for (let bucket = 0; bucket < shape.length; bucket++) if (shape[bucket] !== 0) series.latency[bucket] = (series.latency[bucket] as number) + (finished - fromCache) * (shape[bucket] as number)
      }
    },
  }
}

interface LotCounts {
  readonly arrived: number
  readonly fromCache: number
  readonly failed: number
}

/** Books what a lot uses on average. Of attempts a share goes wrong; each of those is made again, up to the limit. */
function countLot({ plan, first }: Group, { sums }: GroupMonth, lot: Lot): LotCounts {
  const { cachedAnswers, abortedStreams, unavailable } = plan.rates
  const wrong = abortedStreams + unavailable
  const fromCache = Math.round(lot.count * cachedAnswers)
  const asked = lot.count - fromCache
  const attempts = wrong === 1 ? plan.limits.attempts : (1 - wrong ** plan.limits.attempts) / (1 - wrong)
  const calls = Math.round(asked * attempts * (1 - unavailable))
  const { promptTokens, answerTokens } = meansOf(plan, lot)
  const variant = plan.variants[lot.variant] as PlannedVariant
  const at = sumsAt(sums, lot.tenant - first, lot.segment)
  const { values } = sums
  const add = (place: number, amount: number): void => {
    values[place] = (values[place] as number) + amount
  }
  add(at + field.asked, asked)
  if (variant.rerank) add(at + field.reranks, asked)
  for (const { side, share, meanTokens } of sidesOf(plan, sums.cliffs, { lot, promptTokens })) {
    const own = at + sideOf(sums, side)
    add(own + field.chatCalls, Math.round(calls * share))
    add(own + field.promptTokens, Math.round(calls * share * meanTokens))
    add(own + field.answerTokens, Math.round(calls * share * answerTokens))
    add(own + field.retried, Math.round((calls - Math.min(calls, asked)) * share))
  }
  return { arrived: lot.count, fromCache, failed: Math.round(asked * wrong ** plan.limits.attempts) }
}

interface Side {
  /** A length that lies on it. */
  readonly side: number
  readonly share: number
  readonly meanTokens: number
}

/** The sides of the price cliffs that a lot's prompts lie on. */
function sidesOf(plan: SimulationPlan, cliffs: readonly number[], { lot, promptTokens }: { readonly lot: Lot; readonly promptTokens: number }): readonly Side[] {
  if (cliffs.length === 0) return [{ side: 0, share: 1, meanTokens: promptTokens }]
  const from = promptsAt(plan, lot)
  const groups = Map.groupBy(plan.prompts.subarray(from, from + tableParts), (tokens) => cliffs.filter((cliff) => tokens > cliff).length)
  return [...groups.values()].map((tokens) => ({ side: tokens[0] ?? 0, share: tokens.length / tableParts, meanTokens: tokens.reduce((sum, each) => sum + each, 0) / tokens.length }))
}

const means = new WeakMap<SimulationPlan, Map<number, { readonly promptTokens: number; readonly answerTokens: number }>>()

/** Means of a tenant's prompts and answers under a variant, looked up once for each profile. */
function meansOf(plan: SimulationPlan, lot: Lot): { readonly promptTokens: number; readonly answerTokens: number } {
  const known = means.get(plan) ?? new Map<number, { readonly promptTokens: number; readonly answerTokens: number }>()
  means.set(plan, known)
  const at = promptsAt(plan, lot)
  const found = known.get(at)
  if (found !== undefined) return found
  const average = (table: Int32Array): number => table.reduce((sum, each) => sum + each, 0) / table.length
  const made = { promptTokens: average(plan.prompts.subarray(at, at + tableParts)), answerTokens: average((plan.variants[lot.variant] as PlannedVariant).answerTokens) }
  known.set(at, made)
  return made
}

const draws = 65_536

/** How the latencies of a configuration are spread over the buckets in a month, as shares that add up to 1. */
function latencyShape(month: PlannedMonth, variant: PlannedVariant, { plan, busy, base }: { readonly plan: SimulationPlan; readonly busy: BusyHours; readonly base: Float64Array }): Float64Array {
  const random = randomFor([plan.seed, 'latency-shape', month.month, variant.model, variant.topK])
  const shape = latencySeries()
  const hours = hoursByWeight(month)
  const order = { base: random.shuffle(indices), answer: random.shuffle(indices), speed: random.shuffle(indices) }
  for (let draw = 0; draw < draws; draw++) {
    const part = draw % tableParts
    const turn = Math.floor(draw / tableParts)
    const value = (base[order.base[part] as number] as number) + (variant.answerTokens[order.answer[(part + 257 * turn) % tableParts] as number] as number) * (variant.msPerToken[order.speed[(part + 1_031 * turn) % tableParts] as number] as number)
    const hour = hours[Math.floor(random.unit() * hours.length)] as number
    const [place, connected] = [busy.admission?.[hour], busy.connection?.[hour]]
    const waitMs = (place === undefined ? 0 : waitAt(place, random.unit())) + (connected === undefined ? 0 : waitAt(connected, random.unit()))
    const bucket = bucketOf(value + waitMs)
    shape[bucket] = (shape[bucket] as number) + 1 / draws
  }
  return shape
}

const indices = Array.from({ length: tableParts }, (_each, at) => at)

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
