/**
 * Grain `query`: each query is drawn and counted, with the tokens and the fate it has at grain
 * `event`, but no queue is simulated: what it waits is drawn from the closed form at its hour's
 * utilisation. Where that says too little, at 70 % and more, it refuses.
 */
import { isoTime } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { hourFinder } from '../demand/counts.ts'
import { waitAt } from '../models/wait.ts'
import { baseTables } from './base-table.ts'
import { busyHours, highestUtilisation, type BusyHours } from './busy-hours.ts'
import { drawn, ofAttempt, strikesBelow, type DrawKeys } from './draws.ts'
import { accountOf, isAnsweredFromCache, repeatWaitMs } from './fates.ts'
import {
  lotsOf,
  promptsAt,
  seriesOfLot,
  type Group,
  type GroupMonth,
  type Lot,
  type OpenGrain,
} from './grain.ts'
import { bucketOf } from './latency-buckets.ts'
import { emptyTally, type SeriesTally, type Tally } from './tally.ts'
import { sumsAt, usageFields as field } from './usage-sums.ts'

/** Opens a group at grain `query`. Throws TB_SIMULATION_BUSY. */
export const openQueryGrain: OpenGrain = (group) => {
  const { plan } = group
  const tally = emptyTally()
  const bases = baseTables(plan)
  return {
    tally,
    settledMs: () => Infinity,
    run(of) {
      const busy = busyHours(group, of.month)
      refuseBusy(busy)
      const waitFor = waiting(of, busy)
      for (const lot of lotsOf(group, of))
        runLot(
          openLot({ group, of, tally, lot, waitFor, base: bases[lot.variant] as Float64Array }),
        )
    },
  }
}

function refuseBusy({ busiest }: BusyHours): void {
  if (busiest === null || busiest.utilisation < highestUtilisation) return
  throw new TenantbenchError('TB_SIMULATION_BUSY', {
    detail:
      `In the hour from ${isoTime(busiest.atMs)} ` +
      `${(100 * busiest.utilisation).toFixed(0)} % of the ${busiest.resource} of ` +
      `${busiest.of} are in use.`,
  })
}

/** What a query waits, by its lot and number; null where nothing is waited for. */
type WaitFor = (lot: Lot, keys: DrawKeys, number: number) => number

function waiting({ month }: GroupMonth, { admission, connection }: BusyHours): WaitFor | null {
  const most = Math.max(
    0,
    ...[admission, connection].flatMap((waits) => waits?.map((wait) => wait?.share ?? 0) ?? []),
  )
  if (most < neverWaits) return null
  const hourOf = hourFinder(month)
  return ({ fromWeight, toWeight }, keys, number) => {
    const hour = hourOf(
      fromWeight +
        ((drawn(keys[2] as number, keys[3] as number, number) >>> 0) / 2 ** 32) *
          (toWeight - fromWeight),
    )
    const unit = (purpose: number): number =>
      (drawn(keys[purpose] as number, keys[purpose + 1] as number, number) >>> 0) / 2 ** 32
    const [place, connected] = [admission?.[hour], connection?.[hour]]
    return (
      (place === undefined ? 0 : waitAt(place, unit(6))) +
      (connected === undefined ? 0 : waitAt(connected, unit(8)))
    )
  }
}

/** Of so few nobody waits in a thousand million. */
const neverWaits = 1e-9

interface LotRun {
  readonly group: Group
  readonly of: GroupMonth
  readonly tally: Tally
  readonly lot: Lot
  readonly waitFor: WaitFor | null
  readonly base: Float64Array
}

interface OpenLot extends LotRun {
  readonly keys: DrawKeys
  readonly series: SeriesTally
  readonly cachedBelow: number
  /** Below it, something goes wrong at the first attempt. */
  readonly fateBelow: number
}

function openLot(run: LotRun): OpenLot {
  const { group, tally, lot } = run
  const { cachedAnswers, abortedStreams, unavailable } = group.plan.rates
  return {
    ...run,
    keys: group.keys[lot.tenant - group.first] as DrawKeys,
    series: seriesOfLot(tally, group.plan, lot),
    cachedBelow: strikesBelow(cachedAnswers),
    fateBelow: strikesBelow(abortedStreams) + strikesBelow(unavailable),
  }
}

/**
 * All queries of a lot: what nearly all of them do, in one loop without calls that could allocate;
 * that loop is most of what a simulation costs. Whoever has another fate is told apart by the first
 * draw, and goes its own way.
 */
function runLot(open: OpenLot): void {
  const { group, of, tally, lot, keys, series, base, waitFor, cachedBelow, fateBelow } = open
  const { plan } = group
  const { answerTokens, msPerToken, rerank } = plan.variants[
    lot.variant
  ] as (typeof plan.variants)[number]
  const { prompts, limits } = plan
  const promptsFrom = promptsAt(plan, lot)
  const [tokensLow, tokensHigh, fateLow, fateHigh, lastLow, lastHigh] = [
    keys[0],
    keys[1],
    keys[4],
    keys[5],
    keys[10],
    keys[11],
  ] as [number, number, number, number, number, number]
  const timeoutMs = limits.timeoutMs ?? Infinity
  const isUnusual = cachedBelow > 0 || plan.cliffs.length > 0
  const { latency } = series
  let [promptSum, answerSum, usual, late, latePrompts, lateAnswers] = [0, 0, 0, 0, 0, 0]
  for (let number = lot.firstNumber, end = number + lot.count; number < end; number++) {
    if (isUnusual || (fateBelow > 0 && drawn(fateLow, fateHigh, number) >>> 0 < fateBelow)) {
      runUnusual(open, number)
      continue
    }
    const word = drawn(tokensLow, tokensHigh, number)
    const answer = answerTokens[word & 0xfff] as number
    const prompt = prompts[promptsFrom + (word >>> 20)] as number
    promptSum += prompt
    answerSum += answer
    usual++
    const last = drawn(lastLow, lastHigh, number)
    let latencyMs = (base[last >>> 20] as number) + answer * (msPerToken[last & 0xfff] as number)
    if (waitFor !== null) latencyMs += waitFor(lot, keys, number)
    if (latencyMs > timeoutMs) {
      late++
      latePrompts += prompt
      lateAnswers += answer
    } else {
      const bucket = bucketOf(latencyMs)
      latency[bucket] = (latency[bucket] as number) + 1
    }
  }
  const at = sumsAt(of.sums, lot.tenant - group.first, lot.segment)
  add(of.sums.values, at + field.embedded, usual)
  add(of.sums.values, at + field.retrieved, usual)
  if (rerank) add(of.sums.values, at + field.reranks, usual)
  add(of.sums.values, at + field.chatCalls, usual)
  add(of.sums.values, at + field.promptTokens, promptSum)
  add(of.sums.values, at + field.answerTokens, answerSum)
  series.promptTokens += promptSum - latePrompts
  series.answerTokens += answerSum - lateAnswers
  settle(tally, series, { finished: usual - late, failed: late, timedOut: late })
}

function add(values: Float64Array, place: number, amount: number): void {
  values[place] = (values[place] as number) + amount
}

function settle(
  { counts }: Tally,
  series: SeriesTally,
  {
    finished,
    failed,
    timedOut,
  }: { readonly finished: number; readonly failed: number; readonly timedOut: number },
): void {
  counts.arrived += finished + failed
  counts.finished += finished
  counts.failed += failed
  counts.timedOut += timedOut
  series.finished += finished
  series.failed += failed
}

/** One query with whatever can happen to it, as grain `event` lets it happen. */
function runUnusual(
  { group, of, tally, lot, keys, series, base, waitFor, cachedBelow }: OpenLot,
  number: number,
): void {
  const { plan } = group
  const variant = plan.variants[lot.variant] as (typeof plan.variants)[number]
  if (isAnsweredFromCache({ keys, number }, cachedBelow)) {
    const own = bucketOf(
      plan.stages.otherMs[drawn(keys[9] as number, keys[8] as number, number) >>> 20] as number,
    )
    add(series.latency, own, 1)
    tally.counts.fromCache++
    return settle(tally, series, { finished: 1, failed: 0, timedOut: 0 })
  }
  const account = accountOf(of.sums, lot.tenant - group.first, lot.segment)
  account.embedded()
  account.retrieved()
  if (variant.rerank) account.reranked()
  const promptTokens = plan.prompts[
    promptsAt(plan, lot) + (drawn(keys[0] as number, keys[1] as number, number) >>> 20)
  ] as number
  const unavailableBelow = strikesBelow(plan.rates.unavailable)
  const wrongBelow = unavailableBelow + strikesBelow(plan.rates.abortedStreams)
  const baseMs = base[drawn(keys[10] as number, keys[11] as number, number) >>> 20] as number
  let latencyMs = baseMs + (waitFor === null ? 0 : waitFor(lot, keys, number))
  for (let attempt = 1; attempt <= plan.limits.attempts; attempt++) {
    const own = ofAttempt(number, attempt)
    const answerTokens = variant.answerTokens[
      drawn(keys[0] as number, keys[1] as number, own) & 0xfff
    ] as number
    const fate = drawn(keys[4] as number, keys[5] as number, own) >>> 0
    if (fate < unavailableBelow) {
      tally.counts.unavailable++
      latencyMs += repeatWaitMs(attempt, fate / unavailableBelow)
      continue
    }
    const word = drawn(keys[10] as number, keys[11] as number, own)
    account.chatted({ promptTokens, answerTokens, isRepeated: attempt > 1 })
    const restMs = answerTokens * (variant.msPerToken[word & 0xfff] as number)
    if (fate < wrongBelow) {
      tally.counts.aborted++
      latencyMs += (variant.firstTokenMs[word >>> 20] as number) + restMs / 2
      continue
    }
    latencyMs += restMs
    const isLate = latencyMs > (plan.limits.timeoutMs ?? Infinity)
    if (!isLate) {
      series.promptTokens += promptTokens
      series.answerTokens += answerTokens
      add(series.latency, bucketOf(latencyMs), 1)
    }
    return settle(tally, series, {
      finished: Number(!isLate),
      failed: Number(isLate),
      timedOut: Number(isLate),
    })
  }
  settle(tally, series, { finished: 0, failed: 1, timedOut: 0 })
}
