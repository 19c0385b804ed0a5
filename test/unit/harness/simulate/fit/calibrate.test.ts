/**
 * The whole story on loads of a known system: it passes where nothing is wrong, and each planted
 * fault is told where it lies.
 */
import { describe, expect, it } from 'vitest'
import {
  calibrate,
  type CalibrateOptions,
  type Calibration,
  type CalibrationRun,
} from '../../../../../harness/calibrate/calibrate.ts'
import { ceilingOf } from '../../../../../harness/simulate/fit/queue.ts'
import { decodeFitSamples, type FitCell } from '../../../../../harness/simulate/fit/fit-sample.ts'
import { thrownBy } from '../../../support/failures.ts'
import { book, syntheticRun, syntheticRuns } from './synthetic.ts'

const queries = 2_100
const runs = syntheticRuns(queries)
const few = syntheticRuns(950)

/** Enough to fit, and to judge a model by, but no single configuration. */
function calibratedOnFew(change: Partial<CalibrateOptions> = {}): Calibration['report'] {
  return calibrated({ runs: few, simulations: 1, ...change })
}

function calibrated(change: Partial<CalibrateOptions> = {}): Calibration['report'] {
  return calibrate({
    runs,
    book,
    wanted: { model: null, topK: null },
    maxInFlight: null,
    simulations: 2,
    seed: 1,
    ...change,
  }).report
}

describe('loads without a fault', () => {
  const report = calibrated()

  it('are predicted: what was held out is within its limits', () => {
    expect(report.cells.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(report).toMatchObject({
      verdict: 'pass',
      exitCode: 0,
      missing: [],
      heldOut: { model: 'gpt-4-turbo', topK: 5, arrivals: 'poisson, 5.6 a second' },
      maxInFlight: 8,
    })
  })

  it('what was fitted to is shown and not judged, and only the held-out level has a repeat', () => {
    expect(report.cells.filter(({ role, verdict }) => role === 'fit' && verdict !== null)).toEqual(
      [],
    )
    expect([
      ...new Set(report.cells.filter(({ repeatPct }) => repeatPct !== null).map(({ run }) => run)),
    ]).toEqual(['at-70'])
    expect(report.runs.map(({ use }) => use)).toEqual([
      'profile of the held-out model',
      'fit',
      'fit',
      'held out',
      'repeat of the held-out level',
    ])
  })

  it('the held-out level is as busy as it was made to be', () => {
    const [, , , held] = report.runs
    expect(held?.saturationPct).toBeGreaterThan(55)
    expect(held?.saturationPct).toBeLessThan(90)
  })

  it('no figure depends on what is held out: other times there change no simulated one', () => {
    const fault = { firstToken: 1.5 }
    const spoiled = calibratedOnFew({
      runs: syntheticRuns(950, { 'at-70': fault, 'at-70-again': fault }),
    })
    const whole = calibratedOnFew()
    expect(spoiled.cells.map(({ simulated }) => simulated)).toEqual(
      whole.cells.map(({ simulated }) => simulated),
    )
    expect(spoiled.cells.map(({ live }) => live)).not.toEqual(whole.cells.map(({ live }) => live))
  })

  it('one seed, two calibrations: the same', () =>
    expect(calibratedOnFew()).toEqual(calibratedOnFew()))
})

describe('a planted fault', () => {
  const failing = (faults: Parameters<typeof syntheticRuns>[1]): readonly string[] => {
    const { verdict, exitCode, cells } = calibratedOnFew({ runs: syntheticRuns(950, faults) })
    expect([verdict, exitCode]).toEqual(['fail', 1])
    return [...new Set(cells.filter((cell) => cell.verdict === 'fail').map(({ metric }) => metric))]
  }

  it('a stage that took longer where the models were fitted', () => {
    expect(failing({ 'at-30': { rerank: 2 }, 'at-50': { rerank: 2 } })).toContain('latency.p50')
  })
  it('a stage that takes longer at the held-out level', () => {
    expect(failing({ 'at-70': { embed: 1.8 }, 'at-70-again': { embed: 1.8 } })).toContain(
      'latency.p95',
    )
  })
  it('a profile of another model under the same name', () => {
    expect(failing({ profile: { firstToken: 0.7 } })).toContain('latency.p50')
  })
  it('prompts that are not a line in top_k', () => {
    const bent = runs.map((run) => ({
      ...run,
      samples: run.samples.replace(
        /"promptTokens":(\d+)/g,
        (_found, tokens: string) =>
          `"promptTokens":${Math.round(Number(tokens) + Number(tokens) ** 2 / 2_000)}`,
      ),
    }))
    const { cells } = calibrated({ runs: bent })
    const failed = cells.filter(
      ({ verdict, metric, model }) =>
        verdict === 'fail' && metric === 'promptTokens' && model === 'gpt-4o-mini',
    )
    expect([...new Set(failed.map(({ topK }) => topK))]).toEqual([5])
  })
})

describe('runs that do not do', () => {
  const changed = (
    name: string,
    change: Partial<CalibrationRun['record']>,
  ): readonly CalibrationRun[] =>
    few.map((run) => (run.name === name ? { ...run, record: { ...run.record, ...change } } : run))

  it.each([
    [
      'a generator that fell behind',
      {
        load: {
          ...(few[1]?.record.load as NonNullable<CalibrationRun['record']['load']>),
          verdict: 'invalid' as const,
          reason: 'lag',
        },
      },
      /did not keep up: lag/,
    ],
    ['scaled waits', { timeScale: 0.5 }, /time scale 0.5/],
    ['no load', { load: null }, /no load/],
    ['another scenario', { scenario: 'quick' }, /another scenario/],
  ])('%s: left out, with the reason', (_case, change, words) => {
    const line = calibratedOnFew({ runs: changed('at-30', change) }).runs.find(
      ({ run }) => run === 'at-30',
    )
    expect(line).toMatchObject({ use: 'left out' })
    expect(line?.reason).toMatch(words)
  })

  it('none at all is a fault', () => {
    expect(
      thrownBy(() =>
        calibratedOnFew({
          runs: few.map((run) => ({ ...run, record: { ...run.record, timeScale: 0 } })),
        }),
      ).code,
    ).toBe('TB_CALIBRATION_EMPTY')
  })
  it('one level alone is inconclusive, with what to record', () => {
    const report = calibratedOnFew({ runs: few.filter(({ name }) => name === 'at-30') })
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 })
    expect(report.missing.join()).toMatch(/two rates/)
  })
  it('too few queries to judge by are inconclusive, and told', () => {
    expect(calibratedOnFew()).toMatchObject({
      verdict: 'inconclusive',
      missing: expect.arrayContaining([
        expect.stringMatching(/held out by top_k: no cell with a figure and 1000 queries/),
      ]),
    })
  })
  it('two runs of one seed are told', () => {
    expect(calibratedOnFew({ runs: changed('at-70-again', { seed: 4 }) }).notes.join()).toMatch(
      /same seed/,
    )
  })
  it('what nobody asked cannot be held out', () => {
    expect(
      thrownBy(() => calibratedOnFew({ wanted: { model: 'gpt-9', topK: null } })).message,
    ).toMatch(/asked gpt-4-turbo, gpt-4o-mini/)
    expect(thrownBy(() => calibratedOnFew({ wanted: { model: null, topK: 4 } })).message).toMatch(
      /3, 5, 8/,
    )
  })
  it('a faulty line is told with its place', () => {
    const { code, faults } = thrownBy(() =>
      calibratedOnFew({
        runs: few.map((run) => ({
          ...run,
          samples: run.samples.replace(/"heldMs":[\d.]+/, '"heldMs":-1'),
        })),
      }),
    )
    expect([code, faults[0]?.path, faults[0]?.line]).toEqual([
      'TB_RECORD_INVALID',
      'profile/samples.jsonl',
      1,
    ])
  })
})

describe('the most in flight', () => {
  const loadOf = (servers: number, ratePerSecond: number): Parameters<typeof ceilingOf>[0] => {
    const { record, samples } = syntheticRun({
      name: 'q',
      seed: 5,
      ratePerSecond,
      queries: 600,
      servers,
    })
    const cells = new Map(
      record.cells.map(({ id, tenant, variant }): [string, FitCell] => [
        id,
        { tenant, model: variant.model, topK: variant.topK, rerank: true, sharedUsd: null },
      ]),
    )
    return [
      {
        run: 'q',
        level: 'x',
        ratePerSecond,
        seed: 5,
        samples: decodeFitSamples(samples, { run: 'q', cells }),
      },
    ]
  }
  it.each([1, 3, 8])('%i is found where somebody was held back', (servers) =>
    expect(ceilingOf(loadOf(servers, servers * 1.5))).toBe(servers),
  )
  it('is unknown where nobody was', () => expect(ceilingOf(loadOf(400, 1))).toBeNull())
})
