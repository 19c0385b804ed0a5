/**
 * What the fleet's profit depends on: model prices, top_k, volume and mix, each moved by so many
 * percent up and down with the others as they are, the widest swing first. Fixed cost stays as it
 * is throughout, and nobody changes a plan.
 */
import { picoUsd, usdAsNumber, usdFromNumber, type PicoUsd } from '../../src/base/money.ts'
import { revenueOf } from '../../src/index.ts'
import { currentOf, type TenantEconomics, type VariantEconomics } from './economics.ts'
import type { Plans } from './tier-margins.ts'

/** One end of a swing. Margins are gross, over revenue; null without any. */
export interface SwingEnd {
  readonly changePct: number
  readonly profitUsd: PicoUsd
  readonly grossMarginPct: number | null
}

/** What moves, and what it moves. */
export interface Swing {
  readonly factor: 'model-price' | 'top-k' | 'volume' | 'mix'
  readonly low: SwingEnd
  readonly high: SwingEnd
  /** Between the two ends. */
  readonly swingUsd: PicoUsd
  /** How it was worked out, as a sentence. */
  readonly how: string
}

/** All swings, and the factors that could not be moved, each with its reason. */
export interface Tornado {
  readonly variedPct: number
  readonly swings: readonly Swing[]
  readonly left: readonly { readonly factor: Swing['factor']; readonly reason: string }[]
}

/** The usual change, in percent. */
export const usualVaryPct = 20

/**
 * Moves each factor. Without a plan for every tier there is no revenue, and profit is less cost
 * alone.
 */
export function tornado(
  tenants: readonly TenantEconomics[],
  plans: Plans,
  varyPct: number = usualVaryPct,
): Tornado {
  const factors = [modelPrice(tenants), topK(tenants), volume(), mix(tenants)]
  const hasPlans = tenants.every(({ tier }) => plans.has(tier))
  const swings = factors.flatMap((factor) =>
    'reason' in factor
      ? []
      : [swingOf(factor, tenants, { plans: hasPlans ? plans : new Map(), varyPct })],
  )
  return {
    variedPct: varyPct,
    swings: swings.toSorted((one, other) => Number(other.swingUsd - one.swingUsd)),
    left: factors.flatMap((factor) => ('reason' in factor ? [factor] : [])),
  }
}

/** What a factor does to one tenant when it is multiplied. */
interface Factor {
  readonly factor: Swing['factor']
  readonly how: string
  moved(
    tenant: TenantEconomics,
    times: number,
  ): { readonly queries: number; readonly costPerQueryUsd: number }
}

type MaybeFactor = Factor | Tornado['left'][number]

function swingOf(
  factor: Factor,
  tenants: readonly TenantEconomics[],
  { plans, varyPct }: { readonly plans: Plans; readonly varyPct: number },
): Swing {
  const end = (changePct: number): SwingEnd => {
    const moved = tenants.map((tenant) => ({
      tenant,
      ...factor.moved(tenant, 1 + changePct / 100),
    }))
    const cost = moved.reduce(
      (sum, { tenant, queries, costPerQueryUsd }) =>
        sum + usdAsNumber(tenant.fixedMonthlyUsd) + queries * costPerQueryUsd,
      0,
    )
    const revenue = moved.reduce(
      (sum, { tenant, queries }) => sum + paid(plans, tenant.tier, queries),
      0,
    )
    return {
      changePct,
      profitUsd: usdFromNumber(revenue - cost),
      grossMarginPct: revenue === 0 ? null : (100 * (revenue - cost)) / revenue,
    }
  }
  const [low, high] = [end(-varyPct), end(varyPct)]
  // Both ends may be worse than what is: the swing is from the best to the worst of the three.
  const profits = [low, end(0), high].map(({ profitUsd }) => profitUsd)
  const span =
    profits.reduce((most, each) => (each > most ? each : most)) -
    profits.reduce((least, each) => (each < least ? each : least))
  return { factor: factor.factor, low, high, swingUsd: picoUsd(span), how: factor.how }
}

function paid(plans: Plans, tier: string, queries: number): number {
  const plan = plans.get(tier)
  return plan === undefined ? 0 : usdAsNumber(revenueOf(plan, BigInt(Math.round(queries))))
}

const costNow = (tenant: TenantEconomics): number =>
  usdAsNumber(currentOf(tenant).costPerQuery.mean)

function modelPrice(tenants: readonly TenantEconomics[]): MaybeFactor {
  const known = tenants.filter((tenant) => currentOf(tenant).partsPerQuery.model !== null)
  if (known.length === 0)
    return { factor: 'model-price', reason: 'of no tenant is it known what the chat tokens cost' }
  const moved: Factor['moved'] = (tenant, times) => {
    const { model } = currentOf(tenant).partsPerQuery
    return {
      queries: tenant.queriesPerMonth,
      costPerQueryUsd: costNow(tenant) + (model === null ? 0 : usdAsNumber(model) * (times - 1)),
    }
  }
  return {
    factor: 'model-price',
    how: `The price of all chat tokens moves, for ${known.length} of ${tenants.length} tenants.`,
    moved,
  }
}

function topK(tenants: readonly TenantEconomics[]): MaybeFactor {
  const found = new Map(tenants.map((tenant) => [tenant.tenant, slopesOf(tenant)]))
  const count = (from: Slopes['from']): number =>
    [...found.values()].filter((slopes) => slopes?.from === from).length
  const [measured, modelled] = [count('variants'), count('prompt')]
  if (measured + modelled === 0)
    return {
      factor: 'top-k',
      reason: 'of no tenant is there another top_k, nor what the prompt costs',
    }
  const moved: Factor['moved'] = (tenant, times) => {
    const slopes = found.get(tenant.tenant) ?? null
    const passages = currentOf(tenant).topK * (times - 1)
    return {
      queries: tenant.queriesPerMonth,
      costPerQueryUsd:
        costNow(tenant) +
        (slopes === null ? 0 : passages * (passages < 0 ? slopes.down : slopes.up)),
    }
  }
  return {
    factor: 'top-k',
    how:
      `Along the line to the nearest configuration with another top_k for ${measured} of ` +
      `${tenants.length} tenants; for ${modelled} the whole prompt is taken to grow with ` +
      'top_k, which is the most it can.',
    moved,
  }
}

interface Slopes {
  /** Dollars a passage more or less. */
  readonly down: number
  readonly up: number
  readonly from: 'variants' | 'prompt'
}

/**
 * What a passage costs: towards the nearest variant that differs in top_k alone, else the prompt by
 * its passages.
 */
function slopesOf(tenant: TenantEconomics): Slopes | null {
  const current = currentOf(tenant)
  const others = tenant.variants.filter(
    ({ model, rerank, topK: each }) =>
      model === current.model && rerank === current.rerank && each !== current.topK,
  )
  const slope = (to: VariantEconomics): number =>
    (usdAsNumber(to.costPerQuery.mean) - usdAsNumber(current.costPerQuery.mean)) /
    (to.topK - current.topK)
  const nearest = (side: readonly VariantEconomics[]): VariantEconomics | undefined =>
    side.toSorted(
      (one, other) => Math.abs(one.topK - current.topK) - Math.abs(other.topK - current.topK),
    )[0]
  const down = nearest(others.filter((each) => each.topK < current.topK))
  const up = nearest(others.filter((each) => each.topK > current.topK))
  const either = down ?? up
  if (either !== undefined)
    return { down: slope(down ?? either), up: slope(up ?? either), from: 'variants' }
  const { prompt } = current.partsPerQuery
  return prompt === null
    ? null
    : {
        down: usdAsNumber(prompt) / current.topK,
        up: usdAsNumber(prompt) / current.topK,
        from: 'prompt',
      }
}

function volume(): Factor {
  return {
    factor: 'volume',
    how: 'Every tenant asks more or less.',
    moved: (tenant, times) => ({
      queries: tenant.queriesPerMonth * times,
      costPerQueryUsd: costNow(tenant),
    }),
  }
}

/** The heaviest tenth gets another share of the same total. */
function mix(tenants: readonly TenantEconomics[]): MaybeFactor {
  const sorted = tenants.toSorted(
    (one, other) =>
      other.queriesPerMonth - one.queriesPerMonth || (one.tenant < other.tenant ? -1 : 1),
  )
  const heavy = sorted.slice(0, Math.ceil(tenants.length / 10))
  const names = new Set(heavy.map(({ tenant }) => tenant))
  const sum = (list: readonly TenantEconomics[]): number =>
    list.reduce((total, { queriesPerMonth }) => total + queriesPerMonth, 0)
  const [ofHeavy, total] = [sum(heavy), sum(tenants)]
  if (ofHeavy === total)
    return { factor: 'mix', reason: 'the heaviest tenth of the tenants asks everything' }
  const moved: Factor['moved'] = (tenant, times) => {
    const share = Math.min(total, ofHeavy * times)
    const queries =
      tenant.queriesPerMonth *
      (names.has(tenant.tenant) ? share / ofHeavy : (total - share) / (total - ofHeavy))
    return { queries, costPerQueryUsd: costNow(tenant) }
  }
  return {
    factor: 'mix',
    how:
      `The share of the heaviest tenth (${heavy.length} of ${tenants.length} tenants, ` +
      `${((100 * ofHeavy) / total).toFixed(1)} % of the queries) moves, the total stays.`,
    moved,
  }
}
