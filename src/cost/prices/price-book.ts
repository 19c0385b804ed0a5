/**
 * A price book: dated list prices and the formulas by which providers turn what happened into what
 * they bill. The event's time decides which price counts, and what has no price is an error, never
 * free.
 */
import { dayOf } from '../../base/clock.ts'
import { TenantbenchError } from '../../base/errors.ts'
import type { Fraction } from '../../base/fraction.ts'
import type { PicoUsd } from '../../base/money.ts'

/**
 * Units in which providers charge. Token units are disjoint: cached and written tokens are not
 * input tokens as well.
 */
export const billedUnits = [
  'input-tokens',
  'cached-input-tokens',
  'cache-write-tokens',
  'cache-write-1h-tokens',
  'output-tokens',
  'embedding-tokens',
  'rerank-tokens',
  'read-units',
  'write-units',
  'storage-gb-months',
  'rerank-requests',
  'requests',
] as const
/** A unit in which a provider charges. */
export type BilledUnit = (typeof billedUnits)[number]

/** How fast, or how late, a provider works for its price. */
export const serviceTiers = ['standard', 'batch', 'flex', 'priority'] as const
/** A service tier of a provider. */
export type ServiceTier = (typeof serviceTiers)[number]

/** A time in which something holds: from (inclusive) to (exclusive; null is open), UTC. */
export interface Validity {
  readonly fromMs: number
  readonly toMs: number | null
}

/** One price: so many dollars per so many units. */
export interface Price extends Validity {
  readonly provider: string
  readonly sku: string
  readonly unit: BilledUnit
  readonly service: ServiceTier
  /**
   * The price of every token of a request whose prompt is longer than this: a cliff, not a bracket.
   * 0 is the usual price.
   */
  readonly abovePromptTokens: number
  readonly per: bigint
  readonly amount: PicoUsd
  /** The line of the bill that it adds to. */
  readonly component: string
}

/** A name that stands for another product, for some time. */
export interface ProductAlias extends Validity {
  readonly provider: string
  readonly alias: string
  readonly sku: string
}

/**
 * Units that a read costs: a straight line through the namespace's size, or through points of it,
 * and never less than so many.
 */
export type ReadFormula =
  /**
   * A unit a gigabyte, at least so many, rounded up to a step where the provider does (what
   * Pinecone does is not documented).
   */
  | { readonly kind: 'per-gigabyte'; readonly least: Fraction; readonly step: Fraction | null }
  | {
      readonly kind: 'by-size'
      readonly points: readonly { readonly bytes: bigint; readonly units: bigint }[]
    }

/** How a vector store counts what it bills. */
export interface StoreFormula extends Validity {
  readonly provider: string
  readonly read: ReadFormula
  readonly write: { readonly bytesPerUnit: bigint; readonly leastUnits: bigint }
}

/** A book of prices. */
export interface PriceBook {
  readonly id: string
  readonly sha256: string
  readonly prices: readonly Price[]
  readonly aliases: readonly ProductAlias[]
  readonly formulas: readonly StoreFormula[]
  /** What a provider bills a month at least, by provider. */
  readonly monthlyMinimum: ReadonlyMap<string, PicoUsd>
  /** Where each provider's prices are from, and when that was looked at. */
  readonly sources: readonly {
    readonly provider: string
    readonly source: string
    readonly checked: string
  }[]
}

/** What is looked up: a provider's product, the unit, and when it was used. */
export interface PriceQuestion {
  readonly provider: string
  readonly sku: string
  readonly unit: BilledUnit
  readonly atMs: number
  /** `standard` where it is left out. No other tier is taken in its place. */
  readonly service?: ServiceTier
  /** All tokens of the request's prompt, cached ones too: decides about cliffs. */
  readonly promptTokens?: number
}

/** Whether a time lies in a validity. */
export function isInForce({ fromMs, toMs }: Validity, atMs: number): boolean {
  return fromMs <= atMs && (toMs === null || atMs < toMs)
}

/** The price in force. Throws TB_PRICE_MISSING. */
export function priceOf(book: PriceBook, question: PriceQuestion): Price {
  const found = findPrice(book, question)
  if (found !== null) return found
  const { provider, sku, unit, atMs, service = 'standard' } = question
  const tier = service === 'standard' ? '' : `, ${service}`
  throw new TenantbenchError('TB_PRICE_MISSING', {
    detail: `${provider} ${sku}, ${unit}${tier}, on ${dayOf(atMs)}, book ${book.id}.`,
  })
}

/** The price in force, or null. */
export function findPrice(
  book: PriceBook,
  { provider, sku, unit, atMs, service = 'standard', promptTokens = 0 }: PriceQuestion,
): Price | null {
  const product = productAt(book, { provider, sku, atMs })
  let found: Price | null = null
  for (const price of indexOf(book).get(keyOf({ provider, sku: product, unit, service })) ?? []) {
    if (
      !isInForce(price, atMs) ||
      (price.abovePromptTokens > 0 && promptTokens <= price.abovePromptTokens)
    )
      continue
    if (found === null || price.abovePromptTokens > found.abovePromptTokens) found = price
  }
  return found
}

/** What a name stands for at a time: the snapshot behind an alias, else the name itself. */
export function productAt(
  book: PriceBook,
  {
    provider,
    sku,
    atMs,
  }: { readonly provider: string; readonly sku: string; readonly atMs: number },
): string {
  return (
    book.aliases.find(
      (each) => each.alias === sku && each.provider === provider && isInForce(each, atMs),
    )?.sku ?? sku
  )
}

/** How a vector store counts at a time. Throws TB_PRICE_MISSING. */
export function formulaOf(book: PriceBook, provider: string, atMs: number): StoreFormula {
  const found = book.formulas.find((each) => each.provider === provider && isInForce(each, atMs))
  if (found !== undefined) return found
  throw new TenantbenchError('TB_PRICE_MISSING', {
    detail: `How ${provider} counts reads and writes on ${dayOf(atMs)}, book ${book.id}.`,
  })
}

/** Books are looked into once per unit of each event: by key, made on the first look. */
const indexes = new WeakMap<PriceBook, ReadonlyMap<string, readonly Price[]>>()

function indexOf(book: PriceBook): ReadonlyMap<string, readonly Price[]> {
  const known = indexes.get(book)
  if (known !== undefined) return known
  const made = Map.groupBy(book.prices, keyOf)
  indexes.set(book, made)
  return made
}

function keyOf({
  provider,
  sku,
  unit,
  service,
}: Pick<Price, 'provider' | 'sku' | 'unit' | 'service'>): string {
  return `${provider}\n${sku}\n${unit}\n${service}`
}
