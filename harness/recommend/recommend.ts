/**
 * Which configuration a tenant should get: the cheapest whose quality interval lies above the floor
 * and that keeps latency objective and budget. When the floor lies inside the intervals the answer
 * is "none yet: ask N more"; when nothing can fit it is "none does". Times are the modelled ones
 * where there are any, so that one seed gives one answer.
 */
import {
  formatUsd,
  formatUsdRounded,
  picoUsd,
  usdAsNumber,
  type PicoUsd,
} from '../../src/base/money.ts'
import { moreTrialsFor } from '../measure/intervals.ts'
import { leastSamples } from '../measure/quantiles.ts'

/** One configuration with what was found out about it. */
export interface Candidate {
  readonly variant: { readonly model: string; readonly topK: number; readonly rerank: boolean }
  readonly costPerQuery: PicoUsd
  readonly quality: {
    readonly share: number
    readonly low95: number
    readonly high95: number
    readonly questions: number
    readonly source?: 'measured' | 'modelled'
  }
  /**
   * p95 of modelled time where services are modelled, else of measured time; null with too few
   * samples.
   */
  readonly p95Ms: number | null
  readonly timing?: 'measured' | 'modelled'
  readonly answered: number
  readonly infeasible: boolean
}

/** What the tenant needs. */
export interface Needs {
  readonly qualityFloor: number
  readonly latencyObjectiveMs: number
  readonly monthlyBudget: PicoUsd
  readonly queriesPerMonth: number
}

/** The answer. `chosen` is null when there is none yet, or none at all. */
export interface Recommendation {
  readonly chosen: Candidate | null
  readonly reason: string
  /**
   * The smallest change of an assumption that changes the answer; null when no single one in sight
   * does.
   */
  readonly flipsWhen: string | null
}

type Standing =
  | 'fits'
  | 'quality-open'
  | 'quality-below'
  | 'too-slow'
  | 'latency-open'
  | 'over-budget'
  | 'infeasible'

interface Placed {
  readonly candidate: Candidate
  readonly standing: Standing
}

/** Recommends. Candidates may come in any order; ties in cost go to the better quality. */
export function recommend(candidates: readonly Candidate[], needs: Needs): Recommendation {
  const placed = candidates
    .map((candidate): Placed => ({ candidate, standing: standingOf(candidate, needs) }))
    .sort((one, other) => compare(one.candidate, other.candidate))
  const chosen = placed.find(({ standing }) => standing === 'fits')
  if (chosen !== undefined)
    return {
      chosen: chosen.candidate,
      reason: reasonFor(chosen.candidate, placed, needs),
      flipsWhen: smallestFlip(chosen.candidate, placed, needs),
    }
  const open = placed.filter(
    ({ standing }) => standing === 'quality-open' || standing === 'latency-open',
  )
  if (open.length > 0) return { chosen: null, reason: noneYet(open, needs), flipsWhen: null }
  return { chosen: null, reason: noneDoes(placed, needs), flipsWhen: null }
}

const hindrances = {
  'quality-below': 'below the floor',
  'too-slow': 'too slow',
  'over-budget': 'over the budget',
  infeasible: 'beyond the window of their model',
} as const

/** For each thing that hinders, the one that comes closest, and how many others it hinders. */
function noneDoes(placed: readonly Placed[], needs: Needs): string {
  const groups = Map.groupBy(placed, ({ standing }) => standing)
  const sentences = (Object.keys(hindrances) as (keyof typeof hindrances)[]).flatMap((standing) => {
    const group = (groups.get(standing) ?? [])
      .map(({ candidate }) => candidate)
      .sort((one, other) => shortfall(one, standing) - shortfall(other, standing))
    const [closest, ...others] = group
    if (closest === undefined) return []
    const more =
      others.length === 0
        ? ''
        : `, and ${others.length} more ${others.length === 1 ? 'is' : 'are'} ${hindrances[standing]}`
    return [`${named(closest)} ${because(closest, standing, needs)}${more}`]
  })
  return `none does: ${sentences.join('; ')}.`
}

function shortfall(
  { quality, p95Ms, costPerQuery }: Candidate,
  standing: keyof typeof hindrances,
): number {
  return standing === 'quality-below'
    ? -quality.high95
    : standing === 'too-slow'
      ? (p95Ms ?? 0)
      : usdAsNumber(costPerQuery)
}

function compare(one: Candidate, other: Candidate): number {
  const difference = one.costPerQuery - other.costPerQuery
  return difference < 0n ? -1 : difference > 0n ? 1 : other.quality.low95 - one.quality.low95
}

function standingOf(candidate: Candidate, needs: Needs): Standing {
  if (candidate.infeasible) return 'infeasible'
  if (monthly(candidate, needs) > needs.monthlyBudget) return 'over-budget'
  if (candidate.p95Ms !== null && candidate.p95Ms > needs.latencyObjectiveMs) return 'too-slow'
  if (candidate.quality.high95 <= needs.qualityFloor) return 'quality-below'
  if (candidate.quality.low95 <= needs.qualityFloor) return 'quality-open'
  return candidate.p95Ms === null ? 'latency-open' : 'fits'
}

function monthly(candidate: Candidate, needs: Needs): PicoUsd {
  return picoUsd(candidate.costPerQuery * BigInt(needs.queriesPerMonth))
}

function named({ variant }: Candidate): string {
  return `${variant.model} top_k ${variant.topK}${variant.rerank ? ' with rerank' : ''}`
}

const share = (value: number): string => `${(value * 100).toFixed(1)} %`
const percentage = (change: number): string => (change * 100).toFixed(1)
const secondsOf = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`

function because(candidate: Candidate, standing: Standing, needs: Needs): string {
  const { low95, high95 } = candidate.quality
  switch (standing) {
    case 'fits':
      return 'fits'
    case 'infeasible':
      return 'does not fit the window of the model'
    case 'over-budget':
      return (
        `costs $${formatUsdRounded(monthly(candidate, needs), 2)} a month, over the budget ` +
        `of $${formatUsd(needs.monthlyBudget)}`
      )
    case 'too-slow':
      return (
        `has a p95 of ${secondsOf(candidate.p95Ms ?? 0)}, over the objective of ` +
        `${secondsOf(needs.latencyObjectiveMs)}`
      )
    case 'latency-open':
      return 'has too few samples for a p95'
    case 'quality-below':
      return `is right in at most ${share(high95)}, below the floor of ${share(needs.qualityFloor)}`
    case 'quality-open':
      return `is right in ${share(low95)} to ${share(high95)}, around the floor of ${share(needs.qualityFloor)}`
  }
}

function reasonFor(chosen: Candidate, placed: readonly Placed[], needs: Needs): string {
  const cheaper = placed.slice(
    0,
    placed.findIndex(({ candidate }) => candidate === chosen),
  )
  const others = cheaper.map(
    ({ candidate, standing }) =>
      `${named(candidate)} is cheaper but ${because(candidate, standing, needs)}`,
  )
  const own =
    `${named(chosen)} is the cheapest that fits: right in at least ` +
    `${share(chosen.quality.low95)} of questions (floor ${share(needs.qualityFloor)}), ` +
    `p95 ${secondsOf(chosen.p95Ms ?? 0)}, ` +
    `$${formatUsdRounded(monthly(chosen, needs), 2)} a month`
  return `${[own, ...others].join('; ')}.`
}

function noneYet(open: readonly Placed[], needs: Needs): string {
  const wanted = open.flatMap(({ candidate, standing }) => {
    if (standing === 'latency-open') return []
    const more = moreTrialsFor(needs.qualityFloor, {
      share: candidate.quality.share,
      trials: candidate.quality.questions,
    })
    return more === null ? [] : [{ candidate, more }]
  })
  const least = wanted.sort((one, other) => one.more - other.more)[0]
  if (least === undefined) {
    const closest = Math.max(
      ...open
        .filter(({ standing }) => standing === 'latency-open')
        .map(({ candidate }) => candidate.answered),
      -1,
    )
    return closest >= 0
      ? `none yet: ask ${leastSamples.p95 - closest} more, for a p95 takes ${leastSamples.p95} answers in a cell.`
      : 'none yet: ask more; no configuration that keeps budget and objective is right more ' +
          `often than the floor of ${share(needs.qualityFloor)} so far.`
  }
  return (
    `none yet: ask ${least.more} more; ${named(least.candidate)} ` +
    `${because(least.candidate, 'quality-open', needs)}.`
  )
}

interface Flip {
  readonly change: number
  readonly text: string
}

/**
 * All single changes that would change the answer; the smallest one, relative to what is assumed,
 * is told.
 */
function smallestFlip(chosen: Candidate, placed: readonly Placed[], needs: Needs): string | null {
  const flips = [
    ...ownFlips(chosen, needs),
    ...placed
      .filter(({ candidate }) => candidate !== chosen)
      .flatMap((other) => flipsTo(chosen, other, needs)),
  ]
  return flips.sort((one, other) => one.change - other.change)[0]?.text ?? null
}

function ownFlips(chosen: Candidate, needs: Needs): readonly Flip[] {
  const slack = chosen.quality.low95 - needs.qualityFloor
  const slower = needs.latencyObjectiveMs / (chosen.p95Ms ?? 1) - 1
  const room = usdAsNumber(needs.monthlyBudget) / usdAsNumber(monthly(chosen, needs)) - 1
  return [
    {
      change: slack / chosen.quality.share,
      text:
        `${named(chosen)} is right ${percentage(slack)} points less often than ` +
        `${chosen.quality.source === 'measured' ? 'measured' : 'assumed'}`,
    },
    {
      change: slower,
      text: `${named(chosen)} takes ${percentage(slower)} % longer than ${chosen.timing ?? 'modelled'}`,
    },
    {
      change: room,
      text: `${named(chosen)} costs ${percentage(room)} % more, or is asked that much more`,
    },
  ]
}

function flipsTo(
  chosen: Candidate,
  { candidate, standing }: Placed,
  needs: Needs,
): readonly Flip[] {
  const costs = {
    own: usdAsNumber(chosen.costPerQuery),
    other: usdAsNumber(candidate.costPerQuery),
  }
  switch (standing) {
    case 'fits': {
      const cheaper = 1 - costs.own / costs.other
      return [
        {
          change: cheaper,
          text: `${named(candidate)} costs ${percentage(cheaper)} % less; then ${named(candidate)} is cheaper`,
        },
      ]
    }
    case 'quality-open':
    case 'quality-below': {
      if (costs.other >= costs.own || candidate.p95Ms === null) return []
      const missing = needs.qualityFloor - candidate.quality.low95
      return [
        {
          change: missing / Math.max(0.01, candidate.quality.share),
          text: `${named(candidate)} is right ${percentage(missing)} points more often; then it is enough, and cheaper`,
        },
      ]
    }
    case 'too-slow': {
      if (costs.other >= costs.own || candidate.quality.low95 <= needs.qualityFloor) return []
      const faster = 1 - needs.latencyObjectiveMs / (candidate.p95Ms ?? 1)
      return [
        {
          change: faster,
          text:
            `${named(candidate)} is ${percentage(faster)} % faster than ` +
            `${candidate.timing ?? 'modelled'}; then it keeps the objective, and is cheaper`,
        },
      ]
    }
    case 'over-budget':
    case 'latency-open':
    case 'infeasible':
      return []
  }
}
