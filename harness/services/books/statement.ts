/**
 * What was used, by day, product and kind: the lines a vendor's bill is made of, and what each
 * costs on given terms.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { divideHalfEven, picoUsd, type PicoUsd } from '../../../src/base/money.ts'
import type { Terms } from './terms.ts'

/** What can be booked. */
export type BookedUse =
  | {
      readonly kind: 'chat'
      readonly model: string
      readonly inputTokens: number
      readonly outputTokens: number
      readonly cachedTokens?: number
    }
  | { readonly kind: 'embedding'; readonly model: string; readonly tokens: number }
  | { readonly kind: 'read'; readonly namespaceBytes: number }
  | { readonly kind: 'write'; readonly bytes: number }
  | { readonly kind: 'rerank' }
  | { readonly kind: 'store'; readonly bytes: number; readonly hours: number }

/** The kinds of line. */
export type LineKind =
  'input' | 'cached' | 'output' | 'embedding' | 'read' | 'write' | 'rerank' | 'storage'

/**
 * A line of a day. Quantities are tokens, requests, byte-hours, or millionths of a unit of reads
 * and writes.
 */
export interface StatementLine {
  readonly vendor: 'openai' | 'anthropic' | 'pinecone'
  /** The model as it was asked for; the product for Pinecone. */
  readonly product: string
  readonly kind: LineKind
  readonly dayMs: number
  readonly quantity: bigint
  readonly requests: bigint
}

/** A line with its price. */
export interface PricedLine extends StatementLine {
  readonly component: string
  readonly billedAs: string
  readonly usd: PicoUsd
}

const million = 1_000_000n
const hoursOfMonth = 730n
/** Parts of a bill, by kind of line. */
const parts: Readonly<Record<LineKind, string>> = {
  input: 'chat',
  cached: 'chat',
  output: 'chat',
  embedding: 'embeddings',
  read: 'read',
  write: 'write',
  rerank: 'rerank',
  storage: 'storage',
}

/** What a use puts on a statement: kinds with their quantities. */
export function quantitiesOf(
  use: BookedUse,
  terms: Terms,
): {
  readonly vendor: StatementLine['vendor']
  readonly product: string
  readonly quantities: readonly (readonly [LineKind, bigint])[]
} {
  switch (use.kind) {
    case 'chat': {
      const cached = use.cachedTokens ?? 0
      const vendor = use.model.startsWith('claude-') ? 'anthropic' : 'openai'
      return {
        vendor,
        product: use.model,
        quantities: [
          ['input', BigInt(use.inputTokens)],
          ...(cached > 0 ? [['cached', BigInt(cached)] as const] : []),
          ['output', BigInt(use.outputTokens)],
        ],
      }
    }
    case 'embedding':
      return {
        vendor: 'openai',
        product: use.model,
        quantities: [['embedding', BigInt(use.tokens)]],
      }
    case 'read':
      return {
        vendor: 'pinecone',
        product: 'serverless',
        quantities: [['read', terms.readMicroUnits(use.namespaceBytes)]],
      }
    case 'write':
      return {
        vendor: 'pinecone',
        product: 'serverless',
        quantities: [['write', BigInt(Math.max(5, Math.ceil(use.bytes / 1_000))) * million]],
      }
    case 'rerank':
      return { vendor: 'pinecone', product: 'rerank', quantities: [['rerank', 1n]] }
    case 'store':
      return {
        vendor: 'pinecone',
        product: 'serverless',
        quantities: [['storage', BigInt(use.bytes) * BigInt(use.hours)]],
      }
  }
}

/** The component that a line belongs to. */
export function componentOf({ vendor, kind }: Pick<StatementLine, 'vendor' | 'kind'>): string {
  return `${vendor}.${parts[kind]}`
}

/** Prices a line. Throws TB_PRICE_MISSING: the vendors sell nothing without a price. */
export function priced(line: StatementLine, terms: Terms): PricedLine {
  const component = componentOf(line)
  const { numerator, denominator, billedAs } = exactPrice(line, terms)
  return { ...line, component, billedAs, usd: picoUsd(divideHalfEven(numerator, denominator)) }
}

/** The exact amount of a line in pico-dollars, and the name it has on the bill. */
export function exactPrice(
  { kind, product, quantity, dayMs }: StatementLine,
  terms: Terms,
): { readonly numerator: bigint; readonly denominator: bigint; readonly billedAs: string } {
  const { pinecone } = terms
  switch (kind) {
    case 'input':
    case 'cached':
    case 'output': {
      const price = terms.chat(product, dayMs) ?? missing(product)
      return { numerator: quantity * price[kind], denominator: million, billedAs: price.billedAs }
    }
    case 'embedding':
      return {
        numerator: quantity * (terms.embedding[product] ?? missing(product)),
        denominator: million,
        billedAs: product,
      }
    case 'read':
      return {
        numerator: quantity * pinecone.perMillionReadUnits,
        denominator: million * million,
        billedAs: 'Serverless read units',
      }
    case 'write':
      return {
        numerator: quantity * pinecone.perMillionWriteUnits,
        denominator: million * million,
        billedAs: 'Serverless write units',
      }
    case 'rerank':
      return {
        numerator: quantity * pinecone.perThousandReranks,
        denominator: 1_000n,
        billedAs: 'Rerank requests',
      }
    case 'storage':
      return {
        numerator: quantity * pinecone.perGigabyteMonth,
        denominator: 1_000_000_000n * hoursOfMonth,
        billedAs: 'Serverless storage',
      }
  }
}

function missing(product: string): never {
  throw new TenantbenchError('TB_PRICE_MISSING', {
    detail: `${product}, in the books of the local vendors.`,
  })
}
