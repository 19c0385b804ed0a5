/**
 * A record of a system that is not ours: what it did not tell reads as a dash or with its reason in
 * every view, never as a figure.
 */
import { describe, expect, it } from 'vitest'
import { terminalSummary } from '../../../reports/views/terminal.ts'
import { views } from '../../../reports/write.ts'
import { decodeRecord, encodeRecord } from '../../../reports/record/codec.ts'
import type { RunRecord } from '../../../reports/record/record.ts'
import { comparisonLine, recordCell, runRecord } from '../support/record.ts'

const none = { count: 0, p50: null, p95: null, p99: null }
const record: RunRecord = runRecord({
  subject: { kind: 'http', name: 'their | service' },
  services: 'none',
  environment: { ...runRecord().environment, postgres: null, database: 'none' },
  tenants: [
    {
      tenant: 'A',
      documents: 60,
      words: 25_530,
      chunks: null,
      index: null,
      storedBytes: null,
      reason: 'not said',
    },
  ],
  cells: [
    recordCell({
      latencySource: 'measured',
      modelledMs: none,
      tokens: { promptMean: null, completionMean: null, estimated: false, source: 'target' },
      costPerQueryUsd: {
        mean: null,
        low95: null,
        high95: null,
        direct: null,
        shared: null,
        standardDeviation: null,
        method: 'even',
        reason: 'no tokens told',
      },
    }),
  ],
  comparison: [
    comparisonLine({
      currentCostPerQueryUsd: null,
      optimalModel: null,
      optimalTopK: null,
      optimalRerank: null,
      projectedCostPerQueryUsd: null,
      monthlyDifferenceUsd: null,
      reason: 'none: no tokens told.',
    }),
  ],
  sameQuestion: [
    {
      tenant: 'A',
      question: 'How high is the fee?',
      responseMs: 900,
      promptTokens: null,
      completionTokens: null,
      costUsd: null,
      reason: 'no tokens told',
      topSource: null,
      correct: true,
    },
  ],
  isolation: {
    ...runRecord().isolation,
    canary: { chunks: null, marked: null, tokenSharePct: null, reason: 'chunks are not shown' },
  },
  reconciliation: {
    month: '2026-11',
    verdict: null,
    reason: 'there is no bill',
    method: 'even',
    components: [],
    usage: null,
    total: null,
    incidents: null,
  },
  capacityLimits: null,
  checks: [{ id: 'isolation.no-foreign-mark', verdict: 'pass', evidence: '0 leaks.' }],
  notExamined: [{ id: 'cost.reconciliation', reason: 'there is no bill' }],
})

describe('a record with gaps', () => {
  it('is written and read again as it is', () => {
    expect(decodeRecord(encodeRecord(record))).toEqual(record)
  })

  it.each(views)('has no figure in $file where nothing is known', async (view) => {
    const content = await view.render(record)
    if (typeof content !== 'string') return expect(content.length).toBeGreaterThan(1_000)
    expect(content).not.toMatch(/\bnull\b|NaN|undefined|\$0\.0000/)
  })

  it.each(['report.md', 'report.html', 'junit.xml'])(
    'names in %s what was not examined, with the reason',
    async (file) => {
      const content = String(await views.find((view) => view.file === file)?.render(record))
      expect(content).toMatch(/not examined|skipped/)
      expect(content).toContain('there is no bill')
    },
  )

  it('counts what was not examined as skipped and not as passed', async () => {
    const junit = String(await views.find(({ file }) => file === 'junit.xml')?.render(record))
    expect(junit).toMatch(/<testsuite name="checks" tests="2" failures="0" errors="0" skipped="1"/)
    expect(junit).not.toContain('name="reconciliation"')
  })

  it('says on a terminal which system it was and what was not examined', () => {
    const summary = terminalSummary(record)
    expect(summary).toContain('NOT EXAMINED cost.reconciliation: there is no bill.')
    expect(summary).toContain('The system under test is their | service (http); times are measured')
    expect(summary).not.toMatch(/\bnull\b|NaN|undefined|\$0\.00/)
  })
})

it('a record from before there were other systems is still read', () => {
  const {
    subject: _subject,
    notExamined: _notExamined,
    ...rest
  } = JSON.parse(encodeRecord(runRecord())) as RunRecord
  expect(decodeRecord(JSON.stringify(rest))).toEqual(runRecord())
})
