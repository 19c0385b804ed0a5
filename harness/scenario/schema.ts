/**
 * What a scenario file may say. Every key is described in docs/scenario.md; an unknown key is a
 * fault.
 */
import { z } from 'zod'
import { tenantIdPattern } from '../../src/base/tenant-id.ts'
import { compareMetricNames } from './compare-metrics.ts'
import { loadSchema } from './load-schema.ts'
import { simulationSchema } from './simulation-schema.ts'
import { targetSchema } from './target-schema.ts'
import {
  allocationMethods,
  billedUnits,
  configSettingsSchema,
  planSchema,
  promptTemplateSchema,
} from '../../src/index.ts'

const usd = z
  .string()
  .regex(/^\d+(\.\d{1,12})?$/, 'write dollars as a quoted decimal, e.g. "0.037"')
const share = z.number().min(0).max(1)
const topK = z.int().min(1).max(100)
const themes = ['law', 'support', 'retail', 'clinic', 'engineering'] as const
const smallerFirst = [
  ([least, most]: readonly [number, number]): boolean => least <= most,
  'the smaller number comes first',
] as const

/** One configuration to compare. */
const variantSchema = z.strictObject({ model: z.string().min(1), topK, rerank: z.boolean() })

/** Every model with every top_k, with and without reranking. */
const matrixSchema = z.strictObject({
  models: z.array(z.string().min(1)).min(1).max(20),
  topK: z.array(topK).min(1).max(20),
  rerank: z.array(z.boolean()).min(1).max(2),
})

const words = z.tuple([z.int().min(20), z.int().max(50_000)]).refine(...smallerFirst)
const generatedCorpus = z.strictObject({
  kind: z.literal('generated'),
  theme: z.enum(themes),
  documents: z.int().min(1).max(100_000),
  words,
})
const folderCorpus = z.strictObject({ kind: z.literal('folder'), path: z.string().min(1) })

const settingsSchema = configSettingsSchema
  .omit({ monthlyBudgetUsd: true })
  .extend({ promptValues: z.record(z.string(), z.union([z.string(), z.number()])).optional() })
const expectations = {
  queriesPerMonth: z.int().min(1).max(1_000_000_000),
  qualityFloor: share,
  latencyObjectiveMs: z.int().min(1),
} as const
// PostgreSQL stores every character but this one.
const noNul = 'a NUL character cannot be stored'
const tierName = z
  .string()
  .min(1)
  .max(60)
  .refine((text) => !text.includes('\0'), noNul)

/** One tenant with what it has, pays and expects. What `current` leaves out is its tier's. */
const tenantSchema = z.strictObject({
  id: z
    .string()
    .regex(
      tenantIdPattern,
      'letters, digits, dots, dashes and underscores, at most 63, beginning with a letter or digit',
    ),
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !text.includes('\0'), noNul),
  tier: tierName,
  corpus: z.discriminatedUnion('kind', [generatedCorpus, folderCorpus]),
  current: settingsSchema.default({}),
  monthlyBudgetUsd: usd.optional(),
  ...expectations,
})

/** Volumes that differ: log-normal by mean and sigma, cut at `most`. */
const spreadVolume = z.strictObject({
  mean: z.number().min(1).max(1_000_000_000),
  sigma: z.number().min(0).max(3),
  most: z.int().min(1).max(1_000_000_000),
})

/**
 * Many tenants of mixed size, drawn from the seed: log-normal by median and sigma, cut at `most`.
 * With `distinctCorpora` so many corpora are made, and dealt out in turn.
 */
const populationSchema = z.strictObject({
  count: z.int().min(1).max(1_000_000),
  distinctCorpora: z.int().min(1).max(10_000).optional(),
  idPrefix: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,30}$/, 'letters, digits and dashes, beginning with a letter'),
  tiers: z.array(tierName).min(1),
  themes: z.array(z.enum(themes)).min(1),
  documents: z.strictObject({
    median: z.number().min(1),
    sigma: z.number().min(0).max(3),
    most: z.int().min(1).max(100_000),
  }),
  words,
  current: settingsSchema.default({}),
  monthlyBudgetUsd: usd.optional(),
  ...expectations,
  queriesPerMonth: z.union([expectations.queriesPerMonth, spreadVolume]),
})

const limits = {
  namespaceLimit: z.int().min(1),
  operatingLimit: z.int().min(1),
  alertAt: z.int().min(1),
} as const
const inOrder = [
  ({
    namespaceLimit,
    operatingLimit,
    alertAt,
  }: {
    readonly namespaceLimit: number
    readonly operatingLimit: number
    readonly alertAt: number
  }): boolean => alertAt <= operatingLimit && operatingLimit <= namespaceLimit,
  'alertAt <= operatingLimit <= namespaceLimit',
] as const
const webhookUrl = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .refine(
    (text) =>
      !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'no name or password in it; put a token into the path',
  )
  .optional()

const gatewayUrl = z.url({ protocol: /^https?$/, error: 'an http or https URL' }).optional()

const faultRates = {
  abortedStreams: share,
  lateEvents: share,
  throttled: share,
  indexQuota: z.int().min(0).nullable(),
} as const
const usualFaults = {
  abortedStreams: 0.001,
  lateEvents: 0.001,
  throttled: 0,
  indexQuota: null,
} as const

/**
 * Faults planted on purpose, to see that they are found. Whoever judges does not know of them
 * (DESIGN law 8).
 */
const sabotageSchema = z.strictObject({
  sql: z.string().min(1).optional(),
  prices: z
    .array(
      z.strictObject({
        provider: z.string().min(1),
        sku: z.string().min(1),
        unit: z.enum(billedUnits),
        usd,
      }),
    )
    .min(1)
    .optional(),
  capacity: z
    .strictObject(limits)
    .refine(...inOrder)
    .optional(),
  providerFaults: z.strictObject(faultRates).partial().optional(),
  slowdown: z.number().min(0.01).max(1_000).optional(),
  dropVectorIndexes: z.boolean().optional(),
})

const day = z.iso.date('a day as in 2026-11-01')

/**
 * Figures that somebody has named, to be held against what the run finds, and what other prices
 * make of the same tokens.
 */
const claimsSchema = z.strictObject({
  tolerancePct: z.number().min(0).max(100),
  perQuery: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        says: z.string().min(1),
        tenant: z.string().min(1),
        ...variantSchema.shape,
        usd,
      }),
    )
    .min(1),
  differences: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        says: z.string().min(1),
        dearer: z.string().min(1),
        cheaper: z.string().min(1),
        queries: z.int().min(1),
        tenants: z.int().min(1).default(1),
        usd,
        assumes: z.string().min(1),
      }),
    )
    .default([]),
  otherPrices: z
    .array(
      z.strictObject({
        label: z.string().min(1),
        priceBook: z.string().min(1),
        on: day,
        models: z.record(z.string(), z.string()),
      }),
    )
    .default([]),
})

/** The whole file. */
export const scenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower case letters, digits and dashes'),
  description: z.string().min(1),
  seed: z.int().min(0).max(4_294_967_295),
  trials: z.int().min(1).max(1_000),
  concurrency: z.int().min(1).max(256).default(8),
  timeScale: z.number().min(0).max(1),
  priceBook: z.string().min(1),
  allocation: z.enum(allocationMethods),
  sharedMonthlyUsd: z.record(z.string().min(1), usd).default({}),
  models: z.strictObject({
    embedding: z.strictObject({ model: z.string().min(1), dimensions: z.int().min(8).max(3_072) }),
    reranker: z.string().min(1),
  }),
  capacity: z
    .strictObject({ ...limits, alertWebhook: webhookUrl })
    .refine(...inOrder)
    .default({ namespaceLimit: 100, operatingLimit: 90, alertAt: 72 }),
  providerFaults: z
    .strictObject({ ...faultRates, indexQuota: faultRates.indexQuota.default(null) })
    .default(usualFaults),
  workload: z.strictObject({
    questions: z.int().min(1),
    shared: z.int().min(0),
    bait: z.int().min(0),
    unanswerable: z.int().min(0),
  }),
  load: loadSchema.optional(),
  simulation: simulationSchema.optional(),
  live: z
    .strictObject({ openai: gatewayUrl, anthropic: gatewayUrl, pinecone: gatewayUrl })
    .default({}),
  measurements: z.string().min(1).optional(),
  variants: z.array(variantSchema).max(200).default([]),
  matrix: matrixSchema.optional(),
  promptTemplates: z
    .record(
      z
        .string()
        .regex(
          /^(?!default$)[a-z][a-z0-9-]{0,40}$/,
          'lower case letters, digits and dashes, not "default"',
        ),
      promptTemplateSchema,
    )
    .default({}),
  tiers: z
    .record(tierName, configSettingsSchema.extend({ monthlyBudgetUsd: usd.optional() }))
    .default({}),
  plans: z.record(tierName, planSchema).default({}),
  tenants: z.array(tenantSchema).max(10_000).default([]),
  population: populationSchema.optional(),
  target: targetSchema,
  gates: z.array(z.string().min(1).max(500)).max(200).default([]),
  tolerancesPct: z
    .partialRecord(z.enum(compareMetricNames), z.number().min(0).max(1_000))
    .default({}),
  claims: claimsSchema.optional(),
  sabotage: sabotageSchema.optional(),
})

/** A scenario as written. */
export type WrittenScenario = z.infer<typeof scenarioSchema>
/** A tenant as written. */
export type WrittenTenant = z.infer<typeof tenantSchema>
/** A population as written. */
export type WrittenPopulation = z.infer<typeof populationSchema>
/** A configuration as written. */
export type ScenarioVariant = z.infer<typeof variantSchema>
/** Claims as written. */
export type WrittenClaims = z.infer<typeof claimsSchema>
/** Planted faults as written. */
export type WrittenSabotage = z.infer<typeof sabotageSchema>
