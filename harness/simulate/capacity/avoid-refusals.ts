/**
 * Which single change would have kept every signup from being refused: an earlier alert, or a
 * shorter lead time. Found by simulating again. As long as nobody is refused, who is placed where
 * depends on neither, and every index is ready no later with a lower alert mark or a shorter lead
 * time; so what holds for one holds for all below it, and both may be searched by halving.
 */
import { unreachable } from '../../../src/base/errors.ts'
import { openFleet, type FleetOptions } from './fleet.ts'
import {
  drive,
  initialIndexesOf,
  planOf,
  simulateCapacity,
  type CapacityOptions,
  type CapacityPlan,
} from './simulate-capacity.ts'

/**
 * What would have helped. Each figure was simulated: nobody is refused at it, somebody is at the
 * next higher one.
 */
export interface RefusalFigures {
  /** `none`: no alert mark and no lead time would have. */
  readonly outcome: 'none-refused' | 'threshold' | 'lead-time' | 'none'
  readonly signups: number
  readonly refused: number
  /** The highest alert mark with the lead time as it is; null: none would have. */
  readonly alertAt: number | null
  /**
   * The longest lead time with the alert mark as it is, in whole seconds; 0 is an index that is
   * ready at once.
   */
  readonly longestLeadTimeSeconds: number | null
  /**
   * Set when nothing else helps. `indexesNeeded` is the smallest quota that would have been enough;
   * null: without any quota, `refusedWithoutQuota` remain.
   */
  readonly quota: {
    readonly maxIndexes: number
    readonly indexesNeeded: number | null
    readonly refusedWithoutQuota: number
  } | null
}

/** The figures, and one sentence for people. */
export interface RefusalAdvice extends RefusalFigures {
  readonly sentence: string
}

/** Advises on what `simulateCapacity` finds for the same options. */
export function avoidRefusals(options: CapacityOptions): RefusalAdvice {
  const figures = figuresOf(options)
  return { ...figures, sentence: sentenceOf(figures, options.limits.operatingLimit) }
}

function figuresOf(options: CapacityOptions): RefusalFigures {
  const { signups, limits, leadTimeSeconds } = options
  const refused = simulateCapacity(options).refused?.count ?? 0
  const figures = {
    signups: signups.atSeconds.length - signups.present,
    refused,
    alertAt: null,
    longestLeadTimeSeconds: null,
    quota: null,
  }
  if (refused === 0) return { ...figures, outcome: 'none-refused' }
  const plan = planOf(signups)
  // The fleet begins as it is today, whatever is tried.
  const today: FleetOptions = { ...options, initialIndexes: initialIndexesOf(options) }
  const helps = (change: Partial<FleetOptions>): boolean =>
    !refusesAnybody(plan, { ...today, ...change })
  const longestLeadTimeSeconds = highestThat(
    { from: 0, below: Math.ceil(leadTimeSeconds) },
    (seconds) => helps({ leadTimeSeconds: seconds }),
  )
  // Where an index that is ready at once comes too late, only a quota can be the reason, and an
  // earlier alert is of no use.
  if (longestLeadTimeSeconds === null)
    return { ...figures, outcome: 'none', quota: quotaOf(options) }
  const alertAt = highestThat({ from: 1, below: limits.alertAt }, (mark) =>
    helps({ limits: { ...limits, alertAt: mark } }),
  )
  return {
    ...figures,
    outcome: alertAt === null ? 'lead-time' : 'threshold',
    alertAt,
    longestLeadTimeSeconds,
  }
}

function refusesAnybody(plan: CapacityPlan, options: FleetOptions): boolean {
  let isRefused = false
  const fleet = openFleet(options, ({ event }) => {
    if (event === 'placement-refused') isRefused = true
  })
  drive(plan, fleet, () => isRefused)
  return isRefused
}

/**
 * The highest whole number in [from, below) that holds, given that all below one that holds do;
 * null when not even the lowest does.
 */
function highestThat(
  { from, below }: { readonly from: number; readonly below: number },
  holds: (candidate: number) => boolean,
): number | null {
  if (from >= below || !holds(from)) return null
  let [good, bad] = [from, below]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (holds(middle)) good = middle
    else bad = middle
  }
  return good
}

function quotaOf(options: CapacityOptions): RefusalFigures['quota'] {
  const { maxIndexes } = options
  if (maxIndexes === null) return null
  const { refused, indexes } = simulateCapacity({
    ...options,
    maxIndexes: null,
    initialIndexes: initialIndexesOf(options),
  })
  const used = indexes.filter(({ peakNamespaces }) => peakNamespaces > 0).length
  return {
    maxIndexes,
    indexesNeeded: refused === null ? used : null,
    refusedWithoutQuota: refused?.count ?? 0,
  }
}

function sentenceOf(figures: RefusalFigures, operatingLimit: number): string {
  const { outcome, signups, refused, alertAt, quota } = figures
  const some = `${whole(refused)} of ${whole(signups)} signups`
  switch (outcome) {
    case 'none-refused':
      return `None of the ${whole(signups)} signups is refused.`
    case 'threshold':
      return (
        `With an alert at ${alertAt ?? 1} of ${operatingLimit} none of the ` +
        `${whole(signups)} signups would have been refused; the same holds for ` +
        `${leadTimeWords(figures)}.`
      )
    case 'lead-time':
      return (
        `${some} were refused, and no alert is early enough, not even at 1 of ` +
        `${operatingLimit}; only ${leadTimeWords(figures)} would have avoided it.`
      )
    case 'none':
      return (
        `${some} were refused, and neither an earlier alert nor a shorter lead time would ` +
        `have avoided it: ${quotaWords(quota)}.`
      )
    default:
      return unreachable(outcome)
  }
}

function quotaWords(quota: RefusalFigures['quota']): string {
  if (quota === null) return 'the indexes are as many as there can be'
  const { maxIndexes, indexesNeeded, refusedWithoutQuota } = quota
  const rest =
    indexesNeeded === null
      ? `without a quota ${whole(refusedWithoutQuota)} would still be refused, for the lead time is too long as well`
      : `a quota of ${whole(indexesNeeded)} would have been enough`
  return `the quota of indexes, ${whole(maxIndexes)}, is reached; ${rest}`
}

/** Cut to a tenth, never rounded up: the sentence claims no more than was simulated. */
function leadTimeWords({ longestLeadTimeSeconds }: RefusalFigures): string {
  const seconds = longestLeadTimeSeconds ?? 0
  if (seconds === 0) return 'an index that is ready at once'
  const [unit, length] =
    seconds < 120
      ? (['s', 1] as const)
      : seconds < 7_200
        ? (['min', 60] as const)
        : seconds < 172_800
          ? (['h', 3_600] as const)
          : (['days', 86_400] as const)
  return `a lead time of at most ${Math.floor((seconds / length) * 10) / 10} ${unit}`
}

function whole(count: number): string {
  return count.toLocaleString('en')
}
