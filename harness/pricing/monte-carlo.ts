/**
 * How far a month may come out otherwise: many months are drawn, each with another volume, another
 * mean within its interval, other queries, and a meter that loses, delays or has to guess a little.
 * Draws are keyed by seed and tenant, so that one tenant more or less changes no other's.
 */
import { quantileSorted } from 'simple-statistics'
import { usdAsNumber, usdFromNumber, type PicoUsd } from '../../src/base/money.ts'
import { randomFor } from '../../src/base/random.ts'
import { revenueOf, runDriftLimits } from '../../src/index.ts'
import { currentOf, standardErrorOf, type TenantEconomics } from './economics.ts'
import type { Plans } from './tier-margins.ts'

/** What varies, and how much. Shares are medians over months. */
export interface MonteCarloOptions {
  readonly plans?: Plans
  readonly draws?: number
  readonly seed?: number
  /** Of the logarithm of a tenant's volume; its median is what the tenant asks. */
  readonly volumeSigma?: number
  /** Usage that is billed and never metered. */
  readonly lostShare?: number
  /** Usage that is metered in the month after. */
  readonly lateShare?: number
  /**
   * Usage whose quantities are our own count, and how far such a count is off (standard deviation
   * of the ratio).
   */
  readonly unknownShare?: number
  readonly unknownError?: number
  /** Of the logarithm of those shares, from month to month. */
  readonly meterSigma?: number
}

/** The usual values: what the local vendors do, and a tenth more or less of volume. */
export const usualMonteCarlo = {
  draws: 1_000,
  seed: 42,
  volumeSigma: 0.1,
  lostShare: 0.001,
  lateShare: 0.001,
  unknownShare: 0.001,
  unknownError: 0.2,
  meterSigma: 1,
} as const

/** Three points of a distribution. */
export interface Bands<T> {
  readonly p5: T
  readonly p50: T
  readonly p95: T
}

/** What the months came to. */
export interface MonteCarlo {
  readonly draws: number
  readonly seed: number
  readonly costUsd: Bands<PicoUsd> | null
  /** Gross, of revenue; null without a plan for every tier, or without revenue. */
  readonly grossMarginPct: Bands<number> | null
  /** The likeliest first, those that never do left out. */
  readonly overBudget: readonly { readonly tenant: string; readonly probability: number }[]
  /** How many tenants ever do. */
  readonly overBudgetTenants: number
  /** That drift of usage against the bill leaves ±5 %. */
  readonly driftOutProbability: number | null
  readonly assumptions: readonly string[]
  readonly reason: string | null
}

const mostNamed = 10

/** Draws the months. */
export function monteCarlo(
  tenants: readonly TenantEconomics[],
  given: MonteCarloOptions = {},
): MonteCarlo {
  const options = { ...usualMonteCarlo, plans: new Map(), ...given }
  const { draws, seed } = options
  const assumptions = assumptionsOf(options)
  if (tenants.length === 0)
    return {
      draws,
      seed,
      costUsd: null,
      grossMarginPct: null,
      overBudget: [],
      overBudgetTenants: 0,
      driftOutProbability: null,
      assumptions,
      reason: 'there are no tenants',
    }
  const [costs, revenues] = [new Float64Array(draws), new Float64Array(draws)]
  const over = tenants
    .map((tenant) => ({
      tenant: tenant.tenant,
      probability: drawTenant(tenant, options, { costs, revenues }) / draws,
    }))
    .filter(({ probability }) => probability > 0)
  const isPriced =
    tenants.every(({ tier }) => options.plans.has(tier)) && revenues.every((revenue) => revenue > 0)
  const { p5, p50, p95 } = bandsOf(costs)
  return {
    draws,
    seed,
    costUsd: { p5: usdFromNumber(p5), p50: usdFromNumber(p50), p95: usdFromNumber(p95) },
    grossMarginPct: isPriced
      ? bandsOf(costs.map((cost, at) => 100 * (1 - cost / (revenues[at] ?? 1))))
      : null,
    overBudget: over
      .toSorted(
        (one, other) => other.probability - one.probability || (one.tenant < other.tenant ? -1 : 1),
      )
      .slice(0, mostNamed),
    overBudgetTenants: over.length,
    driftOutProbability: driftOut(options),
    assumptions,
    reason: isPriced
      ? null
      : 'without a plan for every tier, or without revenue, there is no margin',
  }
}

type Options = Required<MonteCarloOptions>

/** Adds a tenant's months to the fleet's; returns in how many it is over its budget. */
function drawTenant(
  tenant: TenantEconomics,
  { plans, draws, seed, volumeSigma }: Options,
  fleet: { readonly costs: Float64Array; readonly revenues: Float64Array },
): number {
  const random = randomFor([seed, 'price', 'monte-carlo', tenant.tenant])
  const { costPerQuery } = currentOf(tenant)
  const [fixed, budget, mean] = [
    tenant.fixedMonthlyUsd,
    tenant.needs.monthlyBudgetUsd,
    costPerQuery.mean,
  ].map(usdAsNumber) as [number, number, number]
  const uncertain = standardErrorOf(costPerQuery)
  const plan = plans.get(tenant.tier)
  let over = 0
  for (let draw = 0; draw < draws; draw++) {
    const queries = Math.round(random.logNormal(tenant.queriesPerMonth, volumeSigma))
    const found =
      mean +
      uncertain * random.normal() +
      (costPerQuery.standardDeviationUsd / Math.sqrt(Math.max(1, queries))) * random.normal()
    const cost = fixed + queries * Math.max(0, found)
    fleet.costs[draw] = (fleet.costs[draw] ?? 0) + cost
    if (plan !== undefined)
      fleet.revenues[draw] =
        (fleet.revenues[draw] ?? 0) + usdAsNumber(revenueOf(plan, BigInt(queries)))
    if (cost > budget) over += 1
  }
  return over
}

/**
 * What is wrong with a meter is wrong for all its tenants at once: one draw a month, not one a
 * tenant.
 */
function driftOut({
  draws,
  seed,
  lostShare,
  lateShare,
  unknownShare,
  unknownError,
  meterSigma,
}: Options): number {
  const random = randomFor([seed, 'price', 'monte-carlo', 'meter'])
  const share = (median: number): number =>
    median === 0 ? 0 : Math.min(1, random.logNormal(median, meterSigma))
  let out = 0
  for (let draw = 0; draw < draws; draw++) {
    const driftPct =
      100 *
      (share(lateShare) -
        share(lateShare) -
        share(lostShare) +
        share(unknownShare) * unknownError * random.normal())
    if (Math.abs(driftPct) > runDriftLimits.passPct) out += 1
  }
  return out / draws
}

function bandsOf(values: Float64Array): Bands<number> {
  const sorted = Array.from(values.toSorted())
  return {
    p5: quantileSorted(sorted, 0.05),
    p50: quantileSorted(sorted, 0.5),
    p95: quantileSorted(sorted, 0.95),
  }
}

function assumptionsOf({
  draws,
  seed,
  volumeSigma,
  lostShare,
  lateShare,
  unknownShare,
  unknownError,
  meterSigma,
}: Options): readonly string[] {
  const percents = (share: number): string => `${(100 * share).toFixed(2)} %`
  return [
    `${draws} months from seed ${seed}: volume log-normal around what each tenant asks (sigma ` +
      `${volumeSigma}), the mean of a query normal within its interval, and n queries around it ` +
      'by their deviation / sqrt(n); tenants are independent.',
    `The meter loses ${percents(lostShare)}, has ${percents(lateShare)} late and ` +
      `${percents(unknownShare)} to guess (off by ${percents(unknownError)}), shares log-normal ` +
      `from month to month (sigma ${meterSigma}), all tenants alike.`,
  ]
}
