/**
 * OpenAI: pages of /v1/organization/costs grouped by line item, and of /v1/organization/usage for
 * the counts of requests. Daily buckets, UTC. A line item is `product, kind`; the costs say what is
 * charged, the usage only how often.
 */
import { dayOf } from '../../base/clock.ts'
import { z } from 'zod'
import type { Fault } from '../../base/errors.ts'
import type { BilledUnit, PriceBook } from '../prices/price-book.ts'
import {
  billedQuantity,
  billedUsd,
  componentOf,
  onlyUnitOf,
  type BillLine,
  type BillReader,
  type RequestCount,
} from './bill.ts'
import {
  areFaults,
  checkedPages,
  digitsAt,
  faultAt,
  looksLikeJson,
  placeIn,
  readPages,
  type JsonPages,
} from './json-pages.ts'

const seconds = z.int().nonnegative()
const cost = z.looseObject({
  object: z.literal('organization.costs.result'),
  amount: z.looseObject({
    value: z.union([z.number(), z.string()]),
    currency: z.string().regex(/^usd$/i, 'amounts are read in usd'),
  }),
  line_item: z.string('costs are grouped by line item: fetch them with group_by=line_item').min(1),
  quantity: z.union([z.number(), z.string()]).nullish(),
})
const counted = ['completions', 'embeddings', 'moderations'] as const
const usage = z.looseObject({
  object: z.enum(counted.map((kind) => `organization.usage.${kind}.result` as const)),
  model: z.string('usage is grouped by model: fetch it with group_by=model'),
  num_model_requests: z.int().nonnegative(),
})
const page = z.looseObject({
  has_more: z.boolean().optional(),
  data: z.array(
    z.looseObject({
      start_time: seconds,
      end_time: seconds,
      results: z.array(
        z.discriminatedUnion(
          'object',
          [cost, usage],
          'a result of costs, or of usage of completions, embeddings or moderations',
        ),
      ),
    }),
  ),
})

const provider = 'openai'
/** Kinds of a line item, as OpenAI's invoices name them. */
const kinds: Readonly<Record<string, BilledUnit>> = {
  input: 'input-tokens',
  'cached input': 'cached-input-tokens',
  output: 'output-tokens',
}

/** The reader. */
export const openaiCosts: BillReader = {
  id: 'openai-costs',
  recognises: ({ text }) =>
    looksLikeJson(text) && /"organization\.(?:costs|usage\.[a-z_]+)\.result"/.test(text),
  read({ path, text, book }) {
    const pages = readPages(path, text)
    if ('length' in pages) return pages
    const checked = checkedPages(pages, page)
    if (areFaults(checked)) return checked
    const read = checked.flatMap(({ data }, at) =>
      data.flatMap((bucket, of) =>
        bucket.results.map((result, nth) =>
          resultOf(
            { pages, book, bucket, place: placeIn(pages, at, ['data', of, 'results', nth]) },
            result,
          ),
        ),
      ),
    )
    const faults = read.flatMap((each) => each.faults)
    return faults.length > 0
      ? faults
      : {
          lines: read.flatMap(({ line }) => line),
          requests: read.flatMap(({ requests }) => requests),
        }
  },
}

interface Where {
  readonly pages: JsonPages
  readonly book: PriceBook
  readonly bucket: { readonly start_time: number; readonly end_time: number }
  readonly place: readonly (string | number)[]
}

interface ReadResult {
  readonly line: readonly BillLine[]
  readonly requests: readonly RequestCount[]
  readonly faults: readonly Fault[]
}

function resultOf(
  { pages, book, bucket, place }: Where,
  result: z.infer<typeof cost> | z.infer<typeof usage>,
): ReadResult {
  const [fromMs, toMs] = [bucket.start_time * 1_000, bucket.end_time * 1_000]
  if (toMs <= fromMs)
    return {
      line: [],
      requests: [],
      faults: [faultAt(pages, place, 'the bucket ends before it begins')],
    }
  if ('num_model_requests' in result && 'model' in result)
    return {
      line: [],
      requests: [
        {
          provider,
          sku: String(result.model),
          fromMs,
          toMs,
          requests: BigInt(Number(result.num_model_requests)),
        },
      ],
      faults: [],
    }
  const { line_item: item } = result as z.infer<typeof cost>
  const amount = billedUsd(digitsAt(pages, [...place, 'amount', 'value']) ?? '')
  const digits = digitsAt(pages, [...place, 'quantity'])
  const quantity = digits === null || digits === 'null' ? null : billedQuantity(digits)
  if (typeof amount === 'string')
    return {
      line: [],
      requests: [],
      faults: [faultAt(pages, [...place, 'amount', 'value'], amount)],
    }
  if (typeof quantity === 'string')
    return { line: [], requests: [], faults: [faultAt(pages, [...place, 'quantity'], quantity)] }
  const { sku, unit } = productOf(book, item)
  const component = componentOf(book, { provider, sku, unit, atMs: fromMs })
  return {
    line: [
      {
        provider,
        component,
        category: 'usage',
        sku,
        unit,
        fromMs,
        toMs,
        quantity,
        amount,
        place: `${pages.path}: ${item}, ${dayOf(fromMs)}`,
      },
    ],
    requests: [],
    faults: [],
  }
}

function productOf(
  book: PriceBook,
  item: string,
): { readonly sku: string; readonly unit: BilledUnit | null } {
  const [sku = item, kind = ''] = item.split(', ')
  return { sku, unit: kinds[kind] ?? onlyUnitOf(book, provider, sku) }
}
