/**
 * Ours beside theirs: what each product cost on each day by our ledger and by the bill, unit by
 * unit. Where a component's lines do not say the product or the day, all of its products or days
 * are one.
 */
import { dayMs, dayStart } from '../../base/clock.ts'
import { sumFractions, zeroFraction, type Fraction } from '../../base/fraction.ts'
import type { BillLine, RequestCount } from '../bills/bill.ts'
import { roundedUsd } from '../charge.ts'
import type { DayCharge } from '../ledger/posting.ts'
import { findPrice, productAt, type BilledUnit, type PriceBook } from '../prices/price-book.ts'

/** One unit of a product on a day, both sides. Money in pico-dollars. */
export interface UnitPair {
  readonly unit: BilledUnit | null
  readonly ourQuantity: Fraction
  readonly ours: bigint
  /** Null where the bill gives no quantity. */
  readonly theirQuantity: Fraction | null
  readonly theirs: bigint
  readonly lines: number
  /** Pico-dollars of one unit by our book; null where it has no price. */
  readonly price: Fraction | null
}

/** A product on a day, both sides. */
export interface ProductDay {
  readonly component: string
  readonly provider: string
  readonly sku: string | null
  readonly dayMs: number | null
  readonly units: readonly UnitPair[]
  readonly events: bigint
  readonly retried: bigint
  readonly estimated: bigint
  /** Null where the provider counts no requests. */
  readonly requests: bigint | null
}

/** What is put side by side. */
export interface BothSides {
  readonly charges: readonly DayCharge[]
  readonly lines: readonly BillLine[]
  readonly requests: readonly RequestCount[]
  readonly book: PriceBook
}

interface Detail {
  readonly hasSku: boolean
  readonly hasDay: boolean
  readonly hasUnit: boolean
}

/** Pairs both sides. */
export function pairProducts({ charges, lines, requests, book }: BothSides): readonly ProductDay[] {
  const ours = charges.map((charge) => ({
    ...charge,
    sku: productAt(book, { provider: charge.provider, sku: charge.sku, atMs: charge.dayMs }),
  }))
  const details = detailsOf(lines)
  const keyOf = (component: string, sku: string | null, day: number | null): string => {
    const { hasSku, hasDay } = details.get(component) ?? { hasSku: true, hasDay: true }
    return JSON.stringify([component, hasSku ? sku : null, hasDay ? day : null])
  }
  const ourDays = Map.groupBy(ours, ({ component, sku, dayMs: day }) => keyOf(component, sku, day))
  const theirDays = Map.groupBy(lines, (line) =>
    keyOf(
      line.component,
      productOf(book, line),
      line.fromMs === null ? null : dayStart(line.fromMs),
    ),
  )
  const counts = new Map<string, bigint>()
  for (const { provider, sku, fromMs, toMs, requests: count } of requests) {
    if (toMs - fromMs !== dayMs) continue
    const key = JSON.stringify([
      provider,
      productAt(book, { provider, sku, atMs: fromMs }),
      dayStart(fromMs),
    ])
    counts.set(key, (counts.get(key) ?? 0n) + count)
  }
  return [...new Set([...ourDays.keys(), ...theirDays.keys()])].sort().map((key) => {
    const [component, sku, day] = JSON.parse(key) as readonly [string, string | null, number | null]
    const [our, their] = [ourDays.get(key) ?? [], theirDays.get(key) ?? []]
    const provider = our[0]?.provider ?? their[0]?.provider ?? ''
    const uses = [...new Set(our.map(({ use }) => use))]
    const sum = (of: (use: DayCharge['use']) => bigint): bigint =>
      uses.reduce((total, use) => total + of(use), 0n)
    return {
      component,
      provider,
      sku,
      dayMs: day,
      units: pairUnits({
        our,
        their,
        book,
        hasUnit: details.get(component)?.hasUnit ?? true,
        sku,
        dayMs: day,
        provider,
      }),
      events: sum((use) => use.events),
      retried: sum((use) => use.retried),
      estimated: sum((use) => use.estimated),
      requests: counts.get(JSON.stringify([provider, sku, day])) ?? null,
    }
  })
}

/** How much a component's lines say: only what all of them say can be compared. */
function detailsOf(lines: readonly BillLine[]): ReadonlyMap<string, Detail> {
  return new Map(
    [...Map.groupBy(lines, ({ component }) => component)].map(([component, own]) => {
      return [
        component,
        {
          hasSku: own.every(({ sku }) => sku !== null),
          hasDay: own.every(
            ({ fromMs, toMs }) => fromMs !== null && toMs !== null && toMs - fromMs <= dayMs,
          ),
          hasUnit: own.every(({ unit }) => unit !== null),
        },
      ]
    }),
  )
}

function productOf(book: PriceBook, { provider, sku, fromMs }: BillLine): string | null {
  return sku === null
    ? null
    : fromMs === null
      ? sku
      : productAt(book, { provider, sku, atMs: fromMs })
}

interface UnitSides {
  readonly our: readonly DayCharge[]
  readonly their: readonly BillLine[]
  readonly book: PriceBook
  readonly hasUnit: boolean
  readonly provider: string
  readonly sku: string | null
  readonly dayMs: number | null
}

function pairUnits({
  our,
  their,
  book,
  hasUnit,
  provider,
  sku,
  dayMs: day,
}: UnitSides): readonly UnitPair[] {
  const ours = Map.groupBy(our, ({ unit }) => (hasUnit ? unit : null))
  const theirs = Map.groupBy(their, ({ unit }) => (hasUnit ? unit : null))
  return [...new Set([...ours.keys(), ...theirs.keys()])].map((unit) => {
    const [own, billed] = [ours.get(unit) ?? [], theirs.get(unit) ?? []]
    const exact = sumFractions(own.map((each) => each.exact))
    const ourQuantity = sumFractions(own.map(({ quantity }) => quantity))
    const quantities = billed.map(({ quantity }) => quantity)
    const listed =
      unit === null || sku === null || day === null
        ? null
        : findPrice(book, { provider, sku, unit, atMs: day })
    const ownPrice =
      ourQuantity.numerator > 0n && unit !== null
        ? {
            numerator: exact.numerator * ourQuantity.denominator,
            denominator: exact.denominator * ourQuantity.numerator,
          }
        : null
    return {
      unit,
      ourQuantity,
      ours: roundedUsd(exact),
      theirQuantity:
        unit === null || quantities.includes(null)
          ? null
          : billed.length === 0
            ? zeroFraction
            : sumFractions(quantities.filter((each) => each !== null)),
      theirs: billed.reduce((sum, { amount }) => sum + amount, 0n),
      lines: billed.length,
      price:
        ownPrice ??
        (listed === null ? null : { numerator: listed.amount, denominator: listed.per }),
    }
  })
}
