/** `tenantbench prices diff <book> <book>`: what one book asks that the other does not. */
import { dayOf } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { formatUsd } from '../../../src/base/money.ts'
import { diffBooks, type Price } from '../../../src/index.ts'
import { openBook, priceWords, tableOf, type Answer, type PricesQuestion } from './action.ts'

/** Compares two books; differences are no failure. */
export async function diffPrices({
  names: [before, after],
  atMs,
}: PricesQuestion): Promise<Answer> {
  if (before === undefined || after === undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail: 'Name two books: prices diff list-2026-11 ./my-prices.',
    })
  const books = [await openBook(before), await openBook(after)] as const
  const changes = diffBooks(books[0], books[1], atMs)
  const side = (price: Price | null): object | null =>
    price === null
      ? null
      : {
          usd: formatUsd(price.amount),
          per: Number(price.per),
          from: dayOf(price.fromMs),
          to: price.toMs === null ? null : dayOf(price.toMs),
        }
  const rows = changes.map((change) => [
    change.provider,
    change.sku,
    `${change.unit}${change.service === 'standard' ? '' : `, ${change.service}`}`,
    timed(change.before),
    timed(change.after),
    change.changePct === null
      ? ''
      : `${change.changePct > 0 ? '+' : ''}${change.changePct.toFixed(1)} %`,
  ])
  const scope = atMs === null ? 'at any time' : `on ${dayOf(atMs)}`
  return {
    json: {
      before: books[0].id,
      after: books[1].id,
      on: atMs === null ? null : dayOf(atMs),
      changes: changes.map((change) => ({
        ...change,
        before: side(change.before),
        after: side(change.after),
      })),
    },
    text:
      changes.length === 0
        ? `${books[0].id} and ${books[1].id} ask the same ${scope}.`
        : `${changes.length} prices differ ` +
          `${scope}.\n${tableOf(['provider', 'product', 'unit', books[0].id, books[1].id, 'change'], rows)}`,
    exitCode: 0,
  }
}

function timed(price: Price | null): string {
  return price === null
    ? '-'
    : `${priceWords(price)} from ${dayOf(price.fromMs)}${price.toMs === null ? '' : ` until ${dayOf(price.toMs)}`}`
}
