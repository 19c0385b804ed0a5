/**
 * The highest rate that still meets the objectives, by bisection. Each rate is driven for a while;
 * a rate that can no longer meet them is given up early. A rate at which the generator itself fell
 * behind says nothing about the system: where that is what bounds the rate found, the search is
 * invalid.
 */
import { stages, type Stage } from '../../../src/base/stages.ts'
import { togetherOf, type LoadSeries } from '../../measure/load-recorder.ts'
import type { WrittenLoad } from '../../scenario/load-schema.ts'
import type { LoadOutcome } from './drive-load.ts'

/** What a rate has to meet, and between which rates is looked. */
export type Search = NonNullable<WrittenLoad['search']>

/** One rate that was tried. */
export interface Probe {
  readonly ratePerSecond: number
  readonly verdict: 'met' | 'missed' | 'invalid'
  readonly reason: string
  readonly p95Ms: number | null
  readonly failuresPct: number | null
  readonly answeredPerSecond: number
  readonly stoppedEarly: boolean
}

/** How the search came out. */
export interface Saturation {
  readonly verdict: 'found' | 'above-range' | 'below-range' | 'invalid'
  /** Null where not even the lowest rate met the objectives. */
  readonly highestPerSecond: number | null
  /**
   * The stage whose p95 grew most from the lowest rate to the lowest that was missed; null where
   * none is shown, or none was missed.
   */
  readonly saturates: Stage | null
  readonly reason: string
  readonly probes: readonly Probe[]
}

/** A rate as it was driven. */
export interface DrivenRate {
  readonly outcome: LoadOutcome
  readonly planned: number
  readonly stoppedEarly: boolean
  /** Why the generator was the bottleneck; null when it kept up. */
  readonly invalid: string | null
  /** Nothing more may be asked, whatever came of this rate. */
  readonly isOver: boolean
}

interface Tried extends Probe {
  readonly series: LoadSeries
}

/** Searches. `driveAt` drives one rate. */
export async function findSaturation(
  search: Search,
  driveAt: (ratePerSecond: number) => Promise<DrivenRate>,
): Promise<Saturation> {
  const tried: Tried[] = []
  const tryAt = async (ratePerSecond: number): Promise<Tried['verdict'] | 'over'> => {
    const driven = await driveAt(ratePerSecond)
    const probe = judge(search, ratePerSecond, driven)
    tried.push(probe)
    return driven.isOver ? 'over' : probe.verdict
  }
  let [low, high] = [search.lowPerSecond, search.highPerSecond]
  const lowest = await tryAt(low)
  if (lowest !== 'met') return ended(tried, lowest === 'missed' ? 'below-range' : 'invalid', null)
  const highest = await tryAt(high)
  if (highest === 'over') return ended(tried, 'invalid', low)
  if (highest === 'met') return ended(tried, 'above-range', high)
  let isBlind = highest === 'invalid'
  while (high / low - 1 > search.precisionPct / 100) {
    const middle = (low + high) / 2
    const verdict = await tryAt(middle)
    if (verdict === 'over') return ended(tried, 'invalid', low)
    if (verdict === 'met') low = middle
    else high = middle
    if (verdict !== 'met') isBlind = verdict === 'invalid'
  }
  return ended(tried, isBlind ? 'invalid' : 'found', low)
}

function judge(
  search: Search,
  ratePerSecond: number,
  { outcome, planned, stoppedEarly, invalid }: DrivenRate,
): Tried {
  const series = togetherOf(outcome.recorder.cells.values())
  const { answered, failed } = series.counts
  // What was not asked because the rate was given up is not what it failed at.
  const failuresPct = answered + failed === 0 ? null : (100 * failed) / (answered + failed)
  const p95Ms = series.latency.percentiles().p95
  const common = {
    ratePerSecond,
    p95Ms,
    failuresPct,
    answeredPerSecond: outcome.lastSentMs === 0 ? 0 : (1_000 * answered) / outcome.lastSentMs,
    stoppedEarly,
    series,
  }
  if (stoppedEarly)
    return {
      ...common,
      verdict: 'missed',
      reason: `given up: too many of ${planned} took longer than ${search.p95Ms} ms, or failed`,
    }
  if (invalid !== null) return { ...common, verdict: 'invalid', reason: invalid }
  if (failuresPct !== null && failuresPct > search.failuresPct)
    return {
      ...common,
      verdict: 'missed',
      reason: `${failuresPct.toFixed(1)} % failed, at most ${search.failuresPct} % may`,
    }
  if (p95Ms === null)
    return {
      ...common,
      verdict: 'missed',
      reason: `p95 needs 60 answers, ${answered} came; lengthen stageSeconds`,
    }
  const isMet = p95Ms <= search.p95Ms
  return {
    ...common,
    verdict: isMet ? 'met' : 'missed',
    reason: `p95 is ${p95Ms.toFixed(1)} ms, the objective ${search.p95Ms} ms`,
  }
}

function ended(
  tried: readonly Tried[],
  verdict: Saturation['verdict'],
  highestPerSecond: number | null,
): Saturation {
  const probes = tried.map(({ series: _series, ...probe }) => probe)
  const saturates = stageThatGrew(tried)
  return { verdict, highestPerSecond, saturates, reason: reasonOf(verdict, tried), probes }
}

function reasonOf(verdict: Saturation['verdict'], tried: readonly Tried[]): string {
  switch (verdict) {
    case 'found':
      return 'the highest rate that met the objectives, to the precision asked for'
    case 'above-range':
      return 'the highest rate that was tried met the objectives: raise highPerSecond'
    case 'below-range':
      return `the lowest rate did not meet the objectives: ${tried[0]?.reason ?? ''}`
    case 'invalid':
      return (
        'the generator was the bottleneck before the system was: ' +
        `${tried.findLast((each) => each.verdict === 'invalid')?.reason ?? ''}`
      )
  }
}

function stageThatGrew(tried: readonly Tried[]): Stage | null {
  const byRate = tried.toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
  const missed = byRate.find(({ verdict }) => verdict === 'missed')
  const base = byRate[0]
  if (missed === undefined || base === undefined || missed === base) return null
  const grown = stages.flatMap((stage) => {
    const [before, after] = [base, missed].map(
      ({ series }) => series.stages.get(stage)?.valueAt(0.95) ?? null,
    )
    return before == null || after == null || after <= before
      ? []
      : [{ stage, byMs: after - before }]
  })
  return grown.toSorted((one, other) => other.byMs - one.byMs)[0]?.stage ?? null
}
