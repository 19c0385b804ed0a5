/**
 * A price book with some prices changed by hand: `provider/sku/unit=USD`, for as many units as the
 * book's own price is for.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import { parseUsd, type PicoUsd } from '../../src/base/money.ts'
import { sha256 } from '../../src/base/random.ts'
import { productAt, type Price, type PriceBook } from '../../src/index.ts'

/**
 * The book with the changes; null when there are none. Throws TB_USAGE for what is no change, or of
 * no price in force.
 */
export function overriddenBook(
  book: PriceBook,
  texts: readonly string[],
  atMs: number,
): PriceBook | null {
  if (texts.length === 0) return null
  const changes = texts.map((text) => changeOf(book, text, atMs))
  const twice = changes.find(
    (change, at) =>
      changes.findIndex(
        (other) =>
          other.provider === change.provider &&
          other.sku === change.sku &&
          other.unit === change.unit,
      ) !== at,
  )
  if (twice !== undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail: `--price: ${twice.provider} ${twice.sku}, ${twice.unit}, is given two prices.`,
    })
  const prices = book.prices.map((price) => ({
    ...price,
    amount: changes.find((change) => isOf(change, price))?.amount ?? price.amount,
  }))
  const says = texts.join(', ')
  return {
    ...book,
    id: `${book.id} with ${says}`,
    sha256: sha256(`${book.sha256} ${says}`),
    prices,
  }
}

type Change = Pick<Price, 'provider' | 'sku' | 'unit'> & { readonly amount: PicoUsd }

function changeOf(book: PriceBook, text: string, atMs: number): Change {
  const [, provider = '', sku = '', unit = '', usd = ''] =
    /^([^/=]+)\/([^=]+)\/([a-z0-9-]+)=(\d{1,9}(?:\.\d{1,12})?)$/.exec(text) ?? []
  if (provider === '')
    throw new TenantbenchError('TB_USAGE', {
      detail:
        `--price ${JSON.stringify(text)}: write provider/product/unit=dollars, e.g. ` +
        'openai/gpt-4o-mini/input-tokens=0.1.',
    })
  const product = productAt(book, { provider, sku, atMs })
  const price = book.prices.find((each) => isOf({ provider, sku: product, unit }, each))
  if (price === undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        `--price: ${book.id} has no price of ${provider} ${sku} for ${unit}; \`tenantbench ` +
        `prices list\` has them all.`,
    })
  return { provider, sku: product, unit: price.unit, amount: parseUsd(usd) }
}

function isOf(
  one: { readonly provider: string; readonly sku: string; readonly unit: string },
  other: Price,
): boolean {
  return (
    one.provider === other.provider &&
    one.sku === other.sku &&
    one.unit === other.unit &&
    other.service === 'standard'
  )
}
