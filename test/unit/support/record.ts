/** A small run record with everything in order, to be changed in what a test is about. */
import type { ComparisonLine, RecordCell, RunRecord } from '../../../reports/record/record.ts'

/** One tenant's line. */
export function comparisonLine(change: Partial<ComparisonLine> = {}): ComparisonLine {
  return {
    tenant: 'A',
    name: 'Alder & Stone LLP',
    tier: 'enterprise',
    docCount: 60,
    avgDocWords: 425.5,
    currentModel: 'gpt-4-turbo',
    currentTopK: 10,
    currentRerank: true,
    currentCostPerQueryUsd: '0.045',
    optimalModel: 'gpt-3.5-turbo',
    optimalTopK: 5,
    optimalRerank: false,
    projectedCostPerQueryUsd: '0.008',
    monthlyDifferenceUsd: '-185.00',
    reason: 'gpt-3.5-turbo top_k 5 is the cheapest that fits: right in at least 0.70.',
    assumptions: ['Quality is assumed.'],
    flipsWhen: null,
    ...change,
  }
}

const percentiles = { count: 60, p50: 900, p95: 1_800, p99: null }

/** One cell. */
export function recordCell(change: Partial<RecordCell> = {}): RecordCell {
  return {
    id: 'A/v1',
    tenant: 'A',
    variant: { id: 'v1', model: 'gpt-4-turbo', topK: 10, rerank: true },
    isCurrent: true,
    queries: 60,
    failures: 0,
    infeasible: false,
    configVersions: ['1.0'],
    latencyMs: { ...percentiles, stages: [] },
    modelledMs: percentiles,
    ownMs: percentiles,
    uncorrectedMs: percentiles,
    failedAttempts: null,
    latencySource: 'modelled+measured',
    reason: 'p99 needs 300 samples; there are 60',
    tokens: { promptMean: 3_000, completionMean: 250, estimated: false, source: 'metered' },
    costPerQueryUsd: {
      mean: '0.045',
      low95: '0.04',
      high95: '0.05',
      direct: '0.044',
      shared: '0.001',
      standardDeviation: '0.002',
      method: 'even',
      reason: null,
    },
    costSpread: {
      p50Usd: '0.043',
      p95Usd: '0.061',
      maxUsd: '0.1',
      coefficientOfVariation: 0.31,
      topHundredthPct: null,
    },
    quality: {
      questions: 20,
      retrievalRecall: 0.9,
      answerAccuracy: 0.85,
      low95: 0.64,
      high95: 0.95,
      source: 'modelled',
    },
    qualityByKind: [{ kind: 'literal', questions: 10, retrievalRecall: 1, answerAccuracy: 0.9 }],
    ...change,
  }
}

/** The record. */
export function runRecord(change: Partial<RunRecord> = {}): RunRecord {
  const component = {
    component: 'openai.chat',
    allocatedUsd: '10',
    billedUsd: '10.1',
    driftPct: -0.99,
    verdict: 'pass',
  } as const
  return {
    recordVersion: 1,
    runId: 'run-1',
    verdict: 'pass',
    exitCode: 0,
    runDir: 'runs/x',
    seed: 42,
    scenario: 'small',
    scenarioSha256: 'a'.repeat(64),
    priceBook: { id: 'list-2026-11', sha256: 'b'.repeat(64) },
    subject: { kind: 'reference', name: 'the modules of tenantbench' },
    services: 'embedded',
    timeScale: 0.001,
    trials: 3,
    code: { version: '0.1.0', commit: null, dirty: null },
    environment: {
      node: 'v24.0.0',
      platform: 'linux',
      architecture: 'x64',
      processors: 2,
      postgres: '18.0',
      database: 'embedded',
    },
    tenants: [
      {
        tenant: 'A',
        documents: 60,
        words: 25_530,
        chunks: 120,
        index: 'index-1',
        storedBytes: 400_000,
        reason: null,
      },
    ],
    cells: [recordCell()],
    costByTenant: [
      {
        tenant: 'A',
        monthlyUsd: '225',
        low95Usd: '200',
        high95Usd: '250',
        budgetUsd: '5000',
        budgetUsedPct: 4.5,
        fleetSharePct: 100,
        reason: null,
      },
    ],
    costConcentration: { tenants: 1, largestSharePct: 100, topTenthSharePct: 100, gini: 0 },
    tolerancesPct: {},
    load: null,
    interruptions: { count: 0, queries: 0, usd: '0', reason: null },
    claims: [],
    comparison: [comparisonLine()],
    sameQuestion: [
      {
        tenant: 'A',
        question: 'How high is the fee?',
        responseMs: 900,
        promptTokens: 3_000,
        completionTokens: 250,
        costUsd: '0.04',
        reason: null,
        topSource: 'A-00001',
        correct: true,
      },
    ],
    isolation: {
      checks: 60,
      leaks: 0,
      upperBound95: 0.049,
      boundaries: [{ boundary: 'answer', state: 'covered', ownSeen: 60, leaks: 0 }],
      witnesses: [],
      canary: { chunks: 120, marked: 120, tokenSharePct: 2, reason: null },
    },
    reconciliation: {
      month: '2026-11',
      verdict: 'pass',
      reason: null,
      method: 'even',
      components: [component],
      usage: { ...component, component: 'usage' },
      incidents: { abortedStreams: 1, lateEvents: 2 },
      total: { ...component, component: 'total' },
    },
    capacityLimits: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
    capacity: [],
    checks: [{ id: 'cost.reconciliation', verdict: 'pass', evidence: 'Drift 0 %.' }],
    notExamined: [],
    warnings: [],
    timing: {
      startedAt: '2026-11-23T00:00:00.000Z',
      wallSeconds: 12,
      stages: [],
      queriesPerSecond: 40,
      eventLoopDelayP99Ms: 3,
      peakMemoryBytes: { run: 300_000_000, services: 200_000_000 },
    },
    ...change,
  }
}
