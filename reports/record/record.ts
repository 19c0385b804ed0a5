/**
 * The run record: the one result of a run, versioned. Every report is a view of it, and `run
 * --json` prints it as it is. The names of its fields are relied on from outside; more may be
 * added, none renamed without a new recordVersion. What varies between two runs of one seed beside
 * measured times stands in `timing`, `runId` and `runDir`.
 */
import { z } from 'zod'
import { stages } from '../../src/base/stages.ts'
import { verdicts } from '../../src/base/verdict.ts'

const usd = z.string().regex(/^-?\d+(\.\d+)?$/)
const percentiles = z.strictObject({
  count: z.int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
})
const variant = z.strictObject({
  id: z.string(),
  model: z.string(),
  topK: z.int(),
  rerank: z.boolean(),
})
const verdict = z.enum(verdicts)
/** Why something is null that could be known; null when nothing is. */
const reason = z.string().nullable().default(null)

const quality = z.strictObject({
  questions: z.int(),
  retrievalRecall: z.number().nullable(),
  answerAccuracy: z.number(),
  low95: z.number(),
  high95: z.number(),
  source: z.enum(['measured', 'modelled']),
})

/** Times by stage of a request; a stage that the target does not show is not there. */
const stageFigures = z.array(z.strictObject({ stage: z.enum(stages), ...percentiles.shape }))

const cell = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  variant,
  isCurrent: z.boolean(),
  queries: z.int(),
  failures: z.int(),
  infeasible: z.boolean(),
  configVersions: z.array(z.string()),
  /** With the part of each stage in it. */
  latencyMs: z.strictObject({ ...percentiles.shape, stages: stageFigures.default([]) }),
  modelledMs: percentiles,
  ownMs: percentiles,
  uncorrectedMs: percentiles,
  /** Attempts that failed and were repeated or given up; null where the target does not tell. */
  failedAttempts: z
    .strictObject({ throttled: z.int(), refused: z.int(), unanswered: z.int() })
    .nullable()
    .default(null),
  latencySource: z.enum(['measured', 'modelled+measured', 'simulated']),
  reason: z.string().nullable(),
  /** `source` says who counted: our own meter, or the target itself. */
  tokens: z.strictObject({
    promptMean: z.number().nullable(),
    completionMean: z.number().nullable(),
    estimated: z.boolean(),
    source: z.enum(['metered', 'target']).default('metered'),
  }),
  costPerQueryUsd: z.strictObject({
    mean: usd.nullable(),
    low95: usd.nullable(),
    high95: usd.nullable(),
    direct: usd.nullable(),
    shared: usd.nullable(),
    standardDeviation: usd.nullable(),
    method: z.string(),
    reason,
  }),
  /** Of what queries cost by themselves, shared cost left out. */
  costSpread: z
    .strictObject({
      p50Usd: usd.nullable(),
      p95Usd: usd.nullable(),
      maxUsd: usd.nullable(),
      coefficientOfVariation: z.number().nullable(),
      topHundredthPct: z.number().nullable(),
    })
    .nullable()
    .default(null),
  quality,
  qualityByKind: z.array(
    z.strictObject({
      kind: z.string(),
      questions: z.int(),
      retrievalRecall: z.number().nullable(),
      answerAccuracy: z.number(),
    }),
  ),
})

const loadSeries = z.strictObject({
  answered: z.int(),
  failed: z.int(),
  timedOut: z.int(),
  dropped: z.int(),
  late: z.int(),
  held: z.int(),
  throttled: z.int(),
  refused: z.int(),
  unanswered: z.int(),
  latencyMs: percentiles,
  uncorrectedMs: percentiles,
  failuresMs: percentiles,
  stages: stageFigures,
})

/** One rate that was tried. */
const probe = z.strictObject({
  ratePerSecond: z.number(),
  verdict: z.enum(['met', 'missed', 'invalid']),
  reason: z.string(),
  p95Ms: z.number().nullable(),
  failuresPct: z.number().nullable(),
  answeredPerSecond: z.number(),
  stoppedEarly: z.boolean(),
})
const saturation = z.strictObject({
  verdict: z.enum(['found', 'above-range', 'below-range', 'invalid']),
  highestPerSecond: z.number().nullable(),
  saturates: z.enum(stages).nullable(),
  reason: z.string(),
  probes: z.array(probe),
})

/** What a noisy neighbour did to the others, by tier and over all. */
const victims = z.strictObject({
  who: z.string(),
  quietMs: percentiles,
  noisyMs: percentiles,
  p99RatioPct: z.number().nullable(),
  low95Pct: z.number().nullable(),
  high95Pct: z.number().nullable(),
  reason,
})
const noisyNeighbour = z.strictObject({
  aggressor: z.string(),
  extraPerSecond: z.number(),
  victims: z.array(victims),
  fairness: z.strictObject({
    quiet: z.number().nullable(),
    noisy: z.number().nullable(),
    starved: z.array(z.string()),
  }),
})

const load = z.strictObject({
  verdict: z.enum(['valid', 'invalid']),
  reason: z.string(),
  arrivals: z.string(),
  durationSeconds: z.number(),
  warmupSeconds: z.number(),
  planned: z.int(),
  /** Of what was planned, after warm-up: what came out one way or another. */
  counted: z.int(),
  requestedPerSecond: z.number(),
  achievedPerSecond: z.number(),
  answeredPerSecond: z.number(),
  sendLagMs: z.strictObject({ ...percentiles.shape, max: z.number().nullable() }),
  eventLoopDelayMs: z.strictObject({ p99: z.number(), max: z.number() }),
  generators: z.int(),
  isThreaded: z.boolean(),
  total: loadSeries,
  cells: z.array(z.strictObject({ cell: z.string(), ...loadSeries.shape })),
  noisyNeighbour: noisyNeighbour.nullable(),
  saturation: saturation.nullable(),
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
  currentCostPerQueryUsd: usd.nullable(),
  optimalModel: z.string().nullable(),
  optimalTopK: z.int().nullable(),
  optimalRerank: z.boolean().nullable(),
  projectedCostPerQueryUsd: usd.nullable(),
  monthlyDifferenceUsd: usd.nullable(),
  reason: z.string(),
  assumptions: z.array(z.string()),
  flipsWhen: z.string().nullable(),
})

/** A tenant's month under its current configuration, against its budget. */
const tenantCost = z.strictObject({
  tenant: z.string(),
  monthlyUsd: usd.nullable(),
  low95Usd: usd.nullable(),
  high95Usd: usd.nullable(),
  budgetUsd: usd,
  budgetUsedPct: z.number().nullable(),
  fleetSharePct: z.number().nullable(),
  reason,
})
const concentration = z.strictObject({
  tenants: z.int(),
  largestSharePct: z.number(),
  topTenthSharePct: z.number(),
  gini: z.number(),
})

/**
 * A figure that somebody named: what the run found, and what other prices make of the same tokens.
 */
const claim = z.strictObject({
  id: z.string(),
  says: z.string(),
  claimedUsd: usd,
  foundUsd: usd.nullable(),
  offPct: z.number().nullable(),
  verdict,
  assumes: z.string().nullable(),
  others: z.array(z.strictObject({ label: z.string(), usd: usd.nullable(), reason })),
  reason,
})

const sameQuestion = z.strictObject({
  tenant: z.string(),
  question: z.string(),
  responseMs: z.number().nullable(),
  promptTokens: z.int().nullable(),
  completionTokens: z.int().nullable(),
  costUsd: usd.nullable(),
  reason,
  topSource: z.string().nullable(),
  correct: z.boolean(),
})

const isolation = z.strictObject({
  checks: z.int(),
  leaks: z.int(),
  upperBound95: z.number().nullable(),
  boundaries: z.array(
    z.strictObject({
      boundary: z.string(),
      state: z.enum(['covered', 'leak', 'not-covered', 'not-shown']),
      ownSeen: z.int(),
      leaks: z.int(),
    }),
  ),
  witnesses: z.array(
    z.strictObject({
      boundary: z.string(),
      tenant: z.string(),
      owner: z.string(),
      requestId: z.string().nullable(),
      mark: z.string(),
      witness: z.string(),
    }),
  ),
  canary: z.strictObject({
    chunks: z.int().nullable(),
    marked: z.int().nullable(),
    tokenSharePct: z.number().nullable(),
    reason,
  }),
})

const driftVerdict = z.enum(['pass', 'warn', 'stop'])
const component = z.strictObject({
  component: z.string(),
  allocatedUsd: usd,
  billedUsd: usd,
  driftPct: z.number().nullable(),
  verdict: driftVerdict,
})
const incidents = z.strictObject({ abortedStreams: z.int(), lateEvents: z.int() })
const reconciliation = z.strictObject({
  month: z.string(),
  verdict: driftVerdict.nullable(),
  reason,
  method: z.string(),
  components: z.array(component),
  usage: component.nullable(),
  total: component.nullable(),
  incidents: incidents.nullable(),
})
const limits = z.strictObject({
  namespaceLimit: z.int(),
  operatingLimit: z.int(),
  alertAt: z.int(),
})
const referenceSubject = { kind: 'reference', name: 'the modules of tenantbench' } as const

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
  /** The system under test. */
  subject: z
    .strictObject({ kind: z.enum(['reference', 'module', 'http']), name: z.string() })
    .default(referenceSubject),
  /** `none`: the system under test brought its own. */
  services: z.enum(['embedded', 'live', 'none']),
  timeScale: z.number(),
  trials: z.int(),
  code: z.strictObject({
    version: z.string(),
    commit: z.string().nullable(),
    dirty: z.boolean().nullable(),
  }),
  environment: z.strictObject({
    node: z.string(),
    platform: z.string(),
    architecture: z.string(),
    processors: z.int(),
    postgres: z.string().nullable(),
    database: z.enum(['embedded', 'borrowed', 'none']),
  }),
  tenants: z.array(
    z.strictObject({
      tenant: z.string(),
      documents: z.int(),
      words: z.int(),
      chunks: z.int().nullable(),
      index: z.string().nullable(),
      storedBytes: z.int().nullable(),
      reason,
    }),
  ),
  cells: z.array(cell),
  costByTenant: z.array(tenantCost).default([]),
  costConcentration: concentration.nullable().default(null),
  /** Null where nothing was asked at moments of its own. */
  load: load.nullable().default(null),
  /**
   * How often the run was interrupted and resumed, and what was under way then: asked again, and
   * billed twice.
   */
  interruptions: z
    .strictObject({ count: z.int(), queries: z.int(), usd: usd.nullable(), reason })
    .default({ count: 0, queries: 0, usd: '0', reason: null }),
  claims: z.array(claim).default([]),
  /**
   * By how many percent a metric may worsen against a baseline; what is not named does not gate.
   */
  tolerancesPct: z.record(z.string(), z.number()).default({}),
  comparison: z.array(comparison),
  sameQuestion: z.array(sameQuestion),
  isolation,
  reconciliation,
  /** Null where no capacity was watched. */
  capacityLimits: limits.nullable(),
  capacity: z.array(z.strictObject({ index: z.string(), namespaces: z.int(), event: z.string() })),
  checks: z.array(z.strictObject({ id: z.string(), verdict, evidence: z.string() })),
  /** Checks that could not be made on this system, each with the reason. They are no pass. */
  notExamined: z.array(z.strictObject({ id: z.string(), reason: z.string() })).default([]),
  /** Sentences about what is not as it looks, e.g. a top_k above a corpus. */
  warnings: z.array(z.string()),
  timing: z.strictObject({
    startedAt: z.string(),
    wallSeconds: z.number(),
    stages: z.array(z.strictObject({ stage: z.string(), seconds: z.number() })),
    queriesPerSecond: z.number(),
    eventLoopDelayP99Ms: z.number(),
    peakMemoryBytes: z.strictObject({ run: z.int(), services: z.int() }),
  }),
})

/** A run record. */
export type RunRecord = z.infer<typeof runRecordSchema>
/** One cell of a record. */
export type RecordCell = RunRecord['cells'][number]
/** What a load came to. */
export type RecordLoad = NonNullable<RunRecord['load']>
/** A claim held against the run. */
export type RecordClaim = RunRecord['claims'][number]
/** One tenant's month. */
export type TenantCost = RunRecord['costByTenant'][number]
/** One tenant's line of the comparison. */
export type ComparisonLine = RunRecord['comparison'][number]
