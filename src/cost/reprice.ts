/**
 * The same usage under many price books. What is alike in price is added up once
 * (src/cost/meter/groups.ts); each book then looks up each price once and multiplies. No model is
 * asked again: usage is recorded, money derived (DESIGN law 3).
 */
import { sumFractions, type Fraction } from '../base/fraction.ts'
import type { PicoUsd } from '../base/money.ts'
import type { TenantId } from '../base/tenant-id.ts'
import { exactAmountOf, roundedUsd } from './charge.ts'
import { addQuantities, pricedGroup, type UsageGroup } from './meter/groups.ts'
import { perEventUnits } from './meter/quantities.ts'
import type { PriceBook } from './prices/price-book.ts'

/** What a month costs under one book. */
export interface Repriced {
  readonly bookId: string
  readonly total: PicoUsd
  readonly byTenant: ReadonlyMap<TenantId, PicoUsd>
}

/** Prices groups under each book. Throws TB_PRICE_MISSING. */
export function reprice(
  groups: readonly UsageGroup[],
  books: readonly PriceBook[],
): readonly Repriced[] {
  const merged = mergeDays(groups, boundariesOf(books))
  return books.map((book) => {
    const exact = new Map<TenantId, Map<bigint, bigint>>()
    for (const group of merged) addTo(exact, group, book)
    const sums = [...exact].map(
      ([tenantId, byDenominator]) => [tenantId, sumFractions(fractionsOf(byDenominator))] as const,
    )
    return {
      bookId: book.id,
      total: roundedUsd(sumFractions(sums.map(([, sum]) => sum))),
      byTenant: new Map(sums.map(([tenantId, sum]) => [tenantId, roundedUsd(sum)])),
    }
  })
}

function* fractionsOf(byDenominator: ReadonlyMap<bigint, bigint>): Iterable<Fraction> {
  for (const [denominator, numerator] of byDenominator) yield { numerator, denominator }
}

function addTo(
  exact: Map<TenantId, Map<bigint, bigint>>,
  group: UsageGroup,
  book: PriceBook,
): void {
  const sums = exact.get(group.tenantId) ?? new Map<bigint, bigint>()
  exact.set(group.tenantId, sums)
  for (const { quantity, price } of pricedGroup(group, book)) {
    const { numerator, denominator } = exactAmountOf(quantity, price)
    sums.set(denominator, (sums.get(denominator) ?? 0n) + numerator)
  }
}

/**
 * Every instant at which a price, a formula or the meaning of a name changes in one of the books.
 */
function boundariesOf(books: readonly PriceBook[]): readonly number[] {
  const all = books.flatMap(({ prices, aliases, formulas }) =>
    [...prices, ...aliases, ...formulas].flatMap(({ fromMs, toMs }) =>
      toMs === null ? [fromMs] : [fromMs, toMs],
    ),
  )
  return [...new Set(all)].sort((one, other) => one - other)
}

/** Days between two boundaries have the same prices in every book: their groups are one. */
function mergeDays(
  groups: readonly UsageGroup[],
  boundaries: readonly number[],
): readonly UsageGroup[] {
  const merged = new Map<string, UsageGroup>()
  for (const group of groups) {
    const since =
      boundaries.findLast((boundary) => boundary <= group.dayMs) ?? Number.NEGATIVE_INFINITY
    const key = JSON.stringify([
      group.tenantId,
      since,
      group.provider,
      group.sku,
      group.service,
      group.beyondTokens,
      ...perEventUnits.map((unit) => String(group.quantities[unit] ?? '')),
    ])
    const before = merged.get(key)
    merged.set(
      key,
      before === undefined
        ? group
        : {
            ...before,
            events: before.events + group.events,
            retried: before.retried + group.retried,
            estimated: before.estimated + group.estimated,
            quantities: addQuantities(before.quantities, group.quantities),
          },
    )
  }
  return [...merged.values()]
}
