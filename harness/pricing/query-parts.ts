/**
 * What a query of a recorded cell is made of in money: chat tokens from its mean counts, reranking
 * and reads by what one query takes, embedding as what is left of the recorded cost. Under another
 * book each part is priced again; no model is asked.
 */
import { picoUsd, type PicoUsd } from '../../src/base/money.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { ProviderUsage } from '../../src/base/usage.ts'
import {
  costOfUsage,
  exactAmountOf,
  findPrice,
  roundedUsd,
  type BilledUnit,
  type Price,
  type PriceBook,
} from '../../src/index.ts'
import type { RecordCell } from '../../reports/record/record.ts'
import type { Configuration, CostParts } from './economics.ts'

/** What a cell does not say of itself. */
export interface AboutCell {
  /** The time whose prices count. */
  readonly atMs: number
  readonly embeddingModel: string
  readonly reranker: string
  /** Of the tenant's namespace; null where the system is not ours and reads are not known. */
  readonly storedBytes: number | null
}

/** A part that has no price. */
export interface MissingPrice {
  readonly missing: string
}

/** Parts that are all known. */
export type KnownParts = { readonly [part in keyof CostParts]: PicoUsd }

/**
 * The parts by the run's own book. What cannot be told apart is in `embedding`; they add up to the
 * recorded cost.
 */
export function recordedParts(
  cell: RecordCell,
  direct: PicoUsd,
  { book, about }: { readonly book: PriceBook; readonly about: AboutCell },
): CostParts {
  const chat = chatOf(cell, book, about.atMs)
  const [model, prompt] = 'missing' in chat ? [null, null] : [chat.model, chat.prompt]
  const [rerank, retrieval] = [rerankOf(cell, book, about), readsOf(book, about)]
  const known = (part: PicoUsd | MissingPrice): PicoUsd | null =>
    typeof part === 'object' ? null : part
  const left = picoUsd(direct - (model ?? 0n) - (known(rerank) ?? 0n) - (known(retrieval) ?? 0n))
  return { model, prompt, rerank: known(rerank), retrieval: known(retrieval), embedding: left }
}

/**
 * What another book makes of the same query. `embedding` goes with the price of embedding tokens.
 */
export function repricedParts(
  cell: RecordCell,
  recorded: CostParts,
  books: { readonly from: PriceBook; readonly to: PriceBook; readonly about: AboutCell },
): KnownParts | MissingPrice {
  const { from, to, about } = books
  const chat = chatOf(cell, to, about.atMs)
  if ('missing' in chat) return chat
  const [rerank, retrieval] = [rerankOf(cell, to, about), readsOf(to, about)]
  if (typeof rerank === 'object') return rerank
  if (typeof retrieval === 'object') return retrieval
  const [before, after] = [from, to].map((book) =>
    anyPrice(book, {
      sku: about.embeddingModel,
      unit: 'embedding-tokens',
      atMs: about.atMs,
      promptTokens: 0,
    }),
  )
  if (after === undefined || after === null)
    return { missing: missingFrom(to, about.embeddingModel, 'embedding-tokens') }
  const left = recorded.embedding ?? picoUsd(0n)
  const embedding =
    before === undefined || before === null || before.amount === 0n
      ? left
      : roundedUsd({
          numerator: left * after.amount * before.per,
          denominator: before.amount * after.per,
        })
  return { ...chat, rerank, retrieval, embedding }
}

/** A query in tokens on average, whoever counted them. */
export interface QueryTokens {
  readonly prompt: number
  readonly completion: number
  /** Of the question, as it is embedded. */
  readonly question: number
  /** Share of the prompt that is billed as cached; 0 where nothing is said. */
  readonly cachedShare?: number
}

/**
 * What a query of so many tokens costs, one attempt at everything. Reads and reranking are as
 * `recordedParts` has them.
 */
export function partsOfTokens(
  configuration: Configuration,
  tokens: QueryTokens,
  { book, about }: { readonly book: PriceBook; readonly about: AboutCell },
): KnownParts | MissingPrice {
  const { prompt, completion, question, cachedShare = 0 } = tokens
  const priced = (sku: string, unit: BilledUnit, mean: number): PicoUsd | MissingPrice => {
    const price = anyPrice(book, { sku, unit, atMs: about.atMs, promptTokens: Math.round(prompt) })
    return price === null
      ? { missing: missingFrom(book, sku, unit) }
      : roundedUsd(
          exactAmountOf(
            { numerator: BigInt(Math.round(mean * millionths)), denominator: BigInt(millionths) },
            price,
          ),
        )
  }
  const { model } = configuration
  const found = [
    priced(model, 'input-tokens', prompt * (1 - cachedShare)),
    cachedShare === 0 ? picoUsd(0n) : priced(model, 'cached-input-tokens', prompt * cachedShare),
    priced(model, 'output-tokens', completion),
    rerankOf({ variant: configuration }, book, about),
    readsOf(book, about),
    priced(about.embeddingModel, 'embedding-tokens', question),
  ]
  const missing = found.find((part) => typeof part === 'object')
  if (missing !== undefined) return missing
  const [input, cached, output, rerank, retrieval, embedding] =
    found as readonly PicoUsd[] as readonly [PicoUsd, PicoUsd, PicoUsd, PicoUsd, PicoUsd, PicoUsd]
  return {
    model: picoUsd(input + cached + output),
    prompt: picoUsd(input + cached),
    rerank,
    retrieval,
    embedding,
  }
}

/** Means are no whole tokens. */
const millionths = 1_000_000

/** All parts together. */
export function sumOfParts({ model, rerank, retrieval, embedding }: KnownParts): PicoUsd {
  return picoUsd(model + rerank + retrieval + embedding)
}

/** Mean counts are whole sums over the answers; over all queries they are an exact fraction. */
function chatOf(
  { variant, tokens, queries, failures }: RecordCell,
  book: PriceBook,
  atMs: number,
): { readonly model: PicoUsd; readonly prompt: PicoUsd } | MissingPrice {
  const { promptMean, completionMean } = tokens
  if (promptMean === null || completionMean === null || queries === 0)
    return { missing: `tokens of ${variant.model} were not told` }
  const priced = (unit: BilledUnit, mean: number): PicoUsd | null => {
    const price = anyPrice(book, {
      sku: variant.model,
      unit,
      atMs,
      promptTokens: Math.round(promptMean),
    })
    return price === null
      ? null
      : roundedUsd(
          exactAmountOf(
            {
              numerator: BigInt(Math.round(mean * (queries - failures))),
              denominator: BigInt(queries),
            },
            price,
          ),
        )
  }
  const [prompt, completion] = [
    priced('input-tokens', promptMean),
    priced('output-tokens', completionMean),
  ]
  if (prompt === null || completion === null)
    return {
      missing: missingFrom(book, variant.model, prompt === null ? 'input-tokens' : 'output-tokens'),
    }
  return { model: picoUsd(prompt + completion), prompt }
}

/** The product by whichever provider of the book sells it. */
function anyPrice(
  book: PriceBook,
  question: {
    readonly sku: string
    readonly unit: BilledUnit
    readonly atMs: number
    readonly promptTokens: number
  },
): Price | null {
  for (const { provider } of book.sources) {
    const found = findPrice(book, { provider, ...question })
    if (found !== null) return found
  }
  return null
}

function missingFrom(book: PriceBook, sku: string, unit: string): string {
  return `${sku} has no price for ${unit} in ${book.id}`
}

/** One request a query, as the modules of ours make it. */
function rerankOf(
  { variant }: { readonly variant: Pick<Configuration, 'rerank'> },
  book: PriceBook,
  { reranker, storedBytes, atMs }: AboutCell,
): PicoUsd | MissingPrice {
  if (!variant.rerank || storedBytes === null) return picoUsd(0n)
  return costOrMissing(
    { operation: 'rerank', sku: reranker, quantities: { 'rerank-requests': 1 } },
    book,
    atMs,
  )
}

/** One read a query of the tenant's whole namespace. */
function readsOf(book: PriceBook, { storedBytes, atMs }: AboutCell): PicoUsd | MissingPrice {
  return storedBytes === null
    ? picoUsd(0n)
    : costOrMissing(
        {
          operation: 'query',
          sku: 'serverless',
          quantities: { queries: 1, 'namespace-bytes': storedBytes },
        },
        book,
        atMs,
      )
}

function costOrMissing(
  usage: Pick<ProviderUsage, 'operation' | 'sku' | 'quantities'>,
  book: PriceBook,
  atMs: number,
): PicoUsd | MissingPrice {
  try {
    return costOfUsage(
      { ...usage, provider: 'pinecone', attempt: 1, outcome: 'completed', estimated: false },
      book,
      atMs,
    )
  } catch (error) {
    if (error instanceof TenantbenchError && error.code === 'TB_PRICE_MISSING')
      return { missing: error.detail ?? error.message }
    throw error
  }
}
