/**
 * Grain `hour`: counts and sums. What a tenant asks in the hours of a segment is multiplied by the
 * means of its tables; latencies are the configuration's distribution, with the wait of each hour
 * in it, as often as the hour has queries. Nothing is drawn query by query, so years of a large
 * fleet take seconds. Where an hour is busier than the closed form holds, there are costs and no
 * latencies.
 */
import type { PlannedVariant, SimulationPlan } from '../plan.ts'
import { baseTables } from './base-table.ts'
import { busyHours, highestUtilisation } from './busy-hours.ts'
import { attemptsOf } from './fates.ts'
import {
  lotsOf,
  promptsAt,
  seriesOfLot,
  tableParts,
  type Group,
  type GroupMonth,
  type Lot,
  type OpenGrain,
} from './grain.ts'
import { latencyShape, shapeOfTable, type LatencyShape } from './latency-shape.ts'
import { emptyTally, type SeriesTally, type Tally } from './tally.ts'
import { sideOf, sumsAt, usageFieldCount, usageFields as field } from './usage-sums.ts'

/** Opens a group at grain `hour`. */
export const openHourGrain: OpenGrain = (group) => {
  const { plan } = group
  const tally = emptyTally()
  const bases = baseTables(plan)
  const fromCacheShape = shapeOfTable(plan.stages.otherMs)
  const rounders = openRounders(plan)
  let isTooBusy = false
  return {
    tally,
    settledMs: () => Infinity,
    run(of) {
      const busy = busyHours(group, of.month)
      const shapes = new Map<number, LatencyShape>()
      const shapeOf = (at: number): LatencyShape => {
        const shape =
          shapes.get(at) ??
          latencyShape(plan.variants[at] as PlannedVariant, {
            plan,
            month: of.month,
            busy,
            base: bases[at] as Float64Array,
          })
        shapes.set(at, shape)
        return shape
      }
      const answered = new Map<SeriesTally, Answered>()
      for (const lot of lotsOf(group, of)) {
        const series = seriesOfLot(tally, plan, lot)
        const own = answered.get(series) ?? {
          shape: shapeOf(lot.variant),
          byModel: 0,
          fromCache: 0,
        }
        answered.set(series, own)
        runLot({ group, of, tally, series, rounders }, lot, own)
      }
      isTooBusy ||= busy.busiest !== null && busy.busiest.utilisation >= highestUtilisation
      // Latencies of the quiet months alone would pass for those of all.
      if (isTooBusy) for (const { latency } of tally.series.values()) latency.fill(0)
      else for (const [{ latency }, own] of answered) addLatencies(latency, own, fromCacheShape)
    },
  }
}

/**
 * Queries of a series in a month: those that a model answered, in time or not, and those from the
 * service's own cache.
 */
interface Answered {
  readonly shape: LatencyShape
  byModel: number
  fromCache: number
}

function addLatencies(
  latency: Float64Array,
  { shape, byModel, fromCache }: Answered,
  fromCacheShape: Float64Array,
): void {
  for (let bucket = 0; bucket < latency.length; bucket++)
    latency[bucket] =
      (latency[bucket] as number) +
      byModel * (shape.inTime[bucket] as number) +
      fromCache * (fromCacheShape[bucket] as number)
}

/**
 * Makes amounts whole; what rounding takes from one goes to the next, so that small tenants lose
 * nothing together.
 */
type Rounder = (amount: number) => number

function rounder(): Rounder {
  let left = 0
  return (amount) => {
    left += amount
    const own = Math.max(0, Math.round(left))
    left -= own
    return own
  }
}

interface Rounders {
  readonly fromCache: Rounder
  readonly failed: Rounder
  readonly late: Rounder
  readonly aborted: Rounder
  readonly unavailable: Rounder
  /** By the side of the price cliffs. */
  readonly calls: readonly Rounder[]
  readonly retried: readonly Rounder[]
}

function openRounders({ cliffs }: SimulationPlan): Rounders {
  const bySide = (): readonly Rounder[] => Array.from({ length: cliffs.length + 1 }, rounder)
  return {
    fromCache: rounder(),
    failed: rounder(),
    late: rounder(),
    aborted: rounder(),
    unavailable: rounder(),
    calls: bySide(),
    retried: bySide(),
  }
}

interface LotRun {
  readonly group: Group
  readonly of: GroupMonth
  readonly tally: Tally
  readonly series: SeriesTally
  readonly rounders: Rounders
}

/** Counts a lot. Of attempts a share goes wrong; each of those is made again, up to the limit. */
function runLot(run: LotRun, lot: Lot, answered: Answered): void {
  const {
    group: { plan },
    tally: { counts },
    series,
    rounders,
  } = run
  const { cachedAnswers, abortedStreams, unavailable } = plan.rates
  const fromCache = rounders.fromCache(lot.count * cachedAnswers)
  const asked = lot.count - fromCache
  const attempts = attemptsOf(plan)
  const failed = rounders.failed(asked * (abortedStreams + unavailable) ** plan.limits.attempts)
  const late = rounders.late((asked - failed) * answered.shape.late)
  book(run, lot, asked)
  counts.arrived += lot.count
  counts.finished += lot.count - failed - late
  counts.failed += failed + late
  counts.timedOut += late
  counts.fromCache += fromCache
  counts.aborted += rounders.aborted(asked * attempts * abortedStreams)
  counts.unavailable += rounders.unavailable(asked * attempts * unavailable)
  series.finished += lot.count - failed - late
  series.failed += failed + late
  series.promptTokens += Math.round((asked - failed - late) * meansOf(plan, lot).promptTokens)
  series.answerTokens += Math.round((asked - failed - late) * answered.shape.answerTokens)
  answered.byModel += asked - failed
  answered.fromCache += fromCache
}

/** Books what a lot uses on average. */
function book(
  { group: { plan, first }, of: { sums }, rounders }: LotRun,
  lot: Lot,
  asked: number,
): void {
  const { promptTokens, answerTokens } = meansOf(plan, lot)
  const accepted = 1 - plan.rates.unavailable
  const attempts = attemptsOf(plan)
  const at = sumsAt(sums, lot.tenant - first, lot.segment)
  const { values } = sums
  const add = (place: number, amount: number): void => {
    values[place] = (values[place] as number) + amount
  }
  add(at + field.embedded, asked)
  add(at + field.retrieved, asked)
  if ((plan.variants[lot.variant] as PlannedVariant).rerank) add(at + field.reranks, asked)
  for (const { side, share, meanTokens } of sidesOf(plan, sums.cliffs, { lot, promptTokens })) {
    const beyond = sideOf(sums, side)
    const calls = (rounders.calls[beyond / usageFieldCount] as Rounder)(
      asked * attempts * accepted * share,
    )
    add(at + beyond + field.chatCalls, calls)
    add(at + beyond + field.promptTokens, Math.round(calls * meanTokens))
    add(at + beyond + field.answerTokens, Math.round(calls * answerTokens))
    add(
      at + beyond + field.retried,
      (rounders.retried[beyond / usageFieldCount] as Rounder)(
        asked * (attempts - 1) * accepted * share,
      ),
    )
  }
}

interface Side {
  /** A length that lies on it. */
  readonly side: number
  readonly share: number
  readonly meanTokens: number
}

/** The sides of the price cliffs that a lot's prompts lie on. */
function sidesOf(
  plan: SimulationPlan,
  cliffs: readonly number[],
  { lot, promptTokens }: { readonly lot: Lot; readonly promptTokens: number },
): readonly Side[] {
  if (cliffs.length === 0) return [{ side: 0, share: 1, meanTokens: promptTokens }]
  const from = promptsAt(plan, lot)
  const groups = Map.groupBy(
    plan.prompts.subarray(from, from + tableParts),
    (tokens) => cliffs.filter((cliff) => tokens > cliff).length,
  )
  return [...groups.values()].map((tokens) => ({
    side: tokens[0] ?? 0,
    share: tokens.length / tableParts,
    meanTokens: tokens.reduce((sum, each) => sum + each, 0) / tokens.length,
  }))
}

interface Means {
  readonly promptTokens: number
  readonly answerTokens: number
}

const means = new WeakMap<SimulationPlan, Map<number, Means>>()

/** Means of a tenant's prompts and answers under a variant, looked up once for each profile. */
function meansOf(plan: SimulationPlan, lot: Lot): Means {
  const known = means.get(plan) ?? new Map<number, Means>()
  means.set(plan, known)
  const at = promptsAt(plan, lot)
  const key = at * plan.variants.length + lot.variant
  const found = known.get(key)
  if (found !== undefined) return found
  const average = (table: Int32Array): number =>
    table.reduce((sum, each) => sum + each, 0) / table.length
  const made = {
    promptTokens: average(plan.prompts.subarray(at, at + tableParts)),
    answerTokens: average((plan.variants[lot.variant] as PlannedVariant).answerTokens),
  }
  known.set(key, made)
  return made
}
