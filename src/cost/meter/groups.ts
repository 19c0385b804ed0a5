/**
 * Usage, added up where its price is linear. A group is what is alike in everything that a price
 * depends on: day (no price changes within one), product, service tier, the side of every price
 * cliff, and the units that are billed event by event. Pricing groups and pricing events give the
 * same money to the last fraction.
 */
import { dayStart } from '../../base/clock.ts'
import type { TenantId } from '../../base/tenant-id.ts'
import { outcomes, type UsageUnit } from '../../base/usage.ts'
import { pricedQuantities, type PricedQuantity, type UsageEvent } from '../charge.ts'
import type { PriceBook, ServiceTier } from '../prices/price-book.ts'
import { perEventUnits, promptTokensOf } from './quantities.ts'

/** Billable events of a tenant that are priced alike. */
export interface UsageGroup {
  readonly tenantId: TenantId
  /** The day they happened on, UTC, at its beginning. */
  readonly dayMs: number
  readonly provider: string
  readonly sku: string
  readonly service: ServiceTier
  /** The highest cliff that their prompts are beyond; 0 is none. */
  readonly beyondTokens: number
  readonly events: bigint
  /** Of them, those that were not the first attempt of their call. */
  readonly retried: bigint
  /** Of them, those whose quantities the provider did not tell. */
  readonly estimated: bigint
  /** Sums; of the units that are billed event by event, what each event has. */
  readonly quantities: Readonly<Partial<Record<UsageUnit, bigint>>>
}

/** Every length of a prompt at which a price of these books jumps, in order. */
export function cliffsOf(books: readonly PriceBook[]): readonly number[] {
  return [
    ...new Set(
      books.flatMap(({ prices }) => prices.map(({ abovePromptTokens }) => abovePromptTokens)),
    ),
  ]
    .filter((above) => above > 0)
    .sort((one, other) => one - other)
}

/**
 * Groups events: the plain way, in memory. The store does the same in SQL and is held against this.
 */
export function groupUsage(
  events: Iterable<UsageEvent>,
  cliffs: readonly number[],
): readonly UsageGroup[] {
  const groups = new Map<string, { -readonly [key in keyof UsageGroup]: UsageGroup[key] }>()
  for (const event of events) {
    if (!outcomes[event.outcome]) continue
    const { tenantId, provider, sku, service = 'standard' } = event
    const promptTokens = promptTokensOf(event)
    const beyondTokens = cliffs.findLast((cliff) => promptTokens > cliff) ?? 0
    const day = dayStart(event.occurredAtMs)
    const key = JSON.stringify([
      tenantId,
      day,
      provider,
      sku,
      service,
      beyondTokens,
      ...perEventUnits.map((unit) => event.quantities[unit] ?? null),
    ])
    const group = groups.get(key)
    groups.set(key, {
      tenantId,
      dayMs: day,
      provider,
      sku,
      service,
      beyondTokens,
      events: (group?.events ?? 0n) + 1n,
      retried: (group?.retried ?? 0n) + (event.attempt > 1 ? 1n : 0n),
      estimated: (group?.estimated ?? 0n) + (event.estimated ? 1n : 0n),
      quantities: addQuantities(group?.quantities ?? {}, event.quantities),
    })
  }
  return [...groups.values()]
}

const isPerEvent = (unit: UsageUnit): boolean =>
  (perEventUnits as readonly UsageUnit[]).includes(unit)

/** Adds use to use that is alike in the units that are billed event by event. */
export function addQuantities(
  sums: UsageGroup['quantities'],
  quantities: Readonly<Partial<Record<UsageUnit, number | bigint>>>,
): UsageGroup['quantities'] {
  const next: Partial<Record<UsageUnit, bigint>> = { ...sums }
  for (const [name, count = 0] of Object.entries(quantities)) {
    const unit = name as UsageUnit
    next[unit] = isPerEvent(unit) ? BigInt(count) : (next[unit] ?? 0n) + BigInt(count)
  }
  return next
}

/** Bytes held from a time on for so many hours: storage is use like any other. */
export function storageGroup(
  tenantId: TenantId,
  {
    bytes,
    hours,
    fromMs,
  }: { readonly bytes: bigint; readonly hours: bigint; readonly fromMs: number },
): UsageGroup {
  return {
    tenantId,
    dayMs: dayStart(fromMs),
    provider: 'pinecone',
    sku: 'serverless',
    service: 'standard',
    beyondTokens: 0,
    events: 1n,
    retried: 0n,
    estimated: 0n,
    quantities: { 'byte-hours': bytes * hours },
  }
}

/** A group's quantities with their prices. Throws TB_PRICE_MISSING. */
export function pricedGroup(group: UsageGroup, book: PriceBook): readonly PricedQuantity[] {
  const { provider, sku, service, quantities, events, beyondTokens, dayMs: atMs } = group
  return pricedQuantities(
    {
      provider,
      sku,
      service,
      quantities,
      events,
      atMs,
      promptTokens: beyondTokens === 0 ? 0 : beyondTokens + 1,
    },
    book,
  )
}
