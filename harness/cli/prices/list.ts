/**
 * `tenantbench prices list`: the books that come along, or the prices of one book in force on a
 * day.
 */
import { dayOf } from '../../../src/base/clock.ts'
import { formatUsd } from '../../../src/base/money.ts'
import { priceBookIds, pricesAt, type PriceBook } from '../../../src/index.ts'
import {
  dayOr,
  openBook,
  priceWords,
  tableOf,
  usualBook,
  type Answer,
  type PricesQuestion,
} from './action.ts'

/** Lists. */
export async function listPrices({ names: [name], book, atMs }: PricesQuestion): Promise<Answer> {
  const wanted = name ?? book
  return wanted === null || wanted === undefined
    ? listBooks()
    : listBook(await openBook(wanted), dayOr(atMs))
}

async function listBooks(): Promise<Answer> {
  const books = await Promise.all((await priceBookIds()).map(openBook))
  const described = books.map((book) => ({
    id: book.id,
    sha256: book.sha256,
    providers: book.sources.map(({ provider, source, checked }) => ({
      provider,
      products: new Set(
        book.prices.filter((price) => price.provider === provider).map(({ sku }) => sku),
      ).size,
      checked,
      source,
    })),
  }))
  const rows = described.flatMap(({ id, providers }) =>
    providers.map(({ provider, products, checked }) => [id, provider, String(products), checked]),
  )
  return {
    json: { books: described },
    text:
      `${tableOf(['book', 'provider', 'products', 'checked'], rows)}\nPrices: tenantbench ` +
      `prices list ${usualBook}. One product: tenantbench prices explain gpt-4o.`,
    exitCode: 0,
  }
}

function listBook(book: PriceBook, atMs: number): Answer {
  const prices = pricesAt(book, atMs).toSorted((one, other) =>
    `${one.provider} ${one.sku}` < `${other.provider} ${other.sku}` ? -1 : 1,
  )
  const minimums = [...book.monthlyMinimum]
    .filter(([, amount]) => amount > 0n)
    .map(([provider, amount]) => ({ provider, usd: formatUsd(amount) }))
  const json = {
    book: book.id,
    on: dayOf(atMs),
    prices: prices.map(
      ({ provider, sku, unit, service, abovePromptTokens, amount, per, component }) => ({
        provider,
        sku,
        unit,
        service,
        abovePromptTokens,
        usd: formatUsd(amount),
        per: Number(per),
        component,
      }),
    ),
    monthlyMinimums: minimums,
  }
  const rows = prices.map((price) => [
    price.provider,
    price.sku,
    `${price.unit}${price.service === 'standard' ? '' : `, ${price.service}`}` +
      `${price.abovePromptTokens > 0 ? `, prompt above ${price.abovePromptTokens}` : ''}`,
    priceWords(price),
  ])
  const text = [
    `${book.id}, in force on ${dayOf(atMs)}`,
    tableOf(['provider', 'product', 'unit', 'price'], rows),
    ...minimums.map(({ provider, usd }) => `${provider} bills at least $${usd} a month.`),
  ].join('\n')
  return { json, text, exitCode: 0 }
}
