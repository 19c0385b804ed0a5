/** A charge is usage times price. Pure; the amount is exact to a pico-dollar, which is finer than any bill. */
import { divideHalfEven, picoUsd, sumUsd, type PicoUsd } from '../base/money.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { ProviderUsage } from '../base/usage.ts'
import { formulaOf, priceOf, type BilledUnit, type Price, type PriceBook } from './prices/price-book.ts'
import { billedQuantities, promptTokensOf, type Quantity } from './meter/quantities.ts'

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
export function usageEvent(tenantId: TenantId, requestId: string, at: { readonly usage: ProviderUsage; readonly occurredAtMs: number; readonly part?: number }): UsageEvent {
  const { operation, attempt } = at.usage
  return { ...at.usage, tenantId, requestId, occurredAtMs: at.occurredAtMs, idempotencyKey: `${requestId}:${operation}:${at.part ?? 0}:${attempt}` }
}

/** Prices one event. Throws TB_PRICE_MISSING. */
export function chargesOf(event: UsageEvent, book: PriceBook): readonly Charge[] {
  const { tenantId, idempotencyKey, requestId, occurredAtMs } = event
  return pricedQuantities(event, book, occurredAtMs).map(({ quantity, price }) => {
    return { tenantId, idempotencyKey, requestId, unit: quantity.unit, component: price.component, quantity, amount: amountOf(quantity, price) }
  })
}

/** What one usage costs at a time: for a running total. Throws TB_PRICE_MISSING. */
export function costOfUsage(usage: ProviderUsage, book: PriceBook, atMs: number): PicoUsd {
  return sumUsd(pricedQuantities(usage, book, atMs).map(({ quantity, price }) => amountOf(quantity, price)))
}

function pricedQuantities(usage: ProviderUsage, book: PriceBook, atMs: number): readonly { readonly quantity: Quantity; readonly price: Price }[] {
  const { provider, sku, service = 'standard' } = usage
  const promptTokens = promptTokensOf(usage)
  return billedQuantities(usage, () => formulaOf(book, provider, atMs)).map((quantity) => ({ quantity, price: priceOf(book, { provider, sku, unit: quantity.unit, service, promptTokens, atMs }) }))
}

/** Quantity times price. */
export function amountOf(quantity: Quantity, price: { readonly amount: PicoUsd; readonly per: bigint }): PicoUsd {
  return picoUsd(divideHalfEven(price.amount * quantity.numerator, price.per * quantity.denominator))
}
