/**
 * A price book in which a price is another from a day on. The book as it was is not touched, and
 * the other says by its name and hash that it is not it.
 */
import { dayOf } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { parseUsd } from '../../../src/base/money.ts'
import { sha256 } from '../../../src/base/random.ts'
import { productAt, type Price, type PriceBook } from '../../../src/index.ts'

/** A price that changes: dollars for as many units as the price was for. */
export interface PriceChange {
  readonly provider: string
  readonly sku: string
  readonly unit: Price['unit']
  readonly usd: string
}

/** From when on. */
export interface DatedChange {
  readonly atMs: number
  readonly price: PriceChange
}

/**
 * The book with all changes, in their order. Throws TB_SCENARIO_INVALID for a price that is not
 * there.
 */
export function changedBook(book: PriceBook, changes: readonly DatedChange[]): PriceBook {
  if (changes.length === 0) return book
  const changed = changes.toSorted((one, other) => one.atMs - other.atMs).reduce(withChange, book)
  return {
    ...changed,
    id: `${book.id}+changes`,
    sha256: sha256(JSON.stringify([book.sha256, changes])),
  }
}

/**
 * All prices of the unit, those above a cliff by the same factor, end at the moment and go on at
 * the new amount.
 */
function withChange(
  book: PriceBook,
  { atMs, price: { provider, sku, unit, usd } }: DatedChange,
): PriceBook {
  const product = productAt(book, { provider, sku, atMs })
  const isMeant = (price: Price): boolean =>
    price.provider === provider &&
    price.sku === product &&
    price.unit === unit &&
    price.service === 'standard' &&
    (price.toMs === null || price.toMs > atMs)
  const base = book.prices.find(
    (price) => isMeant(price) && price.abovePromptTokens === 0 && price.fromMs <= atMs,
  )
  if (base === undefined)
    throw new TenantbenchError('TB_SCENARIO_INVALID', {
      detail: '1 in simulation.changes.',
      faults: [
        {
          path: 'simulation.changes',
          line: null,
          message: `no price to change: ${provider} ${sku}, ${unit}, on ${dayOf(atMs)}, book ${book.id}`,
        },
      ],
    })
  const amount = parseUsd(usd)
  const scaled = (own: Price): Price['amount'] =>
    base.amount === 0n ? amount : (((own.amount * amount) / base.amount) as Price['amount'])
  const prices = book.prices.flatMap((price) => {
    if (!isMeant(price)) return [price]
    if (price.fromMs >= atMs) return [{ ...price, amount: scaled(price) }]
    return [
      { ...price, toMs: atMs },
      { ...price, fromMs: atMs, amount: scaled(price) },
    ]
  })
  return { ...book, prices }
}
