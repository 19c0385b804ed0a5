/**
 * A charge is usage times price. Amounts stay exact fractions until they are a line of a bill or
 * ledger; the nearest pico-dollar of a single event is for people and statistics.
 */
import type { Fraction } from '../base/fraction.ts'
import { divideHalfEven, picoUsd, sumUsd, type PicoUsd } from '../base/money.ts'
import type { TenantId } from '../base/tenant-id.ts'
import { outcomes, type ProviderUsage } from '../base/usage.ts'
import {
  billedQuantities,
  promptTokensOf,
  type BillableUse,
  type Quantity,
} from './meter/quantities.ts'
import {
  formulaOf,
  priceOf,
  type BilledUnit,
  type Price,
  type PriceBook,
  type ServiceTier,
} from './prices/price-book.ts'

/** One provider attempt on a tenant's account. The key makes recording it twice harmless. */
export interface UsageEvent extends ProviderUsage {
  readonly tenantId: TenantId
  readonly requestId: string
  readonly idempotencyKey: string
  readonly occurredAtMs: number
}

/** What one unit of one event costs. */
export interface Charge {
  readonly tenantId: TenantId
  readonly idempotencyKey: string
  readonly requestId: string
  readonly unit: BilledUnit
  readonly component: string
  readonly quantity: Quantity
  readonly amount: PicoUsd
}

/** The identity of a usage event: one client request, one kind of call, one attempt. */
export function usageEvent(
  tenantId: TenantId,
  requestId: string,
  at: { readonly usage: ProviderUsage; readonly occurredAtMs: number; readonly part?: number },
): UsageEvent {
  const { operation, attempt } = at.usage
  return {
    ...at.usage,
    tenantId,
    requestId,
    occurredAtMs: at.occurredAtMs,
    idempotencyKey: `${requestId}:${operation}:${at.part ?? 0}:${attempt}`,
  }
}

/** Prices one event; what is not billable has no charge. Throws TB_PRICE_MISSING. */
export function chargesOf(event: UsageEvent, book: PriceBook): readonly Charge[] {
  const { tenantId, idempotencyKey, requestId, occurredAtMs } = event
  return pricedUsage(event, book, occurredAtMs).map(({ quantity, price }) => {
    return {
      tenantId,
      idempotencyKey,
      requestId,
      unit: quantity.unit,
      component: price.component,
      quantity,
      amount: amountOf(quantity, price),
    }
  })
}

/** What one usage costs at a time: for a running total. Throws TB_PRICE_MISSING. */
export function costOfUsage(usage: ProviderUsage, book: PriceBook, atMs: number): PicoUsd {
  return sumUsd(
    pricedUsage(usage, book, atMs).map(({ quantity, price }) => amountOf(quantity, price)),
  )
}

/** A quantity with the price in force. */
export interface PricedQuantity {
  readonly quantity: Quantity
  readonly price: Price
}

/** One event's quantities with their prices. Throws TB_PRICE_MISSING. */
function pricedUsage(
  usage: ProviderUsage,
  book: PriceBook,
  atMs: number,
): readonly PricedQuantity[] {
  if (!outcomes[usage.outcome]) return []
  const { provider, sku, service = 'standard', quantities } = usage
  return pricedQuantities(
    { provider, sku, service, quantities, promptTokens: promptTokensOf(usage), atMs },
    book,
  )
}

/** A use with what its price depends on. */
export interface PricedUse extends BillableUse {
  readonly provider: string
  readonly sku: string
  readonly service: ServiceTier
  readonly promptTokens: number
  readonly atMs: number
}

/** The quantities of a use with their prices. Throws TB_PRICE_MISSING. */
export function pricedQuantities(use: PricedUse, book: PriceBook): readonly PricedQuantity[] {
  const { provider, sku, service, promptTokens, atMs } = use
  return billedQuantities(use, () => formulaOf(book, provider, atMs)).map((quantity) => ({
    quantity,
    price: priceOf(book, { provider, sku, unit: quantity.unit, service, promptTokens, atMs }),
  }))
}

/** Quantity times price, exactly, in pico-dollars. */
export function exactAmountOf(
  quantity: Fraction,
  price: { readonly amount: PicoUsd; readonly per: bigint },
): Fraction {
  return {
    numerator: price.amount * quantity.numerator,
    denominator: price.per * quantity.denominator,
  }
}

/** An exact amount at the nearest pico-dollar, halves to even. */
export function roundedUsd({ numerator, denominator }: Fraction): PicoUsd {
  return picoUsd(divideHalfEven(numerator, denominator))
}

/** Quantity times price, at the nearest pico-dollar. */
export function amountOf(
  quantity: Fraction,
  price: { readonly amount: PicoUsd; readonly per: bigint },
): PicoUsd {
  return roundedUsd(exactAmountOf(quantity, price))
}
