/**
 * A posting: one closing of a month, or a correction of it, as differences to what was posted
 * before. Pure. Every line of a tenant has its counterpart, so a posting adds up to nothing;
 * balances are sums over postings, kept nowhere.
 */
import type { Fraction } from '../../base/fraction.ts'
import { picoUsd, sumUsd, type PicoUsd } from '../../base/money.ts'
import type { TenantId } from '../../base/tenant-id.ts'
import type { AllocatedLine, Allocation } from '../allocation/allocate.ts'
import { exactAmountOf, roundedUsd } from '../charge.ts'
import { pricedGroup, type UsageGroup } from '../meter/groups.ts'
import type { BilledUnit, PriceBook, ServiceTier } from '../prices/price-book.ts'

/**
 * A tenant's use of a product on a day, priced. The amount is the nearest pico-dollar, for people;
 * the ledger rounds once.
 */
export interface DayCharge {
  readonly tenantId: TenantId
  readonly dayMs: number
  readonly provider: string
  readonly sku: string
  readonly service: ServiceTier
  readonly unit: BilledUnit
  readonly component: string
  readonly quantity: Fraction
  readonly exact: Fraction
  readonly amount: PicoUsd
  /** The use behind it: one object for all units of the same events. */
  readonly use: Pick<UsageGroup, 'events' | 'retried' | 'estimated'>
}

/** The side of a posting that is no tenant's. */
export interface Counterpart {
  readonly account: 'provider' | 'unallocated'
  readonly component: string
  readonly amount: PicoUsd
}

/** Prices groups of usage. Throws TB_PRICE_MISSING: usage without a price closes nothing. */
export function dayCharges(groups: readonly UsageGroup[], book: PriceBook): readonly DayCharge[] {
  return groups.flatMap((group) => {
    const { tenantId, dayMs, provider, sku, service } = group
    return pricedGroup(group, book).map(({ quantity, price }) => {
      const exact = exactAmountOf(quantity, price)
      return {
        tenantId,
        dayMs,
        provider,
        sku,
        service,
        unit: quantity.unit,
        component: price.component,
        quantity,
        exact,
        amount: roundedUsd(exact),
        use: group,
      }
    })
  })
}

/**
 * Lines that bring balances to where they should be: what is new, what changed, and what is no
 * longer there.
 */
export function differenceTo(
  lines: readonly AllocatedLine[],
  posted: readonly AllocatedLine[],
): readonly AllocatedLine[] {
  const before = new Map(posted.map((line) => [lineKey(line), line]))
  const changed = lines.map((line) => ({
    ...line,
    amount: picoUsd(line.amount - (before.get(lineKey(line))?.amount ?? 0n)),
  }))
  const kept = new Set(lines.map(lineKey))
  const gone = posted
    .filter((line) => !kept.has(lineKey(line)))
    .map((line) => ({ ...line, amount: picoUsd(-line.amount) }))
  return [...changed, ...gone].filter(({ amount }) => amount !== 0n)
}

function lineKey({ tenantId, component, method }: AllocatedLine): string {
  return `${tenantId}\n${component}\n${method}`
}

/**
 * The counterparts of an allocation: providers are owed the whole, and what no tenant carries is
 * held as unallocated.
 */
export function counterpartsOf({
  lines,
  unallocated,
}: Pick<Allocation, 'lines' | 'unallocated'>): readonly Counterpart[] {
  const components = [
    ...new Set([...lines.map(({ component }) => component), ...unallocated.keys()]),
  ].sort()
  return components.flatMap((component) => {
    const left = unallocated.get(component) ?? picoUsd(0n)
    const owed =
      sumUsd(lines.filter((line) => line.component === component).map(({ amount }) => amount)) +
      left
    const counterparts: readonly Counterpart[] = [
      { account: 'provider', component, amount: picoUsd(-owed) },
      { account: 'unallocated', component, amount: left },
    ]
    return counterparts.filter(({ amount }) => amount !== 0n)
  })
}
