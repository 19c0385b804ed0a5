/**
 * `tenantbench prices explain <product>`: what a name stands for on a day, all its prices with
 * their times and sources, and a worked amount.
 */
import { dayOf } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { formatUsd, sumUsd } from '../../../src/base/money.ts'
import {
  amountOf,
  billedUnits,
  priceOf,
  productAt,
  type BilledUnit,
  type PriceBook,
} from '../../../src/index.ts'
import {
  dayOr,
  openBook,
  priceWords,
  tableOf,
  usualBook,
  type Answer,
  type PricesQuestion,
} from './action.ts'

/**
 * Explains. Throws TB_USAGE for a product that the book does not know, TB_PRICE_MISSING for a usage
 * without a price.
 */
export async function explainPrice({
  names: [name],
  book,
  atMs,
  usage,
}: PricesQuestion): Promise<Answer> {
  if (name === undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail: 'Name a product: prices explain gpt-4o-mini.',
    })
  const opened = await openBook(book ?? usualBook)
  const at = dayOr(atMs)
  const providers = [
    ...new Set(
      [
        ...opened.prices.filter(({ sku }) => sku === name),
        ...opened.aliases.filter(({ alias }) => alias === name),
      ].map(({ provider }) => provider),
    ),
  ]
  if (providers.length === 0)
    throw new TenantbenchError('TB_USAGE', {
      detail: `Book ${opened.id} has no ${JSON.stringify(name)}.${nearestTo(opened, name)}`,
    })
  const explained = providers.map((provider) =>
    explainAt({ book: opened, provider, name, at, usage }),
  )
  return {
    json: { book: opened.id, on: dayOf(at), products: explained.map(({ json }) => json) },
    text: explained.map(({ text }) => text).join('\n\n'),
    exitCode: 0,
  }
}

function nearestTo({ prices, aliases }: PriceBook, name: string): string {
  const near = [
    ...new Set([...prices.map(({ sku }) => sku), ...aliases.map(({ alias }) => alias)]),
  ].filter((each) => each.startsWith(name.slice(0, 5)))
  return near.length === 0 ? '' : ` It has ${near.slice(0, 8).join(', ')}.`
}

interface Explained {
  readonly book: PriceBook
  readonly provider: string
  readonly name: string
  readonly at: number
  readonly usage: readonly string[]
}

function explainAt({ book, provider, name, at, usage }: Explained): {
  readonly json: object
  readonly text: string
} {
  const sku = productAt(book, { provider, sku: name, atMs: at })
  const prices = book.prices
    .filter((price) => price.provider === provider && price.sku === sku)
    .toSorted((one, other) => one.fromMs - other.fromMs)
  const source = book.sources.find((each) => each.provider === provider)
  const worked = usage.map((each) => workOut({ book, provider, name, at, usage: [] }, each))
  const total = formatUsd(sumUsd(worked.map(({ amount }) => amount)))
  const rows = prices.map((price) => [
    `${price.unit}${price.service === 'standard' ? '' : `, ${price.service}`}` +
      `${price.abovePromptTokens > 0 ? `, every token of a prompt above ${price.abovePromptTokens}` : ''}`,
    priceWords(price),
    dayOf(price.fromMs),
    price.toMs === null ? 'on' : dayOf(price.toMs),
  ])
  const text = [
    sku === name
      ? `${provider} ${name}`
      : `${provider} ${name}: on ${dayOf(at)} it stands for ${sku}`,
    tableOf(['unit', 'price', 'from', 'until'], rows),
    ...worked.map(({ words }) => words),
    ...(worked.length > 1 ? [`together $${total}`] : []),
    `Source: ${source?.source ?? 'none'}; looked at on ${source?.checked ?? 'no day'}. Book ${book.id}.`,
  ].join('\n')
  const json = {
    provider,
    name,
    sku,
    prices: prices.map(({ unit, service, abovePromptTokens, amount, per, fromMs, toMs }) => ({
      unit,
      service,
      abovePromptTokens,
      usd: formatUsd(amount),
      per: Number(per),
      from: dayOf(fromMs),
      to: toMs === null ? null : dayOf(toMs),
    })),
    usage: worked.map(({ unit, quantity, amount }) => ({ unit, quantity, usd: formatUsd(amount) })),
    totalUsd: worked.length === 0 ? null : total,
    source: source?.source ?? null,
    checked: source?.checked ?? null,
  }
  return { json, text }
}

function workOut(
  { book, provider, name, at }: Explained,
  written: string,
): {
  readonly unit: BilledUnit
  readonly quantity: string
  readonly amount: ReturnType<typeof amountOf>
  readonly words: string
} {
  const [, named = '', quantity = ''] = /^([a-z0-9-]+)=(\d{1,15})$/.exec(written) ?? []
  const unit = billedUnits.find((each) => each === named)
  if (unit === undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail: `--usage is a unit and a whole number as in input-tokens=1200; units are ${billedUnits.join(', ')}.`,
    })
  const price = priceOf(book, { provider, sku: name, unit, atMs: at })
  const amount = amountOf({ numerator: BigInt(quantity), denominator: 1n }, price)
  return {
    unit,
    quantity,
    amount,
    words: `${quantity} ${unit} x ${priceWords(price)} = $${formatUsd(amount)}`,
  }
}
