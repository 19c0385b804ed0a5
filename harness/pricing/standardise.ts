/**
 * Customise or standardise: the fleet under one configuration for all, one a tier, one a tenant,
 * each with what it costs, earns and answers, and whether the saving of the last over the first is
 * worth what keeping more configurations costs.
 */
import {
  formatUsdRounded,
  picoUsd,
  sumUsd,
  usdAsNumber,
  usdFromNumber,
  zeroUsd,
  type PicoUsd,
} from '../../src/base/money.ts'
import { marginOf, revenueOf } from '../../src/index.ts'
import {
  isFit,
  monthlyCostOf,
  named,
  recommendFor,
  standardErrorOf,
  z95,
  type TenantEconomics,
  type VariantEconomics,
} from './economics.ts'
import type { Plans } from './tier-margins.ts'

/**
 * The fleet under one way of giving out configurations. Intervals are at 95 %, tenants taken as
 * independent.
 */
export interface FleetUnder {
  readonly way: 'standard' | 'per-tier' | 'per-tenant'
  readonly configurations: readonly string[]
  /** Tenants whose floor, objective and budget are kept. */
  readonly satisfied: number
  readonly tenants: number
  readonly costUsd: PicoUsd
  readonly low95Usd: PicoUsd
  readonly high95Usd: PicoUsd
  readonly grossMarginPct: number | null
  /** Share of right answers over all queries; null where one tenant's is not measured. */
  readonly quality: {
    readonly share: number
    readonly low95: number
    readonly high95: number
  } | null
}

/** The answer. */
export interface Standardise {
  readonly verdict: 'customise' | 'standardise' | 'undecided' | 'none'
  /** The three ways, where there are any. */
  readonly ways: readonly FleetUnder[]
  /**
   * What one a tenant saves a month over the standard, before what keeping configurations costs.
   */
  readonly savingUsd: PicoUsd | null
  readonly savingPlusMinusUsd: PicoUsd | null
  readonly savingPct: number | null
  readonly customisingCostUsd: PicoUsd
  /** What the further configurations cost. */
  readonly furtherCostUsd: PicoUsd | null
  readonly says: string
}

/** What is asked. */
export interface StandardiseOptions {
  readonly plans?: Plans
  /** What each configuration beyond the first costs a month to keep. */
  readonly customisingCostUsd?: PicoUsd
}

type Assignment = readonly {
  readonly tenant: TenantEconomics
  readonly variant: VariantEconomics
}[]

/** Compares the three. A tenant for whom nothing can be recommended keeps the standard. */
export function standardise(
  tenants: readonly TenantEconomics[],
  { plans = new Map(), customisingCostUsd = zeroUsd }: StandardiseOptions = {},
): Standardise {
  const none = (says: string): Standardise => ({
    verdict: 'none',
    ways: [],
    savingUsd: null,
    savingPlusMinusUsd: null,
    savingPct: null,
    customisingCostUsd,
    furtherCostUsd: null,
    says,
  })
  if (tenants.length === 0) return none('None: there are no tenants.')
  const standard = oneForAll(tenants)
  if (standard === null)
    return none(
      'None: no configuration was priced for every tenant, so there is no standard to compare with.',
    )
  const own = tenants.map((tenant, at) => ({
    tenant,
    variant: recommendFor(tenant).variant ?? variantAt(standard, at),
  }))
  if (![...standard, ...own].some(({ tenant, variant }) => isFit(tenant, variant)))
    return none(
      'None: no configuration is known to keep the floor, the objective and the budget of any tenant.',
    )
  const tiers = [...Map.groupBy(tenants, ({ tier }) => tier).values()].flatMap(
    (group) => oneForAll(group) ?? [],
  )
  const ways = [
    fleetUnder('standard', standard, plans),
    fleetUnder('per-tier', tiers, plans),
    fleetUnder('per-tenant', own, plans),
  ]
  return judged({ standard, own, ways, customisingCostUsd })
}

function variantAt(assignment: Assignment, at: number): VariantEconomics {
  return (assignment[at] as Assignment[number]).variant
}

/**
 * The cheapest configuration that fits every tenant; else the one that fits the most of them; null
 * when none is priced for all.
 */
function oneForAll(tenants: readonly TenantEconomics[]): Assignment | null {
  const [first] = tenants
  const ids =
    first?.variants
      .map(({ id }) => id)
      .filter((id) => tenants.every(({ variants }) => variants.some((each) => each.id === id))) ??
    []
  const options = ids.map((id) => {
    const assignment = tenants.flatMap((tenant) =>
      tenant.variants
        .filter((each) => each.id === id)
        .slice(0, 1)
        .map((variant) => ({ tenant, variant })),
    )
    return {
      assignment,
      satisfied: assignment.filter(({ tenant, variant }) => isFit(tenant, variant)).length,
      cost: costOf(assignment),
    }
  })
  const best = options.toSorted(
    (one, other) => other.satisfied - one.satisfied || (one.cost < other.cost ? -1 : 1),
  )[0]
  return best?.assignment ?? null
}

function costOf(assignment: Assignment): PicoUsd {
  return sumUsd(assignment.map(({ tenant, variant }) => monthlyCostOf(tenant, variant)))
}

function fleetUnder(way: FleetUnder['way'], assignment: Assignment, plans: Plans): FleetUnder {
  const costUsd = costOf(assignment)
  const deviation = rootOfSquares(
    assignment.map(
      ({ tenant, variant }) => standardErrorOf(variant.costPerQuery) * tenant.queriesPerMonth,
    ),
  )
  const half = usdFromNumber(z95 * deviation)
  const revenues = assignment.flatMap(({ tenant }) => {
    const plan = plans.get(tenant.tier)
    return plan === undefined ? [] : [revenueOf(plan, BigInt(tenant.queriesPerMonth))]
  })
  return {
    way,
    configurations: [...new Set(assignment.map(({ variant }) => named(variant)))].sort(),
    satisfied: assignment.filter(({ tenant, variant }) => isFit(tenant, variant)).length,
    tenants: assignment.length,
    costUsd,
    low95Usd: picoUsd(costUsd - half),
    high95Usd: picoUsd(costUsd + half),
    grossMarginPct: marginOf(revenues.length < assignment.length ? null : sumUsd(revenues), costUsd)
      .grossMarginPct,
    quality: qualityOf(assignment),
  }
}

function rootOfSquares(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
}

/** Weighted by queries. */
function qualityOf(assignment: Assignment): FleetUnder['quality'] {
  const total = assignment.reduce((sum, { tenant }) => sum + tenant.queriesPerMonth, 0)
  const each = assignment.flatMap(({ tenant, variant: { quality } }) =>
    quality === null ? [] : [{ quality, weight: tenant.queriesPerMonth / total }],
  )
  if (each.length < assignment.length || total === 0) return null
  const share = each.reduce((sum, { quality, weight }) => sum + weight * quality.share, 0)
  const half =
    z95 *
    rootOfSquares(
      each.map(({ quality, weight }) => (weight * (quality.high95 - quality.low95)) / (2 * z95)),
    )
  return { share, low95: Math.max(0, share - half), high95: Math.min(1, share + half) }
}

interface Compared {
  readonly standard: Assignment
  readonly own: Assignment
  readonly ways: readonly FleetUnder[]
  readonly customisingCostUsd: PicoUsd
}

function judged({ standard, own, ways, customisingCostUsd }: Compared): Standardise {
  const [before, perTier, after] = ways as readonly [FleetUnder, FleetUnder, FleetUnder]
  const savingUsd = picoUsd(before.costUsd - after.costUsd)
  const half = usdFromNumber(
    z95 *
      rootOfSquares(
        own.flatMap(({ tenant, variant }, at) => {
          const other = variantAt(standard, at)
          return other.id === variant.id
            ? []
            : [
                standardErrorOf(variant.costPerQuery) * tenant.queriesPerMonth,
                standardErrorOf(other.costPerQuery) * tenant.queriesPerMonth,
              ]
        }),
      ),
  )
  const furtherCostUsd = picoUsd(
    customisingCostUsd *
      BigInt(Math.max(0, after.configurations.length - before.configurations.length)),
  )
  const net = savingUsd - furtherCostUsd
  const verdict =
    after.satisfied > before.satisfied
      ? 'customise'
      : net - half > 0n
        ? 'customise'
        : net + half <= 0n
          ? 'standardise'
          : 'undecided'
  const savingPct =
    before.costUsd === 0n ? null : (100 * usdAsNumber(savingUsd)) / usdAsNumber(before.costUsd)
  return {
    verdict,
    ways,
    savingUsd,
    savingPlusMinusUsd: half,
    savingPct,
    customisingCostUsd,
    furtherCostUsd,
    says: wordsFor({ before, perTier, after, savingUsd, half, savingPct, furtherCostUsd, verdict }),
  }
}

interface Words {
  readonly before: FleetUnder
  readonly perTier: FleetUnder
  readonly after: FleetUnder
  readonly savingUsd: PicoUsd
  readonly half: PicoUsd
  readonly savingPct: number | null
  readonly furtherCostUsd: PicoUsd
  readonly verdict: Standardise['verdict']
}

const verdictWords = {
  customise: 'worth it',
  standardise: 'not worth it',
  undecided: 'within what the figures allow, neither',
  none: 'none',
} as const

function wordsFor({
  before,
  perTier,
  after,
  savingUsd,
  half,
  savingPct,
  furtherCostUsd,
  verdict,
}: Words): string {
  const dollars = (amount: bigint): string =>
    `$${formatUsdRounded(picoUsd(amount < 0n ? -amount : amount), 2)}`
  const standard =
    `The standard is ${before.configurations.join(', ')}, which ` +
    (before.satisfied === before.tenants
      ? 'fits every tenant'
      : `fits ${before.satisfied} of ${before.tenants} tenants: none fits all`) +
    '.'
  const saving =
    `One a tenant ${savingUsd < 0n ? 'costs' : 'saves'} ${dollars(savingUsd)} ± ` +
    `${dollars(half)} a ` +
    `month${savingPct === null ? '' : ` (${Math.abs(savingPct).toFixed(1)} % of the standard)`}` +
    `${savingUsd < 0n ? ' more' : ''}`
  const kept =
    furtherCostUsd === 0n
      ? ''
      : `, of which those beyond the standard cost ${dollars(furtherCostUsd)} a month to keep`
  const further =
    `with ${after.configurations.length} ` +
    `configuration${after.configurations.length === 1 ? '' : 's'}${kept}`
  const more =
    after.satisfied > before.satisfied
      ? `; it fits ${counted(after.satisfied - before.satisfied)} more, and that decides`
      : ''
  const isTierEnough =
    verdict === 'customise' &&
    perTier.satisfied >= after.satisfied &&
    perTier.costUsd <= after.costUsd
  return (
    `${standard} ${saving}, ${further}${more}: ` +
    `${verdictWords[verdict]}.${isTierEnough ? ' One a tier does as well.' : ''}`
  )
}

function counted(tenants: number): string {
  return `${tenants} tenant${tenants === 1 ? '' : 's'}`
}
