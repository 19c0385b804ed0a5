/**
 * What `simulation` in a scenario may say: months of traffic in virtual time, the limits it meets,
 * and what changes on the way. All times are UTC, as bills are.
 */
import { z } from 'zod'
import { billedUnits } from '../../src/index.ts'
import { growthSchema } from './growth-schema.ts'

const day = z.iso.date('a day as in 2026-11-01')
const share = z.number().min(0).max(1)
const atLeastOne = z.int().min(1).max(1_000_000)
const usd = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,12})?$/, 'dollars as a quoted decimal that is not negative, e.g. "0.30"')

/** How precisely traffic is simulated. */
export const grains = ['event', 'query', 'hour'] as const
/**
 * A grain of simulation: all queues and limits; each query drawn and priced; counts and sums an
 * hour.
 */
export type Grain = (typeof grains)[number]

const longestMonths = 120

/** When people ask: a sinus over the day, another rate at weekends, growth month by month. */
const demandSchema = z.strictObject({
  peakToTrough: z.number().min(1).max(1_000).default(1),
  peakHourUtc: z.number().min(0).max(24).default(15),
  weekendRate: z.number().min(0).max(10).default(1),
  growthPctPerMonth: z.number().min(-99).max(1_000).default(0),
})

const providerLimit = z
  .strictObject({
    provider: z.enum(['openai', 'anthropic', 'pinecone']),
    requestsPerMinute: atLeastOne.optional(),
    tokensPerMinute: z.int().min(1).max(1_000_000_000).optional(),
  })
  .refine(
    ({ requestsPerMinute, tokensPerMinute }) =>
      requestsPerMinute !== undefined || tokensPerMinute !== undefined,
    'a limit of requests or of tokens a minute',
  )

/**
 * What requests wait for, and who shares it: everybody, or the tenants of one index (a deployment
 * an index). Absent is unlimited.
 */
const limitsSchema = z.strictObject({
  sharedBy: z.enum(['all', 'index']).default('all'),
  maxInFlight: atLeastOne.optional(),
  connections: atLeastOne.optional(),
  providers: z
    .array(providerLimit)
    .default([])
    .refine(
      (all) => new Set(all.map(({ provider }) => provider)).size === all.length,
      'a provider is limited once',
    ),
  attempts: z.int().min(1).max(20).default(4),
  timeoutMs: z.int().min(1).max(3_600_000).optional(),
})

const changeOf = { on: day } as const
const settings = z
  .strictObject({ model: z.string().min(1), topK: z.int().min(1).max(100), rerank: z.boolean() })
  .partial()
  .refine((config) => Object.keys(config).length > 0, 'name what changes: model, topK or rerank')

/**
 * How long a new index takes from the order until it holds namespaces, and how many there may be;
 * absent is as many as are wanted.
 */
const provisioningSchema = z.strictObject({
  leadTimeSeconds: z
    .number()
    .min(0)
    .max(366 * 86_400)
    .default(600),
  maxIndexes: z.int().min(1).max(1_000_000).optional(),
})

/**
 * What changes at the beginning of a day: a price, the configuration of a tier, or of one tenant.
 */
const changeSchema = z.union(
  [
    z.strictObject({
      ...changeOf,
      price: z.strictObject({
        provider: z.string().min(1),
        sku: z.string().min(1),
        unit: z.enum(billedUnits),
        usd,
      }),
    }),
    z.strictObject({ ...changeOf, tier: z.string().min(1), config: settings }),
    z.strictObject({ ...changeOf, tenant: z.string().min(1), config: settings }),
  ],
  'a change has `on` and either `price: { provider, sku, unit, usd }`, or `tier` or `tenant` ' +
    'with `config: { model, topK, rerank }`',
)

/** All of `simulation`. */
export const simulationSchema = z
  .strictObject({
    from: day,
    months: z.int().min(1).max(longestMonths).optional(),
    days: z
      .int()
      .min(1)
      .max(longestMonths * 31)
      .optional(),
    grain: z.enum(grains).default('event'),
    demand: demandSchema.prefault({}),
    limits: limitsSchema.prefault({}),
    /**
     * Of requests: answered by the service's own cache without a model. Of prompt tokens: billed as
     * cached.
     */
    cache: z
      .strictObject({ answers: share.default(0), promptTokens: share.default(0) })
      .prefault({}),
    /**
     * Of attempts at a model: answered with 503 and repeated. Broken streams and late events are
     * `providerFaults`.
     */
    unavailable: share.default(0),
    changes: z.array(changeSchema).max(1_000).default([]),
    growth: growthSchema.optional(),
    provisioning: provisioningSchema.prefault({}),
  })
  .refine(({ months, days }) => (months === undefined) !== (days === undefined), {
    path: ['months'],
    message: 'say either months or days',
  })

/** A simulation as written, with what it leaves out filled in. */
export type WrittenSimulation = z.infer<typeof simulationSchema>

const dayMs = 86_400_000

/** The beginning of a day as in 2026-11-01, UTC, in milliseconds since 1970. */
export function startOfDay(written: string): number {
  return Date.parse(`${written}T00:00:00Z`)
}

/** When what is simulated begins and ends, in milliseconds since 1970, UTC. */
export function spanOf({
  from,
  months,
  days,
}: Pick<WrittenSimulation, 'from' | 'months' | 'days'>): {
  readonly fromMs: number
  readonly toMs: number
} {
  const fromMs = startOfDay(from)
  return {
    fromMs,
    toMs: days === undefined ? monthsLater(fromMs, months ?? 1) : fromMs + days * dayMs,
  }
}

/**
 * The same day so many months later; where there is none, the beginning of the month after: the
 * 31st of January and a month is the 1st of March.
 */
function monthsLater(fromMs: number, months: number): number {
  const from = new Date(fromMs)
  return Math.min(
    Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, from.getUTCDate()),
    Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 1),
  )
}
