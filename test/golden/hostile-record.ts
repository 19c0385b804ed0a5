/** A small run record written by hand, in which every text that a user can choose tries to be something else. */
import type { ComparisonLine, RecordCell, RunRecord } from '../../reports/record/record.ts'

/** Texts that a spreadsheet, a browser, a terminal, a CI log or a Markdown reader would act on. */
const hostile = {
  formula: '=HYPERLINK("x")',
  sum: '+1+cmd|\' /C calc\'!A0',
  image: '<img src=x>',
  command: '::error::broken ##[error]broken ##vso[task.complete]',
  escape: '\u001b[31mred\u001b[0m',
  link: '[click](https://evil.example/)',
  autolink: 'https://evil.example/ @someone',
  cell: 'a|b\n# heading\n\n| c |',
  reversed: '\u202egnp.exe',
} as const

const percentiles = { count: 60, p50: 812.4, p95: 2_431.9, p99: null }

const cell = (tenant: string, changes: Partial<RecordCell>): RecordCell => ({
  id: `${tenant}/0123456789`,
  tenant,
  variant: { id: '0123456789', model: 'gpt-4o', topK: 10, rerank: true },
  isCurrent: true,
  failedAttempts: null,
  queries: 60,
  failures: 0,
  infeasible: false,
  configVersions: ['1.0'],
  latencyMs: { ...percentiles, stages: [] },
  modelledMs: percentiles,
  ownMs: percentiles,
  uncorrectedMs: percentiles,
  latencySource: 'modelled+measured',
  reason: 'p99 needs 300 samples; there are 60',
  tokens: { promptMean: 2_688.7, completionMean: 77.8, estimated: false, source: 'metered' },
  costPerQueryUsd: { mean: '0.035035737834', low95: '0.033239681834', high95: '0.036909869059', direct: '0.031225776', shared: '0.003809961834', standardDeviation: '0.004658045217', method: 'even', reason: null },
  quality: { questions: 20, retrievalRecall: 0.95, answerAccuracy: 0.85, low95: 0.6396, high95: 0.9476, source: 'modelled' },
  costSpread: null,
  qualityByKind: [{ kind: 'fact', questions: 15, retrievalRecall: 1, answerAccuracy: 0.9333 }, { kind: 'unanswerable', questions: 5, retrievalRecall: null, answerAccuracy: 0.6 }],
  ...changes,
})

const line = (tenant: string, changes: Partial<ComparisonLine>): ComparisonLine => ({
  tenant,
  name: `Tenant ${tenant}`,
  tier: 'premium',
  docCount: 1_000,
  avgDocWords: 149.6,
  currentModel: 'gpt-4o',
  currentTopK: 10,
  currentRerank: true,
  currentCostPerQueryUsd: '0.045',
  optimalModel: 'gpt-3.5-turbo',
  optimalTopK: 5,
  optimalRerank: false,
  projectedCostPerQueryUsd: '0.008',
  monthlyDifferenceUsd: '-185',
  reason: 'cheapest above the floor: 85 % right, floor 80 %',
  assumptions: ['Quality is modelled, not measured.'],
  flipsWhen: 'accuracy of gpt-3.5-turbo falls by 4 points',
  ...changes,
})

const boundary = (name: string, changes: Partial<RunRecord['isolation']['boundaries'][number]>): RunRecord['isolation']['boundaries'][number] => ({ boundary: name, state: 'covered', ownSeen: 120, leaks: 0, ...changes })

/** The record. */
export const hostileRecord: RunRecord = {
  recordVersion: 1,
  runId: '20261101t120000_0123456789',
  verdict: 'leak',
  exitCode: 4,
  load: null,
  interruptions: { count: 0, queries: 0, usd: '0', reason: null },
  runDir: 'runs/golden',
  seed: 42,
  scenario: hostile.link,
  scenarioSha256: 'a'.repeat(64),
  priceBook: { id: hostile.image, sha256: 'b'.repeat(64) },
  subject: { kind: 'reference', name: 'the modules of tenantbench' },
  services: 'embedded',
  timeScale: 0.001,
  trials: 3,
  code: { version: '0.1.0', commit: 'c'.repeat(40), dirty: true },
  environment: { node: 'v24.21.0', platform: 'linux', architecture: 'x64', processors: 2, postgres: '18.4', database: 'embedded' },
  tenants: [{ tenant: 'A', documents: 1_000, words: 149_600, chunks: 1_004, index: 'index-1', storedBytes: 2_124_464, reason: null }],
  cells: [
    cell('A', {}),
    cell('A', { id: 'A/1', variant: { id: '1', model: hostile.command, topK: 5, rerank: false }, isCurrent: false, latencyMs: { count: 40, p50: 790.04, p95: null, p99: null, stages: [] }, quality: { questions: 20, retrievalRecall: null, answerAccuracy: 1, low95: 0.8389, high95: 1, source: 'measured' } }),
    cell('B', { failures: 60, infeasible: true, latencyMs: { count: 0, p50: null, p95: null, p99: null, stages: [] }, tokens: { promptMean: null, completionMean: null, estimated: true, source: 'metered' }, qualityByKind: [] }),
  ],
  costByTenant: [{ tenant: '<b>|A`', monthlyUsd: null, low95Usd: null, high95Usd: null, budgetUsd: '5', budgetUsedPct: null, fleetSharePct: null, reason: '<script>alert(1)</script>' }],
  costConcentration: null,
  tolerancesPct: {},
  claims: [{ id: 'a', says: '<b>|A` [x](https://evil.example)', claimedUsd: '0.045', foundUsd: '0.0449', offPct: -0.2, verdict: 'pass', assumes: '<script>alert(1)</script>', others: [{ label: 'a|b\n# c', usd: '185', reason: null }], reason: null }],
  comparison: [
    line('A', { name: hostile.formula }),
    line('B', { name: hostile.image, optimalModel: null, optimalTopK: null, optimalRerank: null, projectedCostPerQueryUsd: null, monthlyDifferenceUsd: null, reason: 'none yet: ask 40 more', flipsWhen: null }),
    line('C', { name: hostile.command, currentModel: hostile.formula, optimalModel: hostile.sum, monthlyDifferenceUsd: '12.345' }),
    line('D', { name: hostile.escape, optimalModel: hostile.escape, reason: hostile.cell, assumptions: [hostile.link, hostile.autolink] }),
    line('E', { name: hostile.link, optimalModel: hostile.cell, flipsWhen: hostile.image }),
    line('F', { name: hostile.reversed, currentModel: hostile.link, optimalModel: '@SUM(A1)' }),
    line('G', { name: hostile.cell, currentModel: hostile.escape, optimalModel: '-2+3' }),
  ],
  sameQuestion: [
    { tenant: 'A', question: hostile.cell, responseMs: 1_234.5, promptTokens: 2_688, completionTokens: 78, costUsd: '0.0351', reason: null, topSource: hostile.link, correct: true },
    { tenant: 'B', question: hostile.autolink, responseMs: null, promptTokens: 0, completionTokens: 0, costUsd: '0', reason: null, topSource: null, correct: false },
  ],
  isolation: {
    checks: 480,
    leaks: 1,
    upperBound95: null,
    boundaries: [boundary('rows', {}), boundary('answer', { state: 'leak', leaks: 1 }), boundary('notices', { state: 'not-covered', ownSeen: 0 })],
    witnesses: [{ boundary: 'answer', tenant: 'A', owner: 'B', requestId: 'r-1', mark: hostile.escape, witness: `${hostile.image} ${hostile.link}` }],
    canary: { chunks: 1_004, marked: 1_003, tokenSharePct: 1.94, reason: null },
  },
  reconciliation: {
    month: '2026-11',
    verdict: 'pass',
    reason: null,
    method: 'even',
    components: [
      { component: 'openai.chat', allocatedUsd: '2.102144270040', billedUsd: '2.1', driftPct: 0.1021, verdict: 'pass' },
      { component: hostile.cell, allocatedUsd: '1', billedUsd: '0', driftPct: null, verdict: 'pass' },
    ],
    usage: { component: 'usage', allocatedUsd: '1.000001', billedUsd: '1', driftPct: 0.0001, verdict: 'pass' },
    incidents: { abortedStreams: 1, lateEvents: 2 },
    total: { component: 'total', allocatedUsd: '3.102144270040', billedUsd: '3.1', driftPct: -0.0692, verdict: 'pass' },
  },
  capacityLimits: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
  capacity: [{ index: 'index-1', namespaces: 72, event: 'alert' }],
  checks: [
    { id: 'isolation.no-leak', verdict: 'leak', evidence: hostile.command },
    { id: hostile.link, verdict: 'inconclusive', evidence: hostile.escape },
  ],
  notExamined: [],
  warnings: [`top_k is more than the chunks of ${hostile.image}`],
  timing: { startedAt: '2026-11-01T12:00:00.000Z', wallSeconds: 12.5, stages: [{ stage: 'drive', seconds: 9.25 }], queriesPerSecond: 19.5, eventLoopDelayP99Ms: 11.2, peakMemoryBytes: { run: 312_000_000, services: 208_000_000 } },
}
