/**
 * A month of the user's own: usage as metered and bills as they came, priced with a price book and
 * compared before any adjustment. The same formulas and limits as for a month in a database.
 */
import { dayStart, monthOf } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import {
  exactAmountOf,
  priceOf,
  roundedUsd,
  type AllocationRule,
  type Bill,
  type DayCharge,
  type PriceBook,
} from '../../src/index.ts'
import type { ReadUsage } from '../scenario/own-month.ts'
import { reconcileCharges, type ReconciledMonth } from './check-billing.ts'

/** What is compared. */
export interface OwnMonth {
  readonly usage: readonly ReadUsage[]
  readonly bill: Bill
  readonly book: PriceBook
}

/** The months of a usage, UTC, in order. */
export function monthsOf(usage: readonly ReadUsage[]): readonly string[] {
  return [...new Set(usage.map(({ occurredAtMs }) => monthOf(occurredAtMs)))].sort()
}

/**
 * Compares. Throws TB_PRICE_MISSING, and TB_TABLE_INVALID for usage of two months: a bill is of
 * one.
 */
export function reconcileOwnMonth(
  { usage, bill, book }: OwnMonth,
  rules: ReadonlyMap<string, AllocationRule>,
): ReconciledMonth {
  const months = monthsOf(usage)
  const [month] = months
  if (month === undefined || months.length > 1)
    throw new TenantbenchError('TB_TABLE_INVALID', {
      detail: `The usage is of ${months.length} months (${months.join(', ')}, UTC); a bill is of one.`,
    })
  return reconcileCharges(
    { month, book: withBilledMinimums(book, bill), bill, rules },
    { charges: usage.map((row) => chargeOf(row, book)), shifted: new Map(), shifts: new Map() },
  )
}

/** A minimum counts where the bill has one: nobody else knows the user's plans. */
function withBilledMinimums(book: PriceBook, { lines }: Bill): PriceBook {
  const billed = new Set(
    lines
      .filter(({ category, component }) => category === 'minimum' || component.endsWith('.minimum'))
      .map(({ provider }) => provider),
  )
  return {
    ...book,
    monthlyMinimum: new Map([...book.monthlyMinimum].filter(([provider]) => billed.has(provider))),
  }
}

function chargeOf(
  { occurredAtMs, tenant, provider, sku, unit, quantity: counted }: ReadUsage,
  book: PriceBook,
): DayCharge {
  const price = priceOf(book, { provider, sku, unit, atMs: occurredAtMs })
  const quantity = { numerator: counted, denominator: 1n }
  const exact = exactAmountOf(quantity, price)
  return {
    tenantId: parseTenantId(tenant),
    dayMs: dayStart(occurredAtMs),
    provider,
    sku,
    service: 'standard',
    unit,
    component: price.component,
    quantity,
    exact,
    amount: roundedUsd(exact),
    use: { events: 1n, retried: 0n, estimated: 0n },
  }
}
