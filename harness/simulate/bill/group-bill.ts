/**
 * From a group's sums of usage to money, exactly: each tenant's part, and the same usage by
 * product, which must come to the same.
 */
import { hourMs } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { sumFractions, zeroFraction, type Fraction } from '../../../src/base/fraction.ts'
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'
import type { UsageUnit } from '../../../src/base/usage.ts'
import { exactAmountOf, pricedGroup, type UsageGroup } from '../../../src/index.ts'
import {
  sumsAt,
  usageFieldCount,
  usageFields as field,
  type UsageSums,
} from '../engine/usage-sums.ts'
import type { PlannedMonth, PlannedVariant, Segment, SimulationPlan } from '../plan.ts'

/** What a product's unit came to in a month. */
export interface ProductAmount {
  readonly provider: string
  readonly sku: string
  readonly unit: string
  /** The line of the bill. */
  readonly component: string
  readonly quantity: Fraction
  readonly amount: Fraction
}

/** A month of a group. */
export interface GroupBill {
  readonly month: string
  readonly products: readonly ProductAmount[]
  /** In pico-dollars, by position in the group. */
  readonly tenants: readonly Fraction[]
}

/** Which tenants: positions in the fleet, from (inclusive) to (exclusive). */
export interface BilledGroup {
  readonly plan: SimulationPlan
  readonly first: number
  readonly end: number
}

/** Prices a month. Throws TB_PRICE_MISSING. */
export function billGroup(group: BilledGroup, month: PlannedMonth, sums: UsageSums): GroupBill {
  const { plan, first, end } = group
  const products = new Map<
    string,
    {
      readonly product: Omit<ProductAmount, 'quantity' | 'amount'>
      readonly quantities: FractionSum
      readonly amounts: FractionSum
    }
  >()
  const tenants: Fraction[] = []
  for (let tenant = first; tenant < end; tenant++) {
    const own = fractionSum()
    for (const use of usesOf(group, month, { tenant, sums })) {
      for (const { quantity, price } of pricedGroup(use, plan.book)) {
        const key = productKey(use.provider, use.sku, quantity.unit)
        const known = products.get(key) ?? {
          product: {
            provider: use.provider,
            sku: use.sku,
            unit: quantity.unit,
            component: price.component,
          },
          quantities: fractionSum(),
          amounts: fractionSum(),
        }
        products.set(key, known)
        const amount = exactAmountOf(quantity, price)
        own.add(amount)
        known.quantities.add(quantity)
        known.amounts.add(amount)
      }
    }
    tenants.push(own.total())
  }
  const bill = {
    month: month.month,
    tenants,
    products: [...products.values()].map(({ product, quantities, amounts }) => ({
      ...product,
      quantity: quantities.total(),
      amount: amounts.total(),
    })),
  }
  checkClosed(group, month, { sums, bill })
  return bill
}

/** Adds fractions up over few denominators. */
interface FractionSum {
  add(fraction: Fraction): void
  total(): Fraction
}

function fractionSum(): FractionSum {
  const byDenominator = new Map<bigint, bigint>()
  return {
    add: ({ numerator, denominator }) =>
      void byDenominator.set(denominator, (byDenominator.get(denominator) ?? 0n) + numerator),
    total: () =>
      sumFractions(
        [...byDenominator].map(([denominator, numerator]) => ({ numerator, denominator })),
      ),
  }
}

/**
 * Usage equals charges: what tenants were charged for models and reranking is what the use of all
 * of them, added up first, comes to at the same prices. What is billed by the size of a namespace
 * cannot be added up, and cached tokens are rounded by tenant: those are left out.
 */
export function checkClosed(
  group: BilledGroup,
  month: PlannedMonth,
  { sums, bill }: { readonly sums: UsageSums; readonly bill: GroupBill },
): void {
  const { plan } = group
  if (plan.rates.cachedPromptTokens > 0) return
  const expected = new Map<string, FractionSum>()
  for (const { segment, variant, own } of togetherOf(group, month, sums)) {
    for (const use of modelUses(
      plan,
      { variant, like: { ...nothing, tenantId: parseTenantId('all'), dayMs: segment.fromMs } },
      own,
    )) {
      for (const { quantity, price } of pricedGroup(use, plan.book)) {
        const key = productKey(use.provider, use.sku, quantity.unit)
        const sum = expected.get(key) ?? fractionSum()
        expected.set(key, sum)
        sum.add(exactAmountOf(quantity, price))
      }
    }
  }
  for (const [key, sum] of expected) {
    const charged =
      bill.products.find(({ provider, sku, unit }) => productKey(provider, sku, unit) === key)
        ?.amount ?? zeroFraction
    const used = sum.total()
    if (charged.numerator * used.denominator !== used.numerator * charged.denominator)
      throw new TenantbenchError('TB_BUG', {
        detail:
          `In ${month.month} tenants are charged for ${key.replaceAll('\n', ' ')} what their ` +
          'usage does not come to.',
      })
  }
}

function productKey(provider: string, sku: string, unit: string): string {
  return `${provider}\n${sku}\n${unit}`
}

/** The sums of all tenants of a group, by segment and configuration. */
function togetherOf(
  { plan, first, end }: BilledGroup,
  month: PlannedMonth,
  sums: UsageSums,
): readonly {
  readonly segment: Segment
  readonly variant: PlannedVariant
  readonly own: Float64Array
}[] {
  const width = usageFieldCount * sums.sides
  return month.segments.flatMap((segment, position) => {
    const byVariant = new Map<number, Float64Array>()
    for (let tenant = first; tenant < end; tenant++) {
      const variant = plan.variantOf[segment.epoch]?.[tenant] ?? 0
      const own = byVariant.get(variant) ?? new Float64Array(width)
      byVariant.set(variant, own)
      const at = sumsAt(sums, tenant - first, position)
      for (let place = 0; place < width; place++)
        own[place] = (own[place] as number) + (sums.values[at + place] as number)
    }
    return [...byVariant].map(([variant, own]) => ({
      segment,
      variant: plan.variants[variant] as PlannedVariant,
      own,
    }))
  })
}

interface TenantMonth {
  readonly tenant: number
  readonly sums: UsageSums
}

/** All that a tenant uses in a month, as groups of like events. */
function* usesOf(
  group: BilledGroup,
  month: PlannedMonth,
  { tenant, sums }: TenantMonth,
): Iterable<UsageGroup> {
  const { plan, first } = group
  const { fleet } = plan
  const tenantId = parseTenantId(fleet.ids[tenant] ?? '')
  for (const [position, segment] of month.segments.entries()) {
    const variant = plan.variants[plan.variantOf[segment.epoch]?.[tenant] ?? 0] as PlannedVariant
    const at = sumsAt(sums, tenant - first, position)
    yield* requestUses(
      plan,
      { tenantId, tenant, segment, variant },
      sums.values.subarray(at, at + usageFieldCount * sums.sides),
    )
    yield* keepingUses(plan, month, { tenantId, tenant, segment })
  }
}

interface UserOf {
  readonly tenantId: TenantId
  readonly tenant: number
  readonly segment: Segment
}

const nothing = { retried: 0n, estimated: 0n, service: 'standard', beyondTokens: 0 } as const

function* requestUses(
  plan: SimulationPlan,
  { tenantId, tenant, segment, variant }: UserOf & { readonly variant: PlannedVariant },
  own: Float64Array,
): Iterable<UsageGroup> {
  const like = { ...nothing, tenantId, dayMs: segment.fromMs }
  const embedded = own[field.embedded] as number
  if (embedded > 0)
    yield {
      ...like,
      provider: 'openai',
      sku: plan.embeddingModel,
      events: BigInt(embedded),
      quantities: whole({
        'embedding-tokens': embedded * (plan.fleet.questionTokens[tenant] as number),
      }),
    }
  const retrieved = own[field.retrieved] as number
  if (retrieved > 0)
    yield {
      ...like,
      provider: 'pinecone',
      sku: 'serverless',
      events: BigInt(retrieved),
      quantities: whole({
        queries: retrieved,
        'namespace-bytes': plan.fleet.storedBytes[tenant] as number,
      }),
    }
  yield* modelUses(plan, { variant, like }, own)
}

interface UsedBy {
  readonly variant: PlannedVariant
  readonly like: Omit<UsageGroup, 'provider' | 'sku' | 'events' | 'quantities'>
}

/**
 * What is billed by the request and the token, whoever asked: of one tenant, or of several
 * together.
 */
function* modelUses(
  plan: SimulationPlan,
  { variant, like }: UsedBy,
  own: Float64Array,
): Iterable<UsageGroup> {
  const reranks = own[field.reranks] as number
  if (reranks > 0)
    yield {
      ...like,
      provider: 'pinecone',
      sku: plan.reranker,
      events: BigInt(reranks),
      quantities: whole({ 'rerank-requests': reranks }),
    }
  for (let side = 0; side * usageFieldCount < own.length; side++) {
    const at = side * usageFieldCount
    const calls = own[at + field.chatCalls] as number
    if (calls === 0) continue
    const prompt = own[at + field.promptTokens] as number
    const cached = Math.round(prompt * plan.rates.cachedPromptTokens)
    yield {
      ...like,
      provider: variant.provider,
      sku: variant.model,
      beyondTokens: side === 0 ? 0 : (plan.cliffs[side - 1] ?? 0),
      events: BigInt(calls),
      retried: BigInt(own[at + field.retried] as number),
      quantities: whole({
        'input-tokens': prompt - cached,
        'cached-input-tokens': cached,
        'output-tokens': own[at + field.answerTokens] as number,
      }),
    }
  }
}

/**
 * What is used without a question: storage by the hour, and the first ingestion of a new tenant's
 * documents.
 */
function* keepingUses(
  { fleet, embeddingModel }: SimulationPlan,
  month: PlannedMonth,
  { tenantId, tenant, segment }: UserOf,
): Iterable<UsageGroup> {
  const fromMs = Math.max(segment.fromMs, fleet.fromMs[tenant] as number)
  const toMs = Math.min(
    month.fromMs + (segment.toHour - month.firstHour) * hourMs,
    fleet.untilMs[tenant] as number,
  )
  if (toMs <= fromMs) return
  const like = { ...nothing, tenantId, dayMs: segment.fromMs, events: 1n }
  // Hours are metered whole: an hour begun is an hour.
  yield {
    ...like,
    provider: 'pinecone',
    sku: 'serverless',
    quantities: whole({
      'byte-hours': (fleet.storedBytes[tenant] as number) * Math.ceil((toMs - fromMs) / hourMs),
    }),
  }
  const signedUpMs = fleet.fromMs[tenant] as number
  if (fleet.isNew[tenant] !== 1 || signedUpMs < segment.fromMs || signedUpMs >= toMs) return
  yield {
    ...like,
    provider: 'openai',
    sku: embeddingModel,
    quantities: whole({ 'embedding-tokens': fleet.ingestTokens[tenant] as number }),
  }
  yield {
    ...like,
    provider: 'pinecone',
    sku: 'serverless',
    events: BigInt(fleet.upsertRequests[tenant] as number),
    quantities: whole({
      'upsert-requests': 1,
      'upsert-bytes':
        (fleet.upsertBytes[tenant] as number) / Math.max(1, fleet.upsertRequests[tenant] as number),
    }),
  }
}

function whole(
  quantities: Readonly<Partial<Record<UsageUnit, number>>>,
): Readonly<Partial<Record<UsageUnit, bigint>>> {
  return Object.fromEntries(
    Object.entries(quantities).flatMap(([unit, count]) =>
      count > 0 ? [[unit, BigInt(Math.round(count))]] : [],
    ),
  )
}
