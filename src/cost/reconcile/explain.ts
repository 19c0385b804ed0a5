/**
 * A month against its bill: drift by component, measured before any adjustment, and every dollar of
 * the gap with a cause. The causes add up to the gap to the pico-dollar.
 */
import { absolute, sumFractions } from '../../base/fraction.ts'
import { dayMs, type Period } from '../../base/clock.ts'
import { picoUsd, type PicoUsd, sumUsd, zeroUsd } from '../../base/money.ts'
import type { Allocation } from '../allocation/allocate.ts'
import type { Bill, BillLine } from '../bills/bill.ts'
import type { DayCharge } from '../ledger/posting.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { attribute } from './attribute.ts'
import { causeIds, type CauseId, type GapPart } from './cause.ts'
import { defaultDriftLimits, reconcile, type DriftLimits, type Reconciliation } from './drift.ts'
import { sortLines } from './lines.ts'
import { pairProducts, type ProductDay } from './products.ts'

export type { CauseId } from './cause.ts'

/** What is compared. */
export interface BillToExplain {
  readonly month: Period
  readonly charges: readonly DayCharge[]
  /**
   * Charges by days as the provider cuts them, of providers whose days begin at another hour; its
   * month too.
   */
  readonly shifted?: ReadonlyMap<string, readonly DayCharge[]>
  readonly allocation: Pick<Allocation, 'lines' | 'unallocated'>
  readonly bill: Bill
  readonly book: PriceBook
  readonly limits?: DriftLimits
}

/** A cause with its part of the gap, and where most of it is. */
export interface Cause {
  readonly cause: CauseId
  readonly usd: PicoUsd
  readonly events: bigint
  readonly parts: readonly GapPart[]
}

/** A month explained. */
export interface ExplainedBill {
  readonly drift: Reconciliation
  /** Allocated less billed, taxes and credits included. */
  readonly gap: PicoUsd
  /** In order of size; without those that explain nothing. */
  readonly causes: readonly Cause[]
  /**
   * What no cause was found for, but for the rounding of components: nothing, or something is wrong
   * with the taking apart.
   */
  readonly unexplained: PicoUsd
}

/** Providers deliver up to three days late. */
const lateDays = 3
/** Explains a bill. Throws TB_PRICE_MISSING. */
export function explainBill({
  month,
  charges,
  shifted = new Map(),
  allocation,
  bill,
  book,
  limits = defaultDriftLimits,
}: BillToExplain): ExplainedBill {
  const unallocated = [...allocation.unallocated].map(([component, amount]) => ({
    component,
    amount,
  }))
  const allocated = [...allocation.lines, ...unallocated]
  const judged = bill.lines.filter(({ category }) => category === 'usage' || category === 'minimum')
  const drift = reconcile(allocated, judged, limits)
  const gap = picoUsd(
    sumUsd(allocated.map(({ amount }) => amount)) - sumUsd(bill.lines.map(({ amount }) => amount)),
  )
  const minimums = allocated.filter(({ component }) => component.endsWith('.minimum'))
  const sorted = sortLines(bill.lines, month, minimums)
  const products = productsOf({ charges, shifted, bill, usage: sorted.usage, book })
  const swapped = swaps(products)
  const days = products
    .filter((day) => !swapped.members.has(day))
    .flatMap((day) =>
      attribute(day, day.dayMs !== null && day.dayMs >= month.toMs - lateDays * dayMs),
    )
  const parts = [...sorted.parts, ...swapped.parts, ...days, ...cutParts(charges, shifted, book)]
  const left = picoUsd(gap - sumUsd(parts.map(({ usd }) => usd)))
  // Days and components are rounded apart: at most half a pico-dollar for each unit of a product's
  // day, and for each component.
  const isRounding =
    absolute(left) <=
    BigInt(products.reduce((sum, { units }) => sum + units.length, drift.components.length))
  if (isRounding)
    parts.push({
      cause: 'rounding',
      usd: left,
      component: 'total',
      sku: null,
      dayMs: null,
      events: 0n,
      why: 'days are rounded apart from their components',
    })
  return { drift, gap, causes: causesOf(parts), unexplained: isRounding ? zeroUsd : left }
}

interface Products {
  readonly charges: readonly DayCharge[]
  readonly shifted: ReadonlyMap<string, readonly DayCharge[]>
  readonly bill: Bill
  readonly usage: readonly BillLine[]
  readonly book: PriceBook
}

function productsOf({ charges, shifted, bill, usage, book }: Products): readonly ProductDay[] {
  const asCut = [
    ...charges.filter(({ provider }) => !shifted.has(provider)),
    ...[...shifted.values()].flat(),
  ]
  return pairProducts({ charges: asCut, lines: usage, requests: bill.requests, book })
}

/** What a month that is cut at another hour holds more or less than ours. */
function cutParts(
  charges: readonly DayCharge[],
  shifted: ReadonlyMap<string, readonly DayCharge[]>,
  book: PriceBook,
): readonly GapPart[] {
  return [...shifted].flatMap(([provider, theirs]) => {
    const [ours, cut] = [charges.filter((charge) => charge.provider === provider), theirs].map(
      (of) => amountsOf(of, book),
    )
    return [...new Set([...(ours?.keys() ?? []), ...(cut?.keys() ?? [])])].map(
      (component): GapPart => ({
        cause: 'timing',
        usd: picoUsd((ours?.get(component) ?? 0n) - (cut?.get(component) ?? 0n)),
        component,
        sku: null,
        dayMs: null,
        events: 0n,
        why: "the provider's days do not begin at midnight UTC, and so its month is another one",
      }),
    )
  })
}

function amountsOf(charges: readonly DayCharge[], book: PriceBook): ReadonlyMap<string, bigint> {
  const days = pairProducts({ charges, lines: [], requests: [], book })
  return new Map(
    [...Map.groupBy(days, ({ component }) => component)].map(([component, own]) => [
      component,
      own.flatMap(({ units }) => units).reduce((sum, { ours }) => sum + ours, 0n),
    ]),
  )
}

/**
 * Products that only we have beside products that only the bill has, on one day and with the same
 * tokens: another snapshot.
 */
function swaps(products: readonly ProductDay[]): {
  readonly members: ReadonlySet<ProductDay>
  readonly parts: readonly GapPart[]
} {
  const members = new Set<ProductDay>()
  const parts: GapPart[] = []
  for (const group of Map.groupBy(
    products,
    ({ component, dayMs: day }) => `${component} ${day}`,
  ).values()) {
    const ours = group.filter(({ units }) => units.every(({ lines }) => lines === 0))
    const theirs = group.filter(
      ({ events, units }) =>
        events === 0n && units.every(({ theirQuantity }) => theirQuantity !== null),
    )
    const [have, billed] = [tokensOf(ours, 'ourQuantity'), tokensOf(theirs, 'theirQuantity')]
    const off = have > billed ? have - billed : billed - have
    if (ours.length === 0 || theirs.length === 0 || have === 0n || off * 33n > have) continue
    for (const each of [...ours, ...theirs]) members.add(each)
    const [first, second] = [ours[0], theirs[0]]
    const usd = [...ours, ...theirs]
      .flatMap(({ units }) => units)
      .reduce((sum, unit) => sum + unit.ours - unit.theirs, 0n)
    parts.push({
      cause: 'mix',
      usd: picoUsd(usd),
      component: first?.component ?? '',
      sku: first?.sku ?? null,
      dayMs: first?.dayMs ?? null,
      events: ours.reduce((sum, { events }) => sum + events, 0n),
      why: `${first?.sku ?? ''} is billed as ${second?.sku ?? ''}`,
    })
  }
  return { members, parts }
}

function tokensOf(products: readonly ProductDay[], side: 'ourQuantity' | 'theirQuantity'): bigint {
  const { numerator, denominator } = sumFractions(
    products.flatMap(({ units }) => units.flatMap((unit) => unit[side] ?? [])),
  )
  return numerator / denominator
}

function causesOf(parts: readonly GapPart[]): readonly Cause[] {
  const bySize = (one: bigint, other: bigint): number =>
    absolute(one) > absolute(other) ? -1 : absolute(one) < absolute(other) ? 1 : 0
  const groups = Map.groupBy(
    parts.filter(({ usd }) => usd !== 0n),
    ({ cause }) => cause,
  )
  const causes = causeIds.flatMap((cause): Cause[] => {
    const own = groups.get(cause) ?? []
    return own.length === 0
      ? []
      : [
          {
            cause,
            usd: sumUsd(own.map(({ usd }) => usd)),
            events: own.reduce((sum, { events }) => sum + events, 0n),
            parts: own.toSorted((one, other) => bySize(one.usd, other.usd)),
          },
        ]
  })
  return causes.toSorted((one, other) => bySize(one.usd, other.usd))
}
