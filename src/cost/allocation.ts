/**
 * Who pays what in a month: each tenant its own charges and storage, and a share of what nobody causes alone, by a named method.
 * The parts add up to the whole to the pico-dollar; what cannot be given to anyone stays visible as unallocated.
 */
import { picoUsd, splitByWeight, sumUsd, zeroUsd, type PicoUsd } from '../base/money.ts'
import type { TenantId } from '../base/tenant-id.ts'
import { amountOf, type Charge } from './charge.ts'
import { priceOf, type PriceBook } from './prices/price-book.ts'
import { hoursPerMonth, storedQuantity } from './meter/quantities.ts'

/** How shared cost is split: everybody the same, or by queries. */
export const allocationMethods = ['even', 'proportional-to-queries'] as const
/** A method of splitting shared cost. */
export type AllocationMethod = (typeof allocationMethods)[number]

/** One tenant's line of a component. `method` says how it came to it. */
export interface AllocatedLine {
  readonly tenantId: TenantId
  readonly component: string
  readonly method: 'direct' | AllocationMethod
  readonly amount: PicoUsd
}

/** A tenant's activity in the month: weights for shared cost. */
export interface TenantActivity {
  readonly tenantId: TenantId
  readonly queries: number
  readonly storedBytes: number
}

/** What is allocated. */
export interface AllocationInput {
  readonly charges: readonly Charge[]
  readonly tenants: readonly TenantActivity[]
  readonly book: PriceBook
  readonly method: AllocationMethod
  /** When storage is priced: an instant of the month. */
  readonly atMs: number
}

/** The month's allocation; lines and unallocated add up to `total`. */
export interface Allocation {
  readonly lines: readonly AllocatedLine[]
  readonly unallocated: ReadonlyMap<string, PicoUsd>
  readonly total: PicoUsd
}

const storageProduct = { provider: 'pinecone', sku: 'serverless', unit: 'storage-gb-months' } as const

/** Allocates a month. */
export function allocateMonth(input: AllocationInput): Allocation {
  const direct = [...directLines(input.charges), ...storageLines(input)]
  const topUps = minimumTopUps(direct, input.book)
  const shared = [...topUps].flatMap(([component, amount]) => splitShared(input, component, amount))
  const lines = [...direct, ...shared]
  const unallocated = input.tenants.length === 0 ? topUps : new Map<string, PicoUsd>()
  return { lines, unallocated, total: sumUsd([...lines.map(({ amount }) => amount), ...unallocated.values()]) }
}

function directLines(charges: readonly Charge[]): readonly AllocatedLine[] {
  const sums = new Map<string, { tenantId: TenantId; component: string; amount: bigint }>()
  for (const { tenantId, component, amount } of charges) {
    const key = `${tenantId}\n${component}`
    const sum = sums.get(key) ?? { tenantId, component, amount: 0n }
    sum.amount += amount
    sums.set(key, sum)
  }
  return [...sums.values()].map(({ amount, ...line }) => ({ ...line, method: 'direct' as const, amount: picoUsd(amount) }))
}

function storageLines(input: AllocationInput): readonly AllocatedLine[] {
  const price = priceOf(input.book, { ...storageProduct, atMs: input.atMs })
  return input.tenants
    .filter(({ storedBytes }) => storedBytes > 0)
    .map(({ tenantId, storedBytes }) => ({ tenantId, component: price.component, method: 'direct', amount: amountOf(storedQuantity(BigInt(storedBytes), hoursPerMonth), price) }))
}

/** What a provider's monthly minimum adds to its usage, by component `<provider>.minimum`. */
export function minimumTopUps(lines: readonly Pick<AllocatedLine, 'component' | 'amount'>[], book: PriceBook): ReadonlyMap<string, PicoUsd> {
  const topUps = new Map<string, PicoUsd>()
  for (const [provider, minimum] of book.monthlyMinimum) {
    const used = sumUsd(lines.filter(({ component }) => component.startsWith(`${provider}.`)).map(({ amount }) => amount))
    if (used < minimum) topUps.set(`${provider}.minimum`, picoUsd(minimum - used))
  }
  return topUps
}

function splitShared(input: AllocationInput, component: string, amount: PicoUsd): readonly AllocatedLine[] {
  const parts = shareOut(amount, input.method, input.tenants)
  return input.tenants.map(({ tenantId }) => ({ tenantId, component, method: input.method, amount: parts.get(tenantId) ?? zeroUsd }))
}

/** Splits an amount over tenants by a method; the parts add up exactly. */
export function shareOut(amount: PicoUsd, method: AllocationMethod, tenants: readonly Pick<TenantActivity, 'tenantId' | 'queries'>[]): ReadonlyMap<string, PicoUsd> {
  const weight = (queries: number): bigint => (method === 'even' ? 1n : BigInt(queries))
  return tenants.length === 0 ? new Map() : splitByWeight(amount, tenants.map(({ tenantId, queries }) => ({ key: tenantId, weight: weight(queries) })))
}
