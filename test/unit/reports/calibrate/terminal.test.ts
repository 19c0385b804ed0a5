/** A calibration in words. */
import { describe, expect, it } from 'vitest'
import type {
  CalibrateCell,
  CalibrateReport,
} from '../../../../reports/calibrate/calibrate-report.ts'
import { calibrateWords, verdictWords } from '../../../../reports/calibrate/terminal.ts'

function cell(change: Partial<CalibrateCell> = {}): CalibrateCell {
  return {
    cell: 'gpt-4-turbo, top 5 at 7.0/s',
    run: 'at-70',
    model: 'gpt-4-turbo',
    topK: 5,
    rerank: false,
    ratePerSecond: 7,
    role: 'held-out',
    heldOut: ['model', 'load'],
    metric: 'latency.p50',
    queries: 500,
    live: 1_000,
    simulated: 1_012,
    errorPct: 1.2,
    repeatPct: -0.4,
    limitPct: 5,
    verdict: 'pass',
    ...change,
  }
}

function report(change: Partial<CalibrateReport> = {}): CalibrateReport {
  const run = {
    run: 'at-70',
    runId: 'r',
    seed: 4,
    arrivals: 'poisson, 7 a second',
    ratePerSecond: 7,
    saturationPct: 70.2,
    queries: 3_000,
    use: 'held out',
    reason: null,
  } as const
  const profile = {
    ...run,
    run: 'profile',
    saturationPct: null,
    use: 'profile of the held-out model',
  } as const
  const left = { ...run, run: 'old', use: 'left out', reason: 'it has no load' } as const
  return {
    verdict: 'pass',
    exitCode: 0,
    scenario: 'calibrate',
    heldOut: { model: 'gpt-4-turbo', topK: 5, arrivals: 'poisson, 7 a second' },
    missing: [],
    notes: [],
    runs: [profile, run, left],
    maxInFlight: 8,
    grain: 'event',
    timeScale: 1,
    simulations: 20,
    leastToJudge: 1_000,
    seed: 42,
    fittedQueries: 900,
    cells: [cell()],
    ...change,
  }
}

describe('the table', () => {
  it(
    'has an error with the difference of two live runs beside it, and marks what is beyond ' +
      'its limit or not judged',
    () => {
      const cells = [
        cell(),
        cell({ metric: 'latency.p95', errorPct: 7.77, verdict: 'fail' }),
        cell({ metric: 'costUsd', errorPct: -0.2, repeatPct: null, verdict: null }),
      ]
      const words = calibrateWords(report({ cells, verdict: 'fail' }))
      expect(words).toMatch(
        /gpt-4-turbo, top 5 at 7\.0\/s .* model, load .* 500 .* \+1\.2 \(-0\.4\) .* !\+7\.8 \(-0\.4\) .* - .* ~-0\.2 /,
      )
    },
  )
  it('says what was held out, and by what the model is known', () => {
    expect(calibrateWords(report())).toMatch(
      /Held out: the model gpt-4-turbo, top_k 5, the load poisson, 7 a second\.\ngpt-4-turbo is known by the run profile alone/,
    )
    expect(
      calibrateWords(report({ heldOut: { model: null, topK: null, arrivals: null } })),
    ).toMatch(/Nothing was held out\./)
  })
  it('has every run with its use', () => {
    const words = calibrateWords(report())
    expect(words).toMatch(/at-70 .* 70 % .* held out/)
    expect(words).toMatch(/old .* left out: it has no load/)
  })
  it('prints names without what steers a terminal', () => {
    expect(calibrateWords(report({ cells: [cell({ cell: 'a\u001b[31mred\nline' })] }))).toMatch(
      /ared line/,
    )
  })
})

describe('the verdict', () => {
  it.each([
    [report(), /^PASS: all 1 figures/],
    [
      report({
        verdict: 'fail',
        cells: [
          cell({ verdict: 'fail', errorPct: 6 }),
          cell({ metric: 'costUsd', limitPct: 1, errorPct: -3, verdict: 'fail' }),
        ],
      }),
      /^FAIL: 2 of 2 .* costUsd of gpt-4-turbo, top 5 at 7\.0\/s \(-3\.0 %\)/,
    ],
    [
      report({ verdict: 'inconclusive', missing: ['a model: record two'] }),
      /^INCONCLUSIVE: .* Not shown: a model: record two\./,
    ],
  ])('%#', (given, words) => expect(verdictWords(given)).toMatch(words))
})
