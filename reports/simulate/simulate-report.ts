/**
 * What `simulate --json` prints and `simulation.json` holds. The names of its fields are relied on
 * from outside; more may be added. Of two simulations of one seed everything is the same to the
 * byte but for `timing`.
 */
import { z } from 'zod'

const usd = z.string().regex(/^-?\d+(\.\d+)?$/)
const pct = z.number().nullable()
const reason = z.string().nullable()
const percentiles = z.strictObject({
  count: z.int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
})
const variant = z.strictObject({ model: z.string(), topK: z.int(), rerank: z.boolean() })

const month = z.strictObject({
  month: z.string(),
  usageUsd: usd,
  minimumUsd: usd,
  sharedUsd: usd,
  totalUsd: usd,
  lateUsd: usd,
  billedUsd: usd,
})
const product = z.strictObject({
  provider: z.string(),
  sku: z.string(),
  unit: z.string(),
  component: z.string(),
  quantity: z.string(),
  usd,
  sharePct: z.number(),
})
const tenant = z.strictObject({
  tenant: z.string(),
  tier: z.string(),
  queries: z.int(),
  costUsd: usd,
  directUsd: usd,
  sharedUsd: usd,
  revenueUsd: usd.nullable(),
})
const cell = z.strictObject({
  tenant: z.string().nullable(),
  tier: z.string(),
  variant,
  queries: z.int(),
  failures: z.int(),
  latencyMs: percentiles,
  promptMean: z.number().nullable(),
  completionMean: z.number().nullable(),
})
/** A tier under a configuration, all its tenants together. */
const configuration = z.strictObject({
  tier: z.string(),
  variant,
  queries: z.int(),
  failures: z.int(),
  latencyMs: percentiles,
  promptMean: z.number().nullable(),
  completionMean: z.number().nullable(),
})
const capacityEvent = z.strictObject({
  atSeconds: z.number(),
  index: z.string(),
  namespaces: z.int(),
  event: z.enum(['alert', 'provision-started', 'index-ready', 'placement-refused']),
})
const tier = z.strictObject({
  tier: z.string(),
  tenants: z.int(),
  queries: z.int(),
  revenueUsd: usd.nullable(),
  costUsd: usd,
  grossMarginPct: pct,
  markupPct: pct,
  underwaterTenants: z.int(),
  underwater: z.array(z.string()),
  reason,
})
const refusals = z.strictObject({
  count: z.int(),
  firstAtSeconds: z.number(),
  lastAtSeconds: z.number(),
  alertAt: z.int().nullable(),
  longestLeadTimeSeconds: z.number().nullable(),
  advice: z.string(),
})
const counts = z.strictObject({
  arrived: z.int(),
  finished: z.int(),
  failed: z.int(),
  inFlight: z.int(),
  fromCache: z.int(),
  timedOut: z.int(),
  throttled: z.int(),
  aborted: z.int(),
  unavailable: z.int(),
})

/** The schema of a report. */
export const simulateReportSchema = z.strictObject({
  simulationVersion: z.literal(1),
  scenario: z.string(),
  scenarioSha256: z.string(),
  seed: z.int(),
  grain: z.enum(['event', 'query', 'hour']),
  /** Where times and words are from: profiles, or what was fitted. */
  models: z.string(),
  priceBook: z.strictObject({ id: z.string(), sha256: z.string() }),
  code: z.strictObject({
    version: z.string(),
    commit: z.string().nullable(),
    dirty: z.boolean().nullable(),
  }),
  from: z.string(),
  to: z.string(),
  queries: z.int(),
  virtualSeconds: z.number(),
  counts,
  latencySource: z.literal('simulated'),
  latencyMs: z.strictObject({ ...percentiles.shape, reason }),
  /** What was waited for in queues; null where none is simulated. */
  waits: z
    .strictObject({
      admissionPct: z.number(),
      admissionMeanMs: z.number().nullable(),
      connectionPct: z.number(),
      connectionMeanMs: z.number().nullable(),
      mostQueued: z.int(),
    })
    .nullable(),
  totalUsd: usd,
  /** Of the total: shared cost of months in which nobody was there to carry it. */
  unallocatedUsd: usd,
  months: z.array(month),
  products: z.array(product),
  tenants: z.array(tenant),
  configurations: z.array(configuration),
  /** By tenant too; of a large fleet by tier alone, and then `tenant` is null. */
  cells: z.array(cell),
  capacity: z.array(capacityEvent),
  indexes: z.array(
    z.strictObject({
      index: z.string(),
      readyAtSeconds: z.number(),
      peakNamespaces: z.int(),
      namespacesAtEnd: z.int(),
      alertedAtSeconds: z.number().nullable(),
    }),
  ),
  signups: z.strictObject({ tenants: z.int(), placed: z.int() }),
  refusals: refusals.nullable(),
  tiers: z.array(tier),
  assumptions: z.array(z.string()),
  timing: z.strictObject({
    wallSeconds: z.number(),
    queriesPerSecond: z.number(),
    workers: z.int(),
    tokenProfilesFromCache: z.boolean(),
    peakMemoryBytes: z.int(),
    stages: z.array(z.strictObject({ stage: z.string(), seconds: z.number() })),
  }),
})

/** A simulation's report. */
export type SimulateReport = z.infer<typeof simulateReportSchema>
