import { describe, expect, it } from 'vitest'
import {
  compareRuns,
  type RecordedRun,
  type Tolerances,
} from '../../../../harness/compare/compare-runs.ts'
import { compareJunit } from '../../../../reports/compare/junit.ts'
import { compareMarkdown } from '../../../../reports/compare/markdown.ts'
import { compareWords } from '../../../../reports/compare/terminal.ts'
import type { RunRecord } from '../../../../reports/record/record.ts'
import { decodeSamples, type SampleLine } from '../../../../reports/record/sample-lines.ts'
import { randomFor } from '../../../../src/base/random.ts'
import { thrownBy } from '../../support/failures.ts'
import { recordCell, runRecord } from '../../support/record.ts'
import { sampleLine } from '../../support/sample-line.ts'

const cell = recordCell()
const latencies = randomFor(['compare-runs'])
const usual = Array.from({ length: 40 }, (_each, at) =>
  sampleLine({ cell: cell.id, question: `q${at}`, latencyMs: latencies.logNormal(1_000, 0.3) }),
)
const runOf = (
  change: (sample: SampleLine, at: number) => Partial<SampleLine> = () => ({}),
  record: Partial<RunRecord> = {},
): RecordedRun => ({
  record: runRecord({ cells: [cell], ...record }),
  samples: usual.map((sample, at) => ({ ...sample, ...change(sample, at) })),
})
const exact: Tolerances = { latency: 50, cost: 0, promptTokens: 0, recall: 0, failures: 0 }
const name = `${cell.tenant}/${cell.isCurrent ? 'current' : ''}`

const exitCodeOf = { pass: 0, improvement: 0, regression: 1, inconclusive: 3 }

describe('two runs', () => {
  it('that are the same pass', () => {
    const report = compareRuns(runOf(), runOf(), exact)
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0, incomparable: [], changes: [] })
    expect(report.comparisons.filter(({ gates }) => gates).map(({ verdict }) => verdict)).toEqual([
      'pass',
      'pass',
      'pass',
      'pass',
      'pass',
    ])
  })

  it.each([
    [
      'slower by far',
      runOf(({ latencyMs }) => ({ latencyMs: 2 * latencyMs })),
      'latency',
      'regression',
    ],
    [
      'slower within tolerance',
      runOf(({ latencyMs }) => ({ latencyMs: 1.2 * latencyMs })),
      'latency',
      'pass',
    ],
    [
      'quicker within tolerance',
      runOf(({ latencyMs }) => ({ latencyMs: 0.75 * latencyMs })),
      'latency',
      'pass',
    ],
    [
      'quicker by far',
      runOf(({ latencyMs }) => ({ latencyMs: 0.5 * latencyMs })),
      'latency',
      'improvement',
    ],
    [
      'dearer in one query',
      runOf((_sample, at) => (at === 3 ? { costUsd: '0.011' } : {})),
      'cost',
      'regression',
    ],
    [
      'longer by one token',
      runOf((_sample, at) => (at === 0 ? { promptTokens: 501 } : {})),
      'promptTokens',
      'regression',
    ],
    [
      'blind to one source',
      runOf((_sample, at) => (at === 0 ? { retrieved: false } : {})),
      'recall',
      'regression',
    ],
    [
      'failing once',
      runOf((_sample, at) => (at === 0 ? { outcome: 'failed' } : {})),
      'failures',
      'regression',
    ],
    ['cheaper', runOf(() => ({ costUsd: '0.009' })), 'cost', 'improvement'],
    ['without a cost', runOf(() => ({ costUsd: null })), 'cost', 'inconclusive'],
  ] as const)('of which one is %s', (_case, candidate, metric, verdict) => {
    const report = compareRuns(runOf(), candidate, exact)
    expect(report.comparisons.find((each) => each.metric === metric && each.gates)?.verdict).toBe(
      verdict,
    )
    expect(report).toMatchObject({ verdict, exitCode: exitCodeOf[verdict] })
  })

  it('with noise around the tolerance are inconclusive, and it says how many questions are needed', () => {
    const noise = randomFor(['noise'])
    const report = compareRuns(
      runOf(),
      runOf(({ latencyMs }) => ({ latencyMs: latencyMs * noise.logNormal(1, 0.3) })),
      { latency: 5 },
    )
    const latency = report.comparisons.find(({ metric }) => metric === 'latency')
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 })
    expect(latency?.questionsNeeded).toBeGreaterThan(40)
  })

  it('with another seed are compared by intervals, also where the tolerance is none', () => {
    const report = compareRuns(
      runOf(),
      runOf((_sample, at) => (at === 3 ? { costUsd: '0.011' } : {}), { seed: 43 }),
      { cost: 0 },
    )
    expect(report.verdict).toBe('inconclusive')
  })

  it('never change the exit code by what does not gate', () => {
    const report = compareRuns(
      runOf(),
      runOf(({ latencyMs }) => ({ latencyMs: 3 * latencyMs })),
      { cost: 0 },
    )
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0 })
    expect(report.comparisons.find(({ metric }) => metric === 'latency')).toMatchObject({
      gates: false,
      verdict: 'regression',
    })
  })

  it('without anything that gates are inconclusive', () => {
    expect(compareRuns(runOf(), runOf(), {})).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 3,
    })
  })

  it('of which the candidate leaked are a leak, whatever the figures', () => {
    const leaked = runOf(undefined, {
      verdict: 'leak',
      exitCode: 4,
      isolation: { ...runRecord().isolation, leaks: 2 },
    })
    expect(compareRuns(runOf(), leaked, exact)).toMatchObject({
      verdict: 'regression',
      exitCode: 4,
    })
  })

  it('that lack a cell of the baseline do not pass', () => {
    const second = recordCell({ id: 'other', tenant: 'Z' })
    const report = compareRuns(
      { record: runRecord({ cells: [cell, second] }), samples: usual },
      runOf(),
      exact,
    )
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      changes: [expect.objectContaining({ what: 'cell' })],
    })
  })

  it.each([
    ['scenario', { scenario: 'other' }],
    ['time scale', { timeScale: 1 }],
    ['services', { services: 'none' }],
    ['invalid', { verdict: 'invalid' }],
    ['no cell', { cells: [] }],
  ] as const)('that differ in kind (%s) are refused', (words, record) => {
    const report = compareRuns(
      runOf(),
      runOf(undefined, record as unknown as Partial<RunRecord>),
      exact,
    )
    expect(report).toMatchObject({ verdict: 'invalid', exitCode: 3, comparisons: [] })
    expect(report.incomparable.join()).toContain(words)
  })

  it('say first what is not the same', () => {
    const report = compareRuns(
      runOf(),
      runOf(undefined, { priceBook: { id: 'other', sha256: 'c'.repeat(64) } }),
      exact,
    )
    expect(report.changes.map(({ what }) => what)).toEqual(['price book'])
  })
})

describe('views of a comparison', () => {
  const evil = '<img src=x>|`@all`\u001B[31m'
  const report = compareRuns(
    runOf(),
    { ...runOf(() => ({ costUsd: '0.02' })), record: runRecord({ runId: evil, cells: [cell] }) },
    exact,
  )

  it('name the regression in words, Markdown and XML', () => {
    expect(compareWords(report)).toContain('REGRESSION: 1 of 5')
    expect(compareMarkdown(report)).toContain(name)
    expect(compareJunit(report)).toContain('failures="2"')
  })

  it('show what the user wrote as text alone', () => {
    expect(compareWords(report)).not.toContain('\u001B')
    const markdown = compareMarkdown(report)
    expect(markdown).not.toContain('<img')
    expect(markdown).not.toContain('@all')
  })
})

describe('samples.jsonl', () => {
  it('is read line by line', () => {
    expect(
      decodeSamples(
        `${JSON.stringify(sampleLine())}\n\n${JSON.stringify({ ...sampleLine({ question: 'q2' }), more: 1 })}\n`,
      ).map(({ question }) => question),
    ).toEqual(['q1', 'q2'])
  })

  it('is refused with every faulty line', () => {
    const { faults, code } = thrownBy(() =>
      decodeSamples(`{"a":1}\n${JSON.stringify(sampleLine())}\n{`),
    )
    expect(code).toBe('TB_RECORD_INVALID')
    expect(faults.map(({ line }) => line)).toEqual([1, 3])
  })
})
