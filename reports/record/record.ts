/**
 * The run record: the one result of a run, versioned. Every report is a view of it, and `run --json` prints it as it is. The names
 * of its fields are relied on from outside; more may be added, none renamed without a new recordVersion. What varies between two
 * runs of one seed beside measured times stands in `timing`, `runId` and `runDir`.
 */
import { z } from 'zod'
import { verdicts } from '../../src/base/verdict.ts'

const usd = z.string().regex(/^-?\d+(\.\d+)?$/)
const percentiles = z.strictObject({ count: z.int(), p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() })
const variant = z.strictObject({ id: z.string(), model: z.string(), topK: z.int(), rerank: z.boolean() })
const verdict = z.enum(verdicts)

const quality = z.strictObject({
  questions: z.int(),
  retrievalRecall: z.number().nullable(),
  answerAccuracy: z.number(),
  low95: z.number(),
  high95: z.number(),
  source: z.enum(['measured', 'modelled']),
})

const cell = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  variant,
  isCurrent: z.boolean(),
  queries: z.int(),
  failures: z.int(),
  infeasible: z.boolean(),
  configVersions: z.array(z.string()),
  latencyMs: percentiles,
  modelledMs: percentiles,
  ownMs: percentiles,
  uncorrectedMs: percentiles,
  latencySource: z.enum(['measured', 'modelled+measured', 'simulated']),
  reason: z.string().nullable(),
  tokens: z.strictObject({ promptMean: z.number().nullable(), completionMean: z.number().nullable(), estimated: z.boolean() }),
  costPerQueryUsd: z.strictObject({ mean: usd, low95: usd, high95: usd, direct: usd, shared: usd, standardDeviation: usd, method: z.string() }),
  quality,
  qualityByKind: z.array(z.strictObject({ kind: z.string(), questions: z.int(), retrievalRecall: z.number().nullable(), answerAccuracy: z.number() })),
})

const comparison = z.strictObject({
  tenant: z.string(),
  name: z.string(),
  tier: z.string(),
  docCount: z.int(),
  avgDocWords: z.number(),
  currentModel: z.string(),
  currentTopK: z.int(),
  currentRerank: z.boolean(),
  currentCostPerQueryUsd: usd,
  optimalModel: z.string().nullable(),
  optimalTopK: z.int().nullable(),
  optimalRerank: z.boolean().nullable(),
  projectedCostPerQueryUsd: usd.nullable(),
  monthlyDifferenceUsd: usd.nullable(),
  reason: z.string(),
  assumptions: z.array(z.string()),
  flipsWhen: z.string().nullable(),
})

const sameQuestion = z.strictObject({
  tenant: z.string(),
  question: z.string(),
  responseMs: z.number().nullable(),
  promptTokens: z.int(),
  completionTokens: z.int(),
  costUsd: usd,
  topSource: z.string().nullable(),
  correct: z.boolean(),
})

const isolation = z.strictObject({
  checks: z.int(),
  leaks: z.int(),
  upperBound95: z.number().nullable(),
  boundaries: z.array(z.strictObject({ boundary: z.string(), state: z.enum(['covered', 'leak', 'not-covered', 'not-shown']), ownSeen: z.int(), leaks: z.int() })),
  witnesses: z.array(z.strictObject({ boundary: z.string(), tenant: z.string(), owner: z.string(), requestId: z.string().nullable(), mark: z.string(), witness: z.string() })),
  canary: z.strictObject({ chunks: z.int(), marked: z.int(), tokenSharePct: z.number() }),
})

const driftVerdict = z.enum(['pass', 'warn', 'stop'])
const component = z.strictObject({ component: z.string(), allocatedUsd: usd, billedUsd: usd, driftPct: z.number().nullable(), verdict: driftVerdict })
const reconciliation = z.strictObject({ month: z.string(), verdict: driftVerdict, method: z.string(), components: z.array(component), usage: component, total: component, incidents: z.strictObject({ abortedStreams: z.int(), lateEvents: z.int() }) })

/** The schema of a record. */
export const runRecordSchema = z.strictObject({
  recordVersion: z.literal(1),
  runId: z.string(),
  verdict,
  exitCode: z.int(),
  runDir: z.string(),
  seed: z.int(),
  scenario: z.string(),
  scenarioSha256: z.string(),
  priceBook: z.strictObject({ id: z.string(), sha256: z.string() }),
  services: z.enum(['embedded', 'live']),
  timeScale: z.number(),
  trials: z.int(),
  code: z.strictObject({ version: z.string(), commit: z.string().nullable(), dirty: z.boolean().nullable() }),
  environment: z.strictObject({ node: z.string(), platform: z.string(), architecture: z.string(), processors: z.int(), postgres: z.string(), database: z.enum(['embedded', 'borrowed']) }),
  tenants: z.array(z.strictObject({ tenant: z.string(), documents: z.int(), words: z.int(), chunks: z.int(), index: z.string(), storedBytes: z.int() })),
  cells: z.array(cell),
  comparison: z.array(comparison),
  sameQuestion: z.array(sameQuestion),
  isolation,
  reconciliation,
  capacityLimits: z.strictObject({ namespaceLimit: z.int(), operatingLimit: z.int(), alertAt: z.int() }),
  capacity: z.array(z.strictObject({ index: z.string(), namespaces: z.int(), event: z.string() })),
  checks: z.array(z.strictObject({ id: z.string(), verdict, evidence: z.string() })),
  /** Sentences about what is not as it looks, e.g. a top_k above a corpus. */
  warnings: z.array(z.string()),
  timing: z.strictObject({ startedAt: z.string(), wallSeconds: z.number(), stages: z.array(z.strictObject({ stage: z.string(), seconds: z.number() })), queriesPerSecond: z.number(), eventLoopDelayP99Ms: z.number(), peakMemoryBytes: z.strictObject({ run: z.int(), services: z.int() }) }),
})

/** A run record. */
export type RunRecord = z.infer<typeof runRecordSchema>
/** One cell of a record. */
export type RecordCell = RunRecord['cells'][number]
/** One tenant's line of the comparison. */
export type ComparisonLine = RunRecord['comparison'][number]
