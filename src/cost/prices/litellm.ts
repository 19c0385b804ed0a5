/**
 * Our prices against a LiteLLM price map (`model_prices_and_context_window.json`) that the user
 * hands in. The map is data to compare with, never a source of prices: it is undated, its numbers
 * are floats, and some of them are wrong.
 */
import { isSamePrice } from './diff.ts'
import { z } from 'zod'
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import { picoUsd, type PicoUsd } from '../../base/money.ts'
import {
  findPrice,
  productAt,
  type BilledUnit,
  type PriceBook,
  type ServiceTier,
} from './price-book.ts'

const entrySchema = z.looseObject({
  litellm_provider: z.string().optional(),
  mode: z.string().optional(),
})
const mapSchema = z.record(z.string(), entrySchema)

/** How a figure of the map compares with ours. */
export interface MapComparison {
  readonly provider: string
  readonly model: string
  readonly field: string
  readonly unit: BilledUnit
  readonly service: ServiceTier
  /** Dollars per million of the unit (per thousand for requests). */
  readonly oursUsd: PicoUsd | null
  readonly theirsUsd: PicoUsd
  readonly per: bigint
  readonly verdict: 'same' | 'differs' | 'not-ours'
}

/**
 * How LiteLLM calls the providers whose prices we carry. Its key of a model may begin with the
 * provider's name.
 */
const providers: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  voyage: 'voyage',
  gemini: 'google',
}

const baseFields: Readonly<Record<string, BilledUnit>> = {
  input_cost_per_token: 'input-tokens',
  output_cost_per_token: 'output-tokens',
  cache_read_input_token_cost: 'cached-input-tokens',
  cache_creation_input_token_cost: 'cache-write-tokens',
  cache_creation_input_token_cost_above_1hr: 'cache-write-1h-tokens',
  input_cost_per_query: 'rerank-requests',
}
const fieldPattern =
  /^(?<base>[a-z_]+?(?:_above_1hr)?)(?:_above_(?<thousands>\d+)k_tokens)?(?:_(?<service>batches|flex|priority))?$/
const services: Readonly<Record<string, ServiceTier>> = {
  batches: 'batch',
  flex: 'flex',
  priority: 'priority',
}

/** Reads a map. Throws TB_TABLE_INVALID. */
export function parsePriceMap(path: string, text: string): z.infer<typeof mapSchema> {
  try {
    return mapSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new TenantbenchError('TB_TABLE_INVALID', {
      detail:
        `${path} is not a LiteLLM price map: ` +
        `${error instanceof z.ZodError ? 'each model is an object' : messageOf(error)}.`,
      cause: error,
    })
  }
}

/** Compares every figure of the map of a model that the book knows, at a time. */
export function compareWithMap(
  book: PriceBook,
  map: z.infer<typeof mapSchema>,
  atMs: number,
): readonly MapComparison[] {
  const known = new Set(
    [...book.prices, ...book.aliases.map(({ provider, alias }) => ({ provider, sku: alias }))].map(
      ({ provider, sku }) => `${provider}\n${sku}`,
    ),
  )
  return Object.entries(map).flatMap(([key, entry]) => {
    const provider = providers[entry.litellm_provider ?? ''] ?? ''
    const model =
      key.includes('/') && key.slice(0, key.indexOf('/')) === entry.litellm_provider
        ? key.slice(key.indexOf('/') + 1)
        : key
    if (!known.has(`${provider}\n${model}`)) return []
    return Object.entries(entry).flatMap(([field, value]) =>
      typeof value === 'number'
        ? compareField({ book, provider, model, mode: entry.mode, atMs }, field, value)
        : [],
    )
  })
}

interface Compared {
  readonly book: PriceBook
  readonly provider: string
  readonly model: string
  readonly mode: string | undefined
  readonly atMs: number
}

function compareField(
  { book, provider, model, mode, atMs }: Compared,
  field: string,
  value: number,
): readonly MapComparison[] {
  const { base = '', thousands, service: suffix = '' } = fieldPattern.exec(field)?.groups ?? {}
  const named = baseFields[base]
  if (
    named === undefined ||
    (mode === 'embedding' && base !== 'input_cost_per_token') ||
    (mode === 'rerank' && base !== 'input_cost_per_query')
  )
    return []
  const unit = mode === 'embedding' ? 'embedding-tokens' : named
  const service = services[suffix] ?? 'standard'
  const per = unit === 'rerank-requests' ? 1_000n : 1_000_000n
  // A float times 10^18 is below 2^53 for every price of less than $9,000 a million: rounding it
  // takes off nothing but the float's noise.
  const theirsUsd = picoUsd(BigInt(Math.round(value * Number(per) * 1e12)))
  const abovePromptTokens = Number(thousands ?? 0) * 1_000
  const sku = productAt(book, { provider, sku: model, atMs })
  const found = findPrice(book, {
    provider,
    sku,
    unit,
    service,
    atMs,
    promptTokens: abovePromptTokens === 0 ? 0 : abovePromptTokens + 1,
  })
  const ours = found !== null && found.abovePromptTokens === abovePromptTokens ? found : null
  const verdict =
    ours === null ? 'not-ours' : isSamePrice(ours, { amount: theirsUsd, per }) ? 'same' : 'differs'
  return [
    {
      provider,
      model,
      field,
      unit,
      service,
      oursUsd: ours === null ? null : picoUsd((ours.amount * per) / ours.per),
      theirsUsd,
      per,
      verdict,
    },
  ]
}
