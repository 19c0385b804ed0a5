/**
 * Price books: dated list prices, one folder per book and one file per provider. The event's time decides which price counts,
 * and what has no price is an error, never free.
 */
import { readdir, readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { TenantbenchError } from '../base/errors.ts'
import { parseUsd, type PicoUsd } from '../base/money.ts'
import { sha256 } from '../base/random.ts'

/** Units in which providers charge. */
export const billedUnits = ['input-tokens', 'output-tokens', 'embedding-tokens', 'read-units', 'write-units', 'storage-gb-months', 'rerank-requests'] as const
/** A unit in which a provider charges. */
export type BilledUnit = (typeof billedUnits)[number]

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const priceFileSchema = z.strictObject({
  provider: z.string().min(1),
  source: z.string().min(1),
  checked: day,
  monthlyMinimumUsd: z.string(),
  prices: z.array(
    z.strictObject({ sku: z.string().min(1), unit: z.enum(billedUnits), per: z.int().positive(), usd: z.string(), from: day, to: day.nullable(), component: z.string().min(1) }),
  ),
})

/** One price: so many dollars per so many units, in force from (inclusive) to (exclusive; null is open). */
export interface Price {
  readonly provider: string
  readonly sku: string
  readonly unit: BilledUnit
  readonly per: bigint
  readonly amount: PicoUsd
  readonly fromMs: number
  readonly toMs: number | null
  /** The line of the bill that it adds to. */
  readonly component: string
}

/** What is looked up: a provider's product, the unit, and when it was used. */
export interface PriceQuestion {
  readonly provider: string
  readonly sku: string
  readonly unit: BilledUnit
  readonly atMs: number
}

/** A book of prices. */
export interface PriceBook {
  readonly id: string
  readonly sha256: string
  readonly prices: readonly Price[]
  /** What a provider bills a month at least, by provider. */
  readonly monthlyMinimum: ReadonlyMap<string, PicoUsd>
}

const booksFolder = new URL('./price-books/', import.meta.url)

/** The names of the books that come along. */
export async function priceBookIds(): Promise<readonly string[]> {
  const entries = await readdir(booksFolder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()
}

/** Reads a book by name. Throws TB_PRICE_BOOK_UNKNOWN with the names there are. */
export async function loadPriceBook(id: string): Promise<PriceBook> {
  const known = await priceBookIds()
  if (!known.includes(id)) throw new TenantbenchError('TB_PRICE_BOOK_UNKNOWN', { detail: `${JSON.stringify(id)}; known are ${known.join(', ')}.` })
  const folder = new URL(`${id}/`, booksFolder)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))
  return buildPriceBook(id, texts)
}

/** Builds a book from the texts of its files: pure. */
export function buildPriceBook(id: string, texts: readonly string[]): PriceBook {
  const files = texts.map((text) => priceFileSchema.parse(parse(text)))
  return {
    id,
    sha256: sha256(texts.join('\n')),
    monthlyMinimum: new Map(files.map(({ provider, monthlyMinimumUsd }) => [provider, parseUsd(monthlyMinimumUsd)])),
    prices: files.flatMap(({ provider, prices }) =>
      prices.map((price) => ({
        provider,
        sku: price.sku,
        unit: price.unit,
        per: BigInt(price.per),
        amount: parseUsd(price.usd),
        fromMs: Date.parse(`${price.from}T00:00:00Z`),
        toMs: price.to === null ? null : Date.parse(`${price.to}T00:00:00Z`),
        component: price.component,
      })),
    ),
  }
}

/** The price in force. Throws TB_PRICE_MISSING. */
export function priceOf(book: PriceBook, question: PriceQuestion): Price {
  const { provider, sku, unit, atMs } = question
  const found = book.prices.find(
    (price) => price.provider === provider && price.sku === sku && price.unit === unit && price.fromMs <= atMs && (price.toMs === null || atMs < price.toMs),
  )
  if (found !== undefined) return found
  throw new TenantbenchError('TB_PRICE_MISSING', { detail: `${provider} ${sku}, ${unit}, on ${new Date(atMs).toISOString().slice(0, 10)}, book ${book.id}.` })
}
