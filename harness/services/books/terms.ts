/**
 * The terms on which the local vendors bill: their prices and formulas as data, so that a fault of
 * a bill is other terms. Written from the vendors' own pages, apart from src/cost (DESIGN law 4).
 */
import { zeroUsd, type PicoUsd } from '../../../src/base/money.ts'
import { chatPerMillion, embeddingPerMillion, pineconePrices, type ChatPrice } from './prices.ts'

/** Terms. */
export interface Terms {
  /** What a chat model asks on a day (its beginning, UTC). */
  chat(model: string, dayMs: number): ChatPrice | undefined
  readonly embedding: Readonly<Record<string, PicoUsd>>
  readonly pinecone: Readonly<Record<keyof typeof pineconePrices, PicoUsd>>
  /** Millionths of a read unit that a query of a namespace of so many bytes costs. */
  readMicroUnits(namespaceBytes: number): bigint
}

/**
 * Which terms there are: today's list, and those of the milestone's world, in which no vendor asks
 * for a minimum.
 */
export type TermsId = 'list' | 'm11-2023'

/** The list, and today's formula: a quarter unit at least, a unit a decimal gigabyte beyond. */
export const listTerms: Terms = {
  chat: (model) => chatPerMillion[model],
  embedding: embeddingPerMillion,
  pinecone: pineconePrices,
  readMicroUnits: (namespaceBytes) =>
    BigInt(Math.round(Math.max(0.25, namespaceBytes / 1e9) * 1e6)),
}

/** Terms by name. */
export function termsOf(id: TermsId): Terms {
  return id === 'list'
    ? listTerms
    : { ...listTerms, pinecone: { ...pineconePrices, monthlyMinimum: zeroUsd } }
}
