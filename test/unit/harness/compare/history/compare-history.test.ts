/**
 * A run against a store: which runs count, that none is never a pass, and what is told of the
 * history.
 */
import { describe, expect, it } from 'vitest'
import type { RecordedRun } from '../../../../../harness/compare/compare-runs.ts'
import { chooseBaselines, type StoredRun } from '../../../../../harness/compare/history/choose.ts'
import { compareWithHistory } from '../../../../../harness/compare/history/compare-history.ts'
import { compareJunit } from '../../../../../reports/compare/junit.ts'
import { compareMarkdown } from '../../../../../reports/compare/markdown.ts'
import { compareWords } from '../../../../../reports/compare/terminal.ts'
import type { RunRecord } from '../../../../../reports/record/record.ts'
import type { SampleLine } from '../../../../../reports/record/sample-lines.ts'
import { randomFor } from '../../../../../src/base/random.ts'
import { recordCell, runRecord } from '../../../support/record.ts'
import { sampleLine } from '../../../support/sample-line.ts'

const cell = recordCell()
const day = (at: number): string => `2026-11-${String(at).padStart(2, '0')}T00:00:00.000Z`
const recordOf = (at: number, change: Partial<RunRecord> = {}): RunRecord =>
  runRecord({
    runId: `run-${at}`,
    cells: [cell],
    timing: { ...runRecord().timing, startedAt: day(at) },
    code: { version: '0.1.0', commit: `${at}`.repeat(12), dirty: false },
    ...change,
  })

function runOn(
  at: number,
  shift = 1,
  change: (sample: SampleLine) => Partial<SampleLine> = () => ({}),
): RecordedRun {
  const [levels, noise] = [randomFor(['levels']), randomFor(['noise', at])]
  const samples = Array.from({ length: 40 }, (_each, question) =>
    sampleLine({
      cell: cell.id,
      question: `q${question}`,
      latencyMs: shift * noise.logNormal(levels.logNormal(1_000, 0.4), 0.05),
    }),
  )
  return {
    record: recordOf(at),
    samples: samples.map((sample) => ({ ...sample, ...change(sample) })),
  }
}

const store = (record: RunRecord, name = record.runId): StoredRun => ({ name, record })
const candidate = runOn(20)
const none = { leftOut: [], last: 5 }
const newestFirst = (...days: readonly number[]): readonly RecordedRun[] =>
  days.toSorted((one, other) => other - one).map((at) => runOn(at))

describe('what a store holds for a candidate', () => {
  it('is the comparable runs before it, the newest first', () => {
    const { comparable, leftOut } = chooseBaselines(
      [store(recordOf(3)), store(recordOf(5)), store(recordOf(4))],
      candidate.record,
    )
    expect(comparable.map(({ name }) => name)).toEqual(['run-5', 'run-4', 'run-3'])
    expect(leftOut).toEqual([])
  })

  it.each([
    ['another scenario', recordOf(3, { scenario: 'other' }), 'the scenario is other'],
    ['another system', recordOf(3, { subject: { kind: 'http', name: 'x' } }), 'the kind of system'],
    ['other services', recordOf(3, { services: 'live' }), 'what the services are'],
    ['another time scale', recordOf(3, { timeScale: 1 }), 'the time scale'],
    ['an invalid run', recordOf(3, { verdict: 'invalid' }), 'the baseline is an invalid run'],
    ['a leak', recordOf(3, { verdict: 'leak' }), 'it leaked'],
    ['the candidate itself', candidate.record, 'it is the candidate itself'],
    ['a later run', recordOf(21), 'it is not older'],
    ['a run of the same moment', recordOf(20, { runId: 'other' }), 'it is not older'],
    ['what cannot be read', null, 'its record cannot be read'],
  ])('is not %s, and says why', (_case, record, reason) => {
    const { comparable, leftOut } = chooseBaselines(
      [{ name: 'x', record }, store(recordOf(4))],
      candidate.record,
    )
    expect(comparable.map(({ name }) => name)).toEqual(['run-4'])
    expect(leftOut).toMatchObject([{ run: 'x', reason: expect.stringContaining(reason) as string }])
  })

  it('counts a copy of a run once', () => {
    expect(
      chooseBaselines([store(recordOf(3), 'a'), store(recordOf(3), 'b')], candidate.record),
    ).toMatchObject({
      comparable: [{ name: 'a' }],
      leftOut: [{ run: 'b', reason: 'it is a copy of another' }],
    })
  })
})

describe('a run and its history', () => {
  it('passes where nothing changed, against the newest runs only', () => {
    const report = compareWithHistory(
      { ...none, runs: newestFirst(1, 2, 3, 4, 5, 6, 7) },
      candidate,
      { latency: 30, cost: 0 },
    )
    expect(report).toMatchObject({
      verdict: 'pass',
      exitCode: 0,
      baseline: { runId: 'run-7' },
      changePoints: [],
    })
    expect(report.baselineRuns).toEqual(
      [7, 6, 5, 4, 3].map((at) => ({
        runId: `run-${at}`,
        startedAt: day(at),
        commit: `${at}`.repeat(12),
      })),
    )
    expect(compareWords(report)).toContain('5 runs together, the newest run-7')
  })

  it('is a regression where it is far slower than all', () => {
    expect(
      compareWithHistory({ ...none, runs: newestFirst(1, 2, 3, 4, 5) }, runOn(20, 1.6), {
        latency: 30,
      }),
    ).toMatchObject({ verdict: 'regression', exitCode: 1 })
  })

  it('is not called slower for what runs differ in by themselves', () => {
    const restless = [1.3, 0.8, 1.1, 0.75, 1.2].map((shift, at) => runOn(10 - at, shift))
    const against = (runs: readonly RecordedRun[]): string =>
      compareWithHistory({ ...none, runs }, runOn(20, 1.25), { latency: 10 }).verdict
    expect(against([runOn(7, 0.75)])).toBe('regression')
    expect(against(restless)).toBe('inconclusive')
  })

  it('compares what one seed fixes with the newest run alone', () => {
    const dearer = runOn(20, 1, () => ({ costUsd: '0.02' }))
    const runs = [runOn(5, 1, () => ({ costUsd: '0.02' })), ...newestFirst(1, 2, 3, 4)]
    expect(compareWithHistory({ ...none, runs }, dearer, { cost: 0 }).verdict).toBe('pass')
    expect(
      compareWithHistory({ ...none, runs: newestFirst(1, 2, 3) }, dearer, { cost: 0 }),
    ).toMatchObject({ verdict: 'regression', exitCode: 1 })
  })

  it('with one run is what two runs are', () => {
    const report = compareWithHistory({ ...none, last: 1, runs: newestFirst(4, 5) }, candidate, {
      latency: 30,
    })
    expect(report.baselineRuns.map(({ runId }) => runId)).toEqual(['run-5'])
    expect(report.verdict).toBe('pass')
  })
})

describe('a store without a comparable run', () => {
  const empty = compareWithHistory(
    {
      ...none,
      runs: [],
      leftOut: [
        { run: 'a', reason: 'it leaked' },
        { run: '<b>', reason: 'the scenario is <img src=x> in the baseline' },
      ],
    },
    candidate,
    { latency: 30 },
  )

  it('is inconclusive, and says how to fill it', () => {
    expect(empty).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 3,
      baselineRuns: [],
      comparisons: [],
    })
    expect(compareWords(empty)).toMatch(
      /none of the 2 runs in the baseline folder .* Fill it: run the same scenario/,
    )
    expect(
      compareWords(compareWithHistory({ ...none, runs: [] }, candidate, { latency: 30 })),
    ).toContain('the baseline folder holds no run')
    expect(compareMarkdown(empty)).not.toContain('<img')
    expect(compareJunit(empty)).toContain('errors="1"')
  })

  it('does not hide a leak or an invalid candidate', () => {
    const leaked = {
      ...candidate,
      record: {
        ...candidate.record,
        verdict: 'leak' as const,
        isolation: { ...candidate.record.isolation, leaks: 1 },
      },
    }
    expect(compareWithHistory({ ...none, runs: [] }, leaked, {})).toMatchObject({
      verdict: 'regression',
      exitCode: 4,
    })
    expect(
      compareWithHistory(
        { ...none, runs: [] },
        { ...candidate, record: { ...candidate.record, verdict: 'invalid' } },
        {},
      ),
    ).toMatchObject({ verdict: 'invalid', exitCode: 3 })
  })
})

describe('changes in the history', () => {
  const slowerSince8 = Array.from({ length: 14 }, (_each, at) =>
    runOn(at + 1, at + 1 < 8 ? 1 : 1.3),
  ).toReversed()
  const report = compareWithHistory({ ...none, runs: slowerSince8 }, runOn(20, 1.3), {
    latency: 30,
  })

  it('are told with the run that began them, and decide nothing', () => {
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0 })
    expect(report.changePoints).toMatchObject([
      {
        metric: 'latency',
        cell: 'A/current',
        runId: 'run-8',
        startedAt: day(8),
        commit: '8'.repeat(12),
      },
    ])
    expect(report.changePoints[0]?.deltaPct).toBeCloseTo(30, -1)
  })

  it('are shown in words and Markdown', () => {
    for (const text of [compareWords(report), compareMarkdown(report)]) {
      expect(text).toContain('Levels changed in the history')
      expect(text).toContain('run-8')
    }
  })

  it('are not looked for in metrics that do not gate, nor in fewer than six runs', () => {
    expect(
      compareWithHistory({ ...none, runs: slowerSince8 }, candidate, { cost: 0 }).changePoints,
    ).toEqual([])
    expect(
      compareWithHistory({ ...none, runs: slowerSince8.slice(4, 9) }, candidate, { latency: 30 })
        .changePoints,
    ).toEqual([])
  })

  it('of several cells have a series over all', () => {
    const second = recordCell({ id: 'B/v1', tenant: 'B' })
    const both = ({ record, samples }: RecordedRun): RecordedRun => ({
      record: { ...record, cells: [cell, second] },
      samples: [
        ...samples,
        ...samples.map((sample) => ({
          ...sample,
          cell: second.id,
          latencyMs: 10 * sample.latencyMs,
        })),
      ],
    })
    const found = compareWithHistory(
      { ...none, runs: slowerSince8.map(both) },
      both(runOn(20, 1.3)),
      { latency: 30 },
    ).changePoints
    expect(found.map(({ cell: name }) => name)).toEqual(['all cells', 'A/current', 'B/current'])
    expect(found[0]?.beforeMean).toBeCloseTo(1, 0)
  })
})
