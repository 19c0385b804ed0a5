/** `tenantbench calibrate`, as a user runs it, on recorded loads of a known system. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CalibrationRun } from '../../harness/calibrate/calibrate.ts'
import { decodeModels } from '../../harness/simulate/fit/models-file.ts'
import type { CalibrateReport } from '../../reports/calibrate/calibrate-report.ts'
import { encodeRecord } from '../../reports/record/codec.ts'
import { openWorkplace, runCli, runHere, type Ended } from '../support/cli.ts'
import { syntheticRuns } from '../unit/harness/simulate/fit/synthetic.ts'

const good = syntheticRuns(2_100)

interface Calibrated extends Ended {
  readonly models: string | null
}

/**
 * Writes runs where `run` would, and calibrates on them; FILE in the arguments is a new file for
 * the models.
 */
async function calibrated(
  runs: readonly CalibrationRun[],
  ...args: readonly string[]
): Promise<Calibrated> {
  using place = openWorkplace()
  for (const { name, record, samples } of runs) {
    mkdirSync(join(place.folder, 'runs', name), { recursive: true })
    writeFileSync(join(place.folder, 'runs', name, 'run.json'), encodeRecord(record))
    writeFileSync(join(place.folder, 'runs', name, 'samples.jsonl'), samples)
  }
  mkdirSync(join(place.folder, 'runs', 'notes'), { recursive: true })
  const file = join(place.folder, 'calibration.json')
  const ended = await runHere(place, [
    'calibrate',
    join(place.folder, 'runs'),
    '--simulations',
    '4',
    ...args.map((each) => (each === 'FILE' ? file : each)),
  ])
  return { ...ended, models: existsSync(file) ? readFileSync(file, 'utf8') : null }
}

describe('recorded loads', () => {
  it('pass: a table of errors, what was held out, and the models in a file', async () => {
    const { exitCode, stdout, models } = await calibrated(good, '--out', 'FILE')
    expect(stdout).toMatch(
      /Held out: the model gpt-4-turbo, top_k 5, the load poisson, 5\.6 a second\./,
    )
    expect(stdout).toMatch(/gpt-4-turbo, top 5, reranked at 5\.6\/s .* model, top_k, load/)
    expect(stdout).toMatch(/PASS: all \d+ figures/)
    expect(exitCode).toBe(0)
    expect([...decodeModels(models ?? '').chat.keys()].toSorted()).toEqual([
      'gpt-4-turbo',
      'gpt-4o-mini',
    ])
  })

  it('as JSON: one document, with the fields that others read', async () => {
    const { exitCode, stdout } = await calibrated(good, '--json')
    const report = JSON.parse(stdout) as CalibrateReport
    expect(exitCode).toBe(report.exitCode)
    expect(report.cells.find(({ role }) => role === 'held-out')).toMatchObject({
      cell: expect.any(String),
      metric: expect.any(String),
      live: expect.any(Number),
      simulated: expect.any(Number),
      errorPct: expect.any(Number),
    })
  })

  it('fail where a stage was recorded wrong, with the worst figure', async () => {
    const { exitCode, stdout } = await calibrated(
      syntheticRuns(2_100, { 'at-30': { embed: 3 }, 'at-50': { embed: 3 } }),
    )
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/FAIL: \d+ of \d+ figures .*latency/),
    ])
  })

  it('another model and top_k are held out as wished; without a profile that is inconclusive', async () => {
    const { exitCode, stdout } = await calibrated(
      good,
      '--hold-out-model',
      'gpt-4o-mini',
      '--hold-out-top-k',
      '8',
    )
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringMatching(/INCONCLUSIVE: .*the model gpt-4o-mini: record a run at a low rate/),
    ])
  })

  it('one run alone is inconclusive', async () => {
    const { exitCode, stdout } = await calibrated(good.slice(1, 2))
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringMatching(/record the scenario at two rates or more/),
    ])
  })
})

describe('what cannot be calibrated on', () => {
  it('too few queries: every table that lacks some is named', async () => {
    const { exitCode, stderr } = await calibrated(syntheticRuns(300))
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/TB_CALIBRATION_EMPTY/)])
    expect(stderr).toMatch(/gpt-4o-mini, first token: \d+ queries to fit, and a table needs 300/)
  })

  const cases: Readonly<
    Record<
      string,
      {
        readonly runs: readonly CalibrationRun[]
        readonly args?: readonly string[]
        readonly code: number
        readonly words: RegExp
      }
    >
  > = {
    'a folder without runs': { runs: [], code: 3, words: /holds no run/ },
    'a model that nobody asked': {
      runs: good.slice(0, 2),
      args: ['--hold-out-model', 'gpt-9'],
      code: 2,
      words: /the runs asked/,
    },
    'half a top_k': {
      runs: good.slice(0, 1),
      args: ['--hold-out-top-k', '2.5'],
      code: 2,
      words: /whole number/,
    },
    'lines that are none': {
      runs: good.slice(0, 1).map((run) => ({ ...run, samples: '{"cell":1}\n' })),
      code: 2,
      words: /TB_RECORD_INVALID/,
    },
  }
  it.each(Object.entries(cases))('%s', async (_case, { runs, args = [], code, words }) => {
    const { exitCode, stderr } = await calibrated(runs, ...args)
    expect([exitCode, stderr]).toEqual([code, expect.stringMatching(words)])
  })

  it('a file of models that is there already is kept', async () => {
    using place = openWorkplace()
    writeFileSync(join(place.folder, 'kept.json'), 'mine')
    const { exitCode } = await runCli(place, [
      'calibrate',
      place.folder,
      '--out',
      join(place.folder, 'kept.json'),
    ])
    expect([exitCode, readFileSync(join(place.folder, 'kept.json'), 'utf8')]).toEqual([5, 'mine'])
  })
})
