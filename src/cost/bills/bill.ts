/**
 * What a provider charges, whatever form the bill has: lines with their day, product, quantity and
 * amount, as far as it says.
 */
import type { Fault } from '../../base/errors.ts'
import { parseDecimal, type Fraction } from '../../base/fraction.ts'
import { picoUsd, type PicoUsd } from '../../base/money.ts'
import { roundedUsd } from '../charge.ts'
import { productAt, type BilledUnit, type PriceBook } from '../prices/price-book.ts'

/** What a line is for. Taxes and credits are money of the bill and no use. */
export const billCategories = ['usage', 'minimum', 'tax', 'credit', 'adjustment'] as const
/** What a line is for. */
export type BillCategory = (typeof billCategories)[number]

/** A line of a bill. What a form does not say is null. */
export interface BillLine {
  readonly provider: string
  readonly component: string
  readonly category: BillCategory
  readonly sku: string | null
  readonly unit: BilledUnit | null
  /** The time charged for, half open, UTC. */
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly quantity: Fraction | null
  readonly amount: PicoUsd
  /** Where it stands, for people. */
  readonly place: string
}

/** How many requests a provider counted. */
export interface RequestCount {
  readonly provider: string
  readonly sku: string
  readonly fromMs: number
  readonly toMs: number
  readonly requests: bigint
}

/** A bill, or a part of one. */
export interface Bill {
  readonly lines: readonly BillLine[]
  readonly requests: readonly RequestCount[]
}

/**
 * What is read: a text, how it is called, and the book whose components its lines are named after.
 */
export interface BillText {
  readonly path: string
  readonly text: string
  readonly book: PriceBook
}

/** A bill that was read, or its faults: of a faulty bill nothing is taken. */
export type BillResult = Bill | readonly Fault[]

/** A form of bill. A new one is a file here and a line in read-bill.ts. */
export interface BillReader {
  readonly id: string
  recognises(input: BillText): boolean
  read(input: BillText): BillResult
}

const mostUsd = 1_000_000_000n * 1_000_000_000_000n

/**
 * Dollars as a bill writes them, or what is wrong with them. Past twelve places they are rounded,
 * half to even.
 */
export function billedUsd(text: string, scale = 1n): PicoUsd | string {
  const decimal = parseDecimal(text.trim())
  if (decimal === null)
    return /^-?[\d.,' ]+$/.test(text.trim()) && text.trim() !== ''
      ? `${JSON.stringify(text)}: a decimal number without thousands separators, with a point`
      : `${JSON.stringify(text)}: not a decimal number`
  const amount = roundedUsd({
    numerator: decimal.numerator * 1_000_000_000_000n,
    denominator: decimal.denominator * scale,
  })
  return amount >= mostUsd || amount <= -mostUsd ? `${text}: beyond 10^9 dollars` : picoUsd(amount)
}

/** A quantity as a bill writes it, or what is wrong with it. */
export function billedQuantity(text: string): Fraction | string {
  const decimal = parseDecimal(text.trim())
  if (decimal === null) return `${JSON.stringify(text)}: not a decimal number`
  if (decimal.numerator < 0n) return `${text}: a quantity is not negative`
  return decimal.numerator >= 10n ** 18n * decimal.denominator
    ? `${text}: a quantity is below 10^18`
    : decimal
}

/**
 * Which component of the ledger a product's unit is. What the book does not know is of the
 * provider, and nothing we metered.
 */
export function componentOf(
  book: PriceBook,
  {
    provider,
    sku,
    unit,
    atMs,
  }: {
    readonly provider: string
    readonly sku: string | null
    readonly unit: BilledUnit | null
    readonly atMs: number | null
  },
): string {
  const product =
    sku === null ? null : atMs === null ? sku : productAt(book, { provider, sku, atMs })
  const fits = book.prices.find(
    (price) =>
      price.provider === provider &&
      (product === null || price.sku === product) &&
      (unit === null || price.unit === unit) &&
      (product !== null || unit !== null),
  )
  return fits?.component ?? `${provider}.other`
}

/**
 * The only unit in which a product is charged; null where there are several, or the book does not
 * know it.
 */
export function onlyUnitOf(book: PriceBook, provider: string, sku: string): BilledUnit | null {
  const names = new Set([
    sku,
    ...book.aliases.filter((each) => each.alias === sku).map((each) => each.sku),
  ])
  const units = new Set(
    book.prices
      .filter((price) => price.provider === provider && names.has(price.sku))
      .map(({ unit }) => unit),
  )
  const [unit] = units
  return units.size === 1 && unit !== undefined ? unit : null
}
