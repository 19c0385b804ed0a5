/**
 * Tiers for a target margin: tenants are cut by volume, each tier is a commitment that pays for its
 * dearer tenants at the target, and each query beyond it is priced at the target too. The proposal
 * is then held against the same tenants, and says where it fails.
 */
import {
  formatUsd,
  formatUsdRounded,
  parseUsd,
  picoUsd,
  zeroUsd,
  type PicoUsd,
} from '../../src/base/money.ts'
import type { Margin, Plan } from '../../src/index.ts'
import { currentOf, monthlyCostOf, type TenantEconomics } from './economics.ts'
import { humanPrice, humanVolume } from './human-numbers.ts'
import { moversBetween } from './movers.ts'
import {
  fleetMargin,
  meanCostOf,
  tierMargins,
  type Plans,
  type TierMargin,
} from './tier-margins.ts'

/** What is proposed. */
export interface ProposedTier {
  readonly tier: string
  readonly upToQueries: number
  readonly plan: Extract<Plan, { readonly kind: 'commit' }>
  readonly tenants: readonly string[]
}

/** A proposal with what it comes to. */
export interface Proposal {
  readonly targetMarginPct: number
  readonly tiers: readonly ProposedTier[]
  readonly margins: readonly TierMargin[]
  readonly fleet: Margin | null
  readonly underwaterTenants: number
  /** Tiers whose gross margin is under the target. */
  readonly belowTarget: readonly string[]
  /** Tenants that another of the tiers they may choose among would save a fifth. */
  readonly wouldMove: number
  readonly holds: boolean
  /** How it was made, and what it comes to. */
  readonly rule: string
  readonly says: string
}

/** What is asked for. */
export interface ProposeOptions {
  /** Gross margin over revenue, in percent, under 100. */
  readonly targetMarginPct?: number
  readonly tiers?: number
}

/**
 * The usual target: between a product that lives on models and classic software (docs/price.md).
 */
export const usualTargetPct = 60
const usualTiers = 3

/** Proposes, from what tenants cost under their current configurations. */
export function proposeTiers(
  tenants: readonly TenantEconomics[],
  { targetMarginPct = usualTargetPct, tiers: wanted = usualTiers }: ProposeOptions = {},
): Proposal {
  const priced =
    `A commitment is what the tenant at the 80th percentile of its tier's cost needs ` +
    `for ${targetMarginPct} % gross margin, a query beyond it what the tier's mean ` +
    'query costs by itself at that margin, both rounded up to a price that people use.'
  if (tenants.length === 0)
    return {
      targetMarginPct,
      tiers: [],
      margins: [],
      fleet: null,
      underwaterTenants: 0,
      belowTarget: [],
      wouldMove: 0,
      holds: false,
      rule: priced,
      says: 'None: there are no tenants to make tiers for.',
    }
  const attempts = attemptsFor(tenants, wanted).flatMap(({ ladders, how }) =>
    overages.map(({ atLeastIncluded, also }) =>
      evaluated(
        ladders.map((ladder) => ladderOf(ladder, { targetMarginPct, atLeastIncluded })),
        { tenants, targetMarginPct, rule: `${how} ${priced}${also}` },
      ),
    ),
  )
  const sellable = attempts.filter(({ ascends }) => ascends)
  const { ascends: _ascends, ...best } =
    sellable.find(({ holds }) => holds) ?? sellable[0] ?? (attempts[0] as Attempt)
  return best
}

/**
 * Where a smaller tier with much beyond it undercuts a larger one, a query beyond costs at least as
 * much as one that is included.
 */
const overages = [
  { atLeastIncluded: false, also: '' },
  {
    atLeastIncluded: true,
    also:
      ' A query beyond costs at least what an included one does: tenants would otherwise ' +
      'stay in a tier that is too small for them.',
  },
] as const

type Attempt = Proposal & { readonly ascends: boolean }

/** Tenants that choose among the same tiers, and how many of those there may be. */
interface Ladder {
  readonly name: string
  readonly tenants: readonly TenantEconomics[]
  readonly most: number
}

/**
 * By volume alone first. Where the costs of configurations make a larger tier cheaper than a
 * smaller one, by what is sold today and volume.
 */
function attemptsFor(
  tenants: readonly TenantEconomics[],
  wanted: number,
): readonly { readonly ladders: readonly Ladder[]; readonly how: string }[] {
  const counts = Array.from({ length: wanted }, (_each, at) => wanted - at)
  const offers = [...Map.groupBy(tenants, ({ tier }) => tier)]
    .map(([name, group]) => ({ name, tenants: group }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const byVolume = counts
    .filter((most) => most > 1 || wanted === 1)
    .map((most) => ({
      ladders: [{ name: 'tier', tenants, most }],
      how: `Tenants are cut by volume at round numbers, ${most} tiers at most with about as many tenants each.`,
    }))
  const byOffer = counts.map((most) => ({
    ladders: offers.map((offer) => ({ ...offer, most })),
    how:
      'By volume alone a larger tier would be cheaper than a smaller one, or one would be ' +
      `under the target: today's tiers are kept apart, each cut by volume into ${most} at ` +
      'most.',
  }))
  return [...byVolume, ...byOffer]
}

interface PriceRule {
  readonly targetMarginPct: number
  readonly atLeastIncluded: boolean
}

function ladderOf({ name, tenants, most }: Ladder, rule: PriceRule): readonly ProposedTier[] {
  const groups = cutByVolume(tenants, most)
  return groups.map((group, at) =>
    proposedTier(group, groups.length === 1 && name !== 'tier' ? name : `${name}-${at + 1}`, rule),
  )
}

interface Evaluation {
  readonly tenants: readonly TenantEconomics[]
  readonly targetMarginPct: number
  readonly rule: string
}

/** Holds tiers against the tenants that they were made for. */
function evaluated(
  ladders: readonly (readonly ProposedTier[])[],
  { tenants, targetMarginPct, rule }: Evaluation,
): Attempt {
  const tiers = ladders.flat()
  const tierOf = new Map(
    tiers.flatMap(({ tier, tenants: names }) => names.map((name) => [name, tier] as const)),
  )
  const moved = tenants.map((tenant) => ({ ...tenant, tier: tierOf.get(tenant.tenant) ?? '' }))
  const plansOf = (list: readonly ProposedTier[]): Plans =>
    new Map(list.map(({ tier, plan }) => [tier, plan]))
  const [margins, fleet] = [tierMargins(moved, plansOf(tiers)), fleetMargin(moved, plansOf(tiers))]
  const belowTarget = margins
    .filter(({ grossMarginPct }) => grossMarginPct === null || grossMarginPct < targetMarginPct)
    .map(({ tier }) => tier)
  const underwaterTenants = margins.reduce((sum, each) => sum + (each.underwaterTenants ?? 0), 0)
  const wouldMove = ladders.reduce(
    (sum, ladder) =>
      sum +
      moversBetween(
        moved.filter(({ tier }) => ladder.some((each) => each.tier === tier)),
        plansOf(ladder),
      ).movers.length,
    0,
  )
  const ascends = ladders.every((ladder) =>
    ladder.every(
      ({ plan }, at) => at === 0 || commitOf(plan) >= commitOf(ladder[at - 1]?.plan ?? plan),
    ),
  )
  return {
    targetMarginPct,
    tiers,
    margins,
    fleet,
    underwaterTenants,
    belowTarget,
    wouldMove,
    holds: belowTarget.length === 0 && wouldMove === 0,
    ascends,
    rule,
    says: wordsFor({
      belowTarget,
      underwaterTenants,
      wouldMove,
      fleet,
      targetMarginPct,
      tenants: tenants.length,
    }),
  }
}

function commitOf({ commitUsd }: ProposedTier['plan']): PicoUsd {
  return parseUsd(commitUsd)
}

interface Group {
  readonly upToQueries: number
  readonly tenants: readonly TenantEconomics[]
}

/** Groups by volume, none empty. Where many tenants ask alike there are fewer groups. */
function cutByVolume(tenants: readonly TenantEconomics[], wanted: number): readonly Group[] {
  const volumes = tenants
    .map(({ queriesPerMonth }) => queriesPerMonth)
    .sort((one, other) => one - other)
  const quantile = (share: number): number =>
    volumes[Math.max(0, Math.ceil(share * volumes.length) - 1)] ?? 0
  const bounds = [
    ...new Set(
      Array.from({ length: wanted }, (_each, at) => humanVolume(quantile((at + 1) / wanted))),
    ),
  ].sort((one, other) => one - other)
  return bounds
    .map((upToQueries, at) => ({
      upToQueries,
      tenants: tenants.filter(
        ({ queriesPerMonth }) =>
          queriesPerMonth <= upToQueries && (at === 0 || queriesPerMonth > (bounds[at - 1] ?? 0)),
      ),
    }))
    .filter((group) => group.tenants.length > 0)
}

function proposedTier(
  { upToQueries, tenants }: Group,
  tier: string,
  { targetMarginPct, atLeastIncluded }: PriceRule,
): ProposedTier {
  const costs = tenants
    .map((tenant) => monthlyCostOf(tenant, currentOf(tenant)))
    .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))
  const dear = costs[Math.ceil(0.8 * costs.length) - 1] ?? picoUsd(0n)
  const commit = humanPrice(atMargin(dear, targetMarginPct))
  const included = atLeastIncluded
    ? picoUsd((commit + BigInt(upToQueries) - 1n) / BigInt(upToQueries))
    : zeroUsd
  const marginal = atMargin(meanCostOf(tenants).perQuery, targetMarginPct)
  const overage = humanPrice(marginal > included ? marginal : included)
  const plan: ProposedTier['plan'] = {
    kind: 'commit',
    commitUsd: formatUsd(commit),
    includedQueries: upToQueries,
    overageUsdPerQuery: formatUsd(overage),
  }
  return { tier, upToQueries, plan, tenants: tenants.map(({ tenant }) => tenant).sort() }
}

/**
 * What must be charged for a cost so that so many percent of the charge are left: cost / (1 -
 * margin), rounded up.
 */
function atMargin(cost: PicoUsd, marginPct: number): PicoUsd {
  const kept = BigInt(Math.round((100 - marginPct) * 1_000))
  return picoUsd((cost * 100_000n + kept - 1n) / kept)
}

interface Outcome {
  readonly belowTarget: readonly string[]
  readonly underwaterTenants: number
  readonly wouldMove: number
  readonly fleet: Margin
  readonly targetMarginPct: number
  readonly tenants: number
}

function wordsFor({
  belowTarget,
  underwaterTenants,
  wouldMove,
  fleet,
  targetMarginPct,
  tenants,
}: Outcome): string {
  const earned =
    fleet.grossMarginPct === null
      ? 'no margin at all'
      : `${fleet.grossMarginPct.toFixed(1)} % gross margin on ` +
        `$${formatUsdRounded(fleet.revenueUsd ?? picoUsd(0n), 2)} a month`
  const under =
    `${underwaterTenants} of ${tenants} tenants cost more than they pay, ${wouldMove} ` +
    'would pay a fifth less in another tier'
  if (belowTarget.length === 0 && wouldMove === 0)
    return `Holds: no tier is under ${targetMarginPct} %; ${earned}; ${under}.`
  return (
    'Fails: ' +
    (belowTarget.length === 0
      ? 'tenants would leave their tier'
      : `under ${targetMarginPct} % are ${belowTarget.join(', ')}`) +
    `; ${earned}; ${under}.`
  )
}
