/** What differs between two price books: price by price, in force on a day or at any time. */
import type { PicoUsd } from '../../base/money.ts'
import { isInForce, type Price, type PriceBook } from './price-book.ts'

/** What a price is of, apart from its time. */
export type PricedThing = Pick<Price, 'provider' | 'sku' | 'unit' | 'service' | 'abovePromptTokens'>

/** One difference. A side is null where that book has no such price. */
export interface PriceChange extends PricedThing {
  readonly before: Price | null
  readonly after: Price | null
  /** (after - before) / before in percent; null without both, or from nothing. */
  readonly changePct: number | null
}

/**
 * The differences between two books. With `atMs` only prices in force then are compared, else every
 * period is.
 */
export function diffBooks(
  before: PriceBook,
  after: PriceBook,
  atMs: number | null,
): readonly PriceChange[] {
  const [ours, theirs] = [before, after].map(
    (book) => new Map(pricesAt(book, atMs).map((price) => [keyOf(price, atMs), price])),
  )
  const keys = [...new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])])].sort()
  return keys.flatMap((key) => changeOf(ours?.get(key) ?? null, theirs?.get(key) ?? null))
}

/** Prices of a book, in force at a time; all of them without one. */
export function pricesAt(book: PriceBook, atMs: number | null): readonly Price[] {
  return atMs === null ? book.prices : book.prices.filter((price) => isInForce(price, atMs))
}

function keyOf(
  { provider, sku, unit, service, abovePromptTokens, fromMs }: Price,
  atMs: number | null,
): string {
  return [provider, sku, unit, service, abovePromptTokens, ...(atMs === null ? [fromMs] : [])].join(
    '\n',
  )
}

function changeOf(before: Price | null, after: Price | null): readonly PriceChange[] {
  const thing = before ?? after
  if (thing === null) return []
  const { provider, sku, unit, service, abovePromptTokens } = thing
  if (before !== null && after !== null && isSamePrice(before, after) && before.toMs === after.toMs)
    return []
  return [
    {
      provider,
      sku,
      unit,
      service,
      abovePromptTokens,
      before,
      after,
      changePct: before === null || after === null ? null : percentBetween(before, after),
    },
  ]
}

/** Whether two prices ask the same for the same, however many units they are written for. */
export function isSamePrice(
  one: { readonly amount: PicoUsd; readonly per: bigint },
  other: { readonly amount: PicoUsd; readonly per: bigint },
): boolean {
  return one.amount * other.per === other.amount * one.per
}

function percentBetween(before: Price, after: Price): number | null {
  const from = before.amount * after.per
  return from === 0n
    ? null
    : Number(((after.amount * before.per - from) * 1_000_000n) / from) / 10_000
}
