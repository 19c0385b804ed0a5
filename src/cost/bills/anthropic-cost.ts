/**
 * Anthropic: pages of /v1/organizations/cost_report grouped by description, and of
 * usage_report/messages for the tokens. Amounts are decimal strings of cents; buckets are days,
 * UTC. What the cost report has no tokens of is charged without a quantity.
 */
import { z } from 'zod'
import type { Fault } from '../../base/errors.ts'
import type { BilledUnit, PriceBook } from '../prices/price-book.ts'
import { billedUsd, componentOf, type BillLine, type BillReader } from './bill.ts'
import {
  areFaults,
  checkedPages,
  faultAt,
  looksLikeJson,
  placeIn,
  readPages,
  type JsonPages,
} from './json-pages.ts'

const provider = 'anthropic'
const tokenUnits: Readonly<Record<string, BilledUnit>> = {
  uncached_input_tokens: 'input-tokens',
  output_tokens: 'output-tokens',
  cache_read_input_tokens: 'cached-input-tokens',
  'cache_creation.ephemeral_5m_input_tokens': 'cache-write-tokens',
  'cache_creation.ephemeral_1h_input_tokens': 'cache-write-1h-tokens',
}
const time = z.iso.datetime({ offset: true, error: 'a time as in 2026-10-31T00:00:00Z' })
const count = z.int().nonnegative().optional()
const cost = z.looseObject({
  amount: z.string('cents as a decimal string'),
  currency: z.string().regex(/^usd$/i, 'amounts are read in USD'),
  cost_type: z.string().nullish(),
  model: z.string().nullish(),
  token_type: z.string().nullish(),
  description: z.string().nullish(),
})
const usage = z.looseObject({
  model: z.string(),
  uncached_input_tokens: z.int().nonnegative(),
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: z
    .looseObject({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })
    .optional(),
})
const page = z.looseObject({
  has_more: z.boolean().optional(),
  data: z.array(
    z.looseObject({ starting_at: time, ending_at: time, results: z.array(z.union([cost, usage])) }),
  ),
})

/**
 * The reader. Pages of both reports may be in one list; they are put together by day, model and
 * kind of token.
 */
export const anthropicCost: BillReader = {
  id: 'anthropic-cost',
  recognises: ({ text }) => looksLikeJson(text) && text.includes('"starting_at"'),
  read({ path, text, book }) {
    const pages = readPages(path, text)
    if ('length' in pages) return pages
    const checked = checkedPages(pages, page)
    if (areFaults(checked)) return checked
    const buckets = checked.flatMap(({ data }, at) =>
      data.map((bucket, of) => ({ bucket, place: placeIn(pages, at, ['data', of]) })),
    )
    const tokens = new Map(
      buckets.flatMap(({ bucket }) =>
        bucket.results.flatMap((result) =>
          'uncached_input_tokens' in result
            ? tokensOf(bucket.starting_at, result as z.infer<typeof usage>)
            : [],
        ),
      ),
    )
    const read = buckets.flatMap(({ bucket, place }) =>
      bucket.results.flatMap((result, nth) =>
        'amount' in result
          ? [
              lineOf(
                { pages, book, tokens, bucket, place: [...place, 'results', nth] },
                result as z.infer<typeof cost>,
              ),
            ]
          : [],
      ),
    )
    const faults = read.filter((each): each is Fault => 'message' in each)
    return faults.length > 0
      ? faults
      : { lines: read.filter((each): each is BillLine => 'amount' in each), requests: [] }
  },
}

function tokensOf(
  day: string,
  {
    model,
    uncached_input_tokens,
    output_tokens,
    cache_read_input_tokens,
    cache_creation,
  }: z.infer<typeof usage>,
): readonly (readonly [string, bigint])[] {
  const counted = {
    uncached_input_tokens,
    output_tokens,
    cache_read_input_tokens,
    'cache_creation.ephemeral_5m_input_tokens': cache_creation?.ephemeral_5m_input_tokens,
    'cache_creation.ephemeral_1h_input_tokens': cache_creation?.ephemeral_1h_input_tokens,
  }
  return Object.entries(counted).flatMap(([type, tokens]) =>
    tokens === undefined ? [] : [[`${day}\n${model}\n${type}`, BigInt(tokens)] as const],
  )
}

interface Where {
  readonly pages: JsonPages
  readonly book: PriceBook
  readonly tokens: ReadonlyMap<string, bigint>
  readonly bucket: { readonly starting_at: string; readonly ending_at: string }
  readonly place: readonly (string | number)[]
}

function lineOf(
  { pages, book, tokens, bucket, place }: Where,
  { amount: cents, model, token_type: type, description }: z.infer<typeof cost>,
): BillLine | Fault {
  const [fromMs, toMs] = [Date.parse(bucket.starting_at), Date.parse(bucket.ending_at)]
  if (toMs <= fromMs) return faultAt(pages, place, 'the bucket ends before it begins')
  const amount = billedUsd(cents, 100n)
  if (typeof amount === 'string') return faultAt(pages, [...place, 'amount'], amount)
  const sku = model ?? null
  const unit = type === null || type === undefined ? null : (tokenUnits[type] ?? null)
  const counted = tokens.get(`${bucket.starting_at}\n${model ?? ''}\n${type ?? ''}`)
  const component = componentOf(book, { provider, sku, unit, atMs: fromMs })
  return {
    provider,
    component,
    category: 'usage',
    sku,
    unit,
    fromMs,
    toMs,
    quantity: counted === undefined ? null : { numerator: counted, denominator: 1n },
    amount,
    place: `${pages.path}: ${description ?? model ?? 'line'}, ${bucket.starting_at.slice(0, 10)}`,
  }
}
