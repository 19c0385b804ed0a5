/**
 * What a simulation comes to: usage, money and time of all groups together, shared cost given to
 * tenants, months closed.
 */
import { sumFractions, type Fraction } from '../../../src/base/fraction.ts'
import {
  divideHalfEven,
  parseUsd,
  picoUsd,
  sumUsd,
  zeroUsd,
  type PicoUsd,
} from '../../../src/base/money.ts'
import { parseTenantId } from '../../../src/base/tenant-id.ts'
import {
  minimumTopUps,
  roundedUsd,
  shareOut,
  type AllocationMethod,
  type PriceBook,
} from '../../../src/index.ts'
import type { ProductAmount } from '../bill/group-bill.ts'
import type { GroupResult } from '../engine/group.ts'
import { addTally, emptyTally, type Tally } from '../engine/tally.ts'
import type { SimulationPlan } from '../plan.ts'

/** A product in all months together. */
export interface ProductTotal extends Omit<ProductAmount, 'amount'> {
  readonly amount: PicoUsd
}

/** A month's bill. */
export interface MonthTotal {
  readonly month: string
  readonly usage: PicoUsd
  /** What providers' minimums add. */
  readonly minimum: PicoUsd
  readonly shared: PicoUsd
  /** Of the usage: booked by the provider in the month after. */
  readonly late: PicoUsd
  /**
   * What the providers' bills for the month say: usage less what is late, what the month before
   * left, and minimums.
   */
  readonly billed: PicoUsd
}

/** A tenant in all months together. */
export interface TenantTotal {
  readonly queries: number
  readonly direct: PicoUsd
  readonly shared: PicoUsd
  /** By month, in order; null of a month in which the tenant was not there. */
  readonly queriesByMonth: readonly (number | null)[]
}

/** Everything. */
export interface SimulationOutcome {
  readonly tally: Tally
  readonly products: readonly ProductTotal[]
  readonly months: readonly MonthTotal[]
  /** By position in the plan's fleet. */
  readonly tenants: readonly TenantTotal[]
  readonly total: PicoUsd
  /** Shared cost of months in which nobody was there. */
  readonly unallocated: PicoUsd
}

/** What is shared, and how; the share of billable events that providers book a month late. */
export interface SharingRules {
  readonly sharedMonthlyUsd: Readonly<Record<string, string>>
  readonly allocation: AllocationMethod
  readonly lateEvents: number
  /** False where what is simulated is no month: then nothing is topped up to a month's minimum. */
  readonly hasMinimums: boolean
}

/** Collects groups in order. */
export interface Collector {
  add(result: GroupResult): void
  /** Closes the months. */
  finish(rules: SharingRules): SimulationOutcome
}

/** A collector for a plan. */
export function collector(plan: SimulationPlan): Collector {
  const { fleet, months } = plan
  const tally = emptyTally()
  const queries = new Float64Array(fleet.ids.length * months.length)
  const direct: Fraction[][] = months.map(() => [])
  const products = months.map(() => new Map<string, ProductAmount>())
  return {
    add({ group, tally: own, bills, queries: ofGroup }) {
      addTally(tally, own)
      queries.set(ofGroup, (fleet.groupStarts[group] as number) * months.length)
      for (const [month, bill] of bills.entries()) {
        for (const amount of bill.tenants) direct[month]?.push(amount)
        for (const product of bill.products)
          addProduct(products[month] ?? new Map<string, ProductAmount>(), product)
      }
    },
    finish(rules) {
      const closed = months.map((month, at) =>
        closeMonth(plan, rules, {
          at,
          month: month.month,
          part: { hours: month.hours, of: month.hoursOfMonth },
          products: products[at] ?? new Map<string, ProductAmount>(),
          direct: direct[at] ?? [],
          queries,
        }),
      )
      const all = new Map<string, ProductAmount>()
      for (const ofMonth of products)
        for (const product of ofMonth.values()) addProduct(all, product)
      const tenants = fleet.ids.map((_id, tenant): TenantTotal => {
        const queriesByMonth = months.map((month, at) =>
          isThere(plan, tenant, month) ? (queries[tenant * months.length + at] as number) : null,
        )
        return {
          queries: queriesByMonth.reduce((sum: number, each) => sum + (each ?? 0), 0),
          queriesByMonth,
          direct: roundedUsd(sumFractions(direct.map((ofMonth) => ofMonth[tenant] as Fraction))),
          shared: sumUsd(closed.map(({ shares }) => shares[tenant] ?? zeroUsd)),
        }
      })
      const monthTotals = withLate(
        closed.map(({ total }) => total),
        rules.lateEvents,
      )
      const unallocated = sumUsd(closed.map(({ left }) => left))
      return {
        tally,
        products: [...all.values()].map(({ amount, ...product }) => ({
          ...product,
          amount: roundedUsd(amount),
        })),
        months: monthTotals,
        tenants,
        unallocated,
        total: sumUsd(
          monthTotals.map(({ usage, minimum, shared }) => picoUsd(usage + minimum + shared)),
        ),
      }
    },
  }
}

/** Whether a tenant is there at any moment of a month. */
function isThere(
  { fleet }: SimulationPlan,
  tenant: number,
  { fromMs, toMs }: SimulationPlan['months'][number],
): boolean {
  return (fleet.fromMs[tenant] as number) < toMs && (fleet.untilMs[tenant] as number) > fromMs
}

function addProduct(to: Map<string, ProductAmount>, product: ProductAmount): void {
  const key = `${product.provider}\n${product.sku}\n${product.unit}`
  const known = to.get(key)
  to.set(
    key,
    known === undefined
      ? product
      : {
          ...known,
          quantity: sumFractions([known.quantity, product.quantity]),
          amount: sumFractions([known.amount, product.amount]),
        },
  )
}

/** Hours that are simulated, of all that a month has. */
interface MonthPart {
  readonly hours: number
  readonly of: number
}

interface OpenMonth {
  readonly at: number
  readonly month: string
  /** How much of the calendar month is simulated. */
  readonly part: MonthPart
  readonly products: ReadonlyMap<string, ProductAmount>
  readonly direct: readonly Fraction[]
  readonly queries: Float64Array
}

interface ClosedMonth {
  readonly total: Pick<MonthTotal, 'month' | 'usage' | 'minimum' | 'shared'>
  /** By tenant. */
  readonly shares: readonly PicoUsd[]
  /** What nobody was there to carry. */
  readonly left: PicoUsd
}

/**
 * Tops up to minimums and shares out what nobody causes alone, among those who were there. A part
 * of a month carries its part of fixed cost.
 */
function closeMonth(
  plan: SimulationPlan,
  { sharedMonthlyUsd, allocation, hasMinimums }: SharingRules,
  open: OpenMonth,
): ClosedMonth {
  const { fleet, months } = plan
  const lines = [...open.products.values()].map(({ component, amount }) => ({
    component,
    amount: roundedUsd(amount),
  }))
  const minimum = hasMinimums
    ? sumUsd(minimumTopUps(lines, withMinimums(plan.book, open.part)).values())
    : zeroUsd
  const shared = sumUsd(
    Object.values(sharedMonthlyUsd).map((usd) => partOf(parseUsd(usd), open.part)),
  )
  const month = months[open.at] as (typeof months)[number]
  const there = [...fleet.ids.keys()].filter((tenant) => isThere(plan, tenant, month))
  const claimants = there.map((tenant) => ({
    tenantId: parseTenantId(fleet.ids[tenant] as string),
    queries: open.queries[tenant * months.length + open.at] as number,
    storedBytes: fleet.storedBytes[tenant] as number,
    ownCost: 0n,
  }))
  const pool = picoUsd(minimum + shared)
  const { lines: parts, left } = shareOut(
    { component: 'shared', amount: pool },
    { rule: { method: allocation }, claimants },
  )
  const shares = new Array<PicoUsd>(fleet.ids.length).fill(zeroUsd)
  for (const [at, { amount }] of parts.entries()) shares[there[at] as number] = amount
  return {
    total: {
      month: open.month,
      usage: roundedUsd(sumFractions([...open.products.values()].map(({ amount }) => amount))),
      minimum,
      shared,
    },
    shares,
    left,
  }
}

/** A month's fixed amount for a part of it. */
function partOf(amount: PicoUsd, { hours, of }: MonthPart): PicoUsd {
  return picoUsd(divideHalfEven(amount * BigInt(hours), BigInt(of)))
}

function withMinimums(book: PriceBook, part: MonthPart): PriceBook {
  return {
    ...book,
    monthlyMinimum: new Map(
      [...book.monthlyMinimum].map(([provider, minimum]) => [provider, partOf(minimum, part)]),
    ),
  }
}

const perMillion = 1_000_000

/**
 * What providers book late stands on the bill of the month after; an expectation, for which events
 * are late is not drawn.
 */
function withLate(
  months: readonly Pick<MonthTotal, 'month' | 'usage' | 'minimum' | 'shared'>[],
  lateEvents: number,
): readonly MonthTotal[] {
  let before = zeroUsd
  return months.map((month) => {
    const late = picoUsd(
      divideHalfEven(month.usage * BigInt(Math.round(lateEvents * perMillion)), BigInt(perMillion)),
    )
    const billed = picoUsd(month.usage - late + before + month.minimum)
    before = late
    return { ...month, late, billed }
  })
}
