/**
 * From which volume on a plan pays for a customer whose cost is a straight line, and above which it
 * does not any more. Exact, by the straight pieces of each plan and not by trying volumes:
 * property-tested against trying them.
 */
import { unreachable } from '../../base/errors.ts'
import { parseUsd, type PicoUsd } from '../../base/money.ts'
import { bracketStretches } from './brackets.ts'
import { packagesOf } from './package.ts'
import { revenueOf, type Plan } from './plan.ts'

/** What a month costs: so much in any case, and so much a query. Neither is negative. */
export interface LinearCost {
  readonly fixed: PicoUsd
  readonly perQuery: PicoUsd
}

/** Volumes in queries a month. */
export interface BreakEven {
  /** The smallest volume at which revenue is at least cost; null when there is none. */
  readonly fromQueries: bigint | null
  /** The largest volume up to which it stays so from there on; null when it does for good. */
  readonly upToQueries: bigint | null
  /** Why there is none, or null. */
  readonly reason: string | null
}

/** Finds the break-even. */
export function breakEvenOf(plan: Plan, cost: LinearCost): BreakEven {
  const fromQueries = firstFrom(plan, cost, { start: 0n, isLoss: false })
  if (fromQueries === null)
    return {
      fromQueries,
      upToQueries: null,
      reason: 'at no volume does the plan bring in what the queries cost',
    }
  const loss = firstFrom(plan, cost, { start: fromQueries, isLoss: true })
  return { fromQueries, upToQueries: loss === null ? null : loss - 1n, reason: null }
}

interface Wanted {
  readonly start: bigint
  /** Whether a loss is looked for, or the absence of one. */
  readonly isLoss: boolean
}

/** The first volume from a start on at which there is a loss, or none. */
function firstFrom(plan: Plan, cost: LinearCost, wanted: Wanted): bigint | null {
  const { start, isLoss } = wanted
  if (revenueOf(plan, start) - cost.fixed - cost.perQuery * start < 0n === isLoss) return start
  return plan.kind === 'package'
    ? firstInPackages(plan, cost, wanted)
    : firstInPieces(piecesOf(plan), cost, wanted)
}

interface Piece {
  readonly from: bigint
  readonly to: bigint | null
  readonly atFrom: bigint
  readonly perQuery: bigint
}

/** Revenue as straight pieces, in order, without a gap. */
function piecesOf(plan: Exclude<Plan, { readonly kind: 'package' }>): readonly Piece[] {
  switch (plan.kind) {
    case 'flat':
      return [{ from: 0n, to: null, atFrom: parseUsd(plan.monthlyUsd), perQuery: 0n }]
    case 'per-query':
      return [
        {
          from: 0n,
          to: null,
          atFrom: parseUsd(plan.monthlyUsd),
          perQuery: parseUsd(plan.usdPerQuery),
        },
      ]
    case 'graduated':
    case 'volume':
      return [
        { from: 0n, to: 0n, atFrom: parseUsd(plan.monthlyUsd), perQuery: 0n },
        ...bracketStretches(plan),
      ]
    case 'commit': {
      const [commit, included] = [parseUsd(plan.commitUsd), BigInt(plan.includedQueries)]
      return [
        { from: 0n, to: included, atFrom: commit, perQuery: 0n },
        {
          from: included + 1n,
          to: null,
          atFrom: commit + parseUsd(plan.overageUsdPerQuery),
          perQuery: parseUsd(plan.overageUsdPerQuery),
        },
      ]
    }
    default:
      return unreachable(plan)
  }
}

function firstInPieces(
  pieces: readonly Piece[],
  cost: LinearCost,
  { start, isLoss }: Wanted,
): bigint | null {
  for (const { from, to, atFrom, perQuery } of pieces) {
    if (to !== null && to < start) continue
    const first = start > from ? start : from
    const profit = atFrom + perQuery * (first - from) - cost.fixed - cost.perQuery * first
    const found = firstOnLine({ first, profit, slope: perQuery - cost.perQuery, isLoss })
    if (found !== null && (to === null || found <= to)) return found
  }
  return null
}

interface Line {
  readonly first: bigint
  readonly profit: bigint
  readonly slope: bigint
  readonly isLoss: boolean
}

/** The first whole number from `first` on at which a line is below zero, or is not. */
function firstOnLine({ first, profit, slope, isLoss }: Line): bigint | null {
  if (profit < 0n === isLoss) return first
  if (isLoss) return slope >= 0n ? null : first + profit / -slope + 1n
  return slope <= 0n ? null : first + (-profit + slope - 1n) / slope
}

/**
 * Within a package revenue stands still: a loss comes at its end first, and goes at the beginning
 * of one.
 */
function firstInPackages(
  plan: Extract<Plan, { readonly kind: 'package' }>,
  cost: LinearCost,
  { start, isLoss }: Wanted,
): bigint | null {
  const [size, price] = [BigInt(plan.size), parseUsd(plan.usdPerPackage)]
  const margin = parseUsd(plan.monthlyUsd) - cost.fixed
  const slope = price - cost.perQuery * size
  const begun = packagesOf(plan, start)
  if (!isLoss) {
    const next = begun + 1n
    const number = firstOnLine({
      first: next,
      profit: margin + price * next - cost.perQuery * ((next - 1n) * size + 1n),
      slope,
      isLoss,
    })
    return number === null ? null : (number - 1n) * size + 1n
  }
  const number = firstOnLine({ first: begun, profit: margin + slope * begun, slope, isLoss })
  if (number === null) return null
  const firstOf = number === 0n ? 0n : (number - 1n) * size + 1n
  const from = firstOf > start ? firstOf : start
  return firstOnLine({
    first: from,
    profit: margin + price * number - cost.perQuery * from,
    slope: -cost.perQuery,
    isLoss,
  })
}
