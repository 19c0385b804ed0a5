/** What a scenario file may say. Every key is described in docs/scenario.md; an unknown key is a fault. */
import { z } from 'zod'
import { tenantIdPattern } from '../../src/base/tenant-id.ts'
import { allocationMethods } from '../../src/index.ts'

const usd = z.string().regex(/^\d+(\.\d{1,12})?$/, 'write dollars as a quoted decimal, e.g. "0.037"')
const share = z.number().min(0).max(1)

/** One configuration to compare. */
const variantSchema = z.strictObject({
  model: z.string().min(1),
  topK: z.int().min(1).max(100),
  rerank: z.boolean(),
})

const generatedCorpus = z.strictObject({
  kind: z.literal('generated'),
  theme: z.enum(['law', 'support', 'retail', 'clinic', 'engineering']),
  documents: z.int().min(1).max(100_000),
  words: z.tuple([z.int().min(20), z.int().max(50_000)]).refine(([least, most]) => least <= most, 'the smaller number comes first'),
})
const folderCorpus = z.strictObject({ kind: z.literal('folder'), path: z.string().min(1) })

/** One tenant with what it has, pays and expects. */
const tenantSchema = z.strictObject({
  id: z.string().regex(tenantIdPattern, 'letters, digits, dots, dashes and underscores, at most 63, beginning with a letter or digit'),
  name: z.string().min(1).max(200),
  tier: z.string().min(1).max(60),
  corpus: z.discriminatedUnion('kind', [generatedCorpus, folderCorpus]),
  current: variantSchema,
  monthlyBudgetUsd: usd,
  queriesPerMonth: z.int().min(1).max(1_000_000_000),
  qualityFloor: share,
  latencyObjectiveMs: z.int().min(1),
})

const capacitySchema = z
  .strictObject({ namespaceLimit: z.int().min(1), operatingLimit: z.int().min(1), alertAt: z.int().min(1) })
  .refine(({ namespaceLimit, operatingLimit, alertAt }) => alertAt <= operatingLimit && operatingLimit <= namespaceLimit, 'alertAt <= operatingLimit <= namespaceLimit')

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
  capacity: capacitySchema.default({ namespaceLimit: 100, operatingLimit: 90, alertAt: 72 }),
  providerFaults: z.strictObject({ abortedStreams: share, lateEvents: share, throttled: share }).default({ abortedStreams: 0.001, lateEvents: 0.001, throttled: 0 }),
  workload: z.strictObject({ questions: z.int().min(1), shared: z.int().min(0), bait: z.int().min(0), unanswerable: z.int().min(0) }),
  variants: z.array(variantSchema).min(1).max(200),
  tenants: z.array(tenantSchema).min(1).max(10_000),
})

/** A scenario as written. */
export type Scenario = z.infer<typeof scenarioSchema>
/** A tenant as written. */
export type ScenarioTenant = z.infer<typeof tenantSchema>
/** A configuration as written. */
export type ScenarioVariant = z.infer<typeof variantSchema>
