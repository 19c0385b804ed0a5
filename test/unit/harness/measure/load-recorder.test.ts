/**
 * What a load is recorded in: any split over generators adds up to the whole, and ten million
 * samples take no more memory than a few.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  lateAfterMs,
  loadRecorder,
  togetherOf,
  type LoadCounts,
  type LoadRecorder,
  type LoadSeries,
  type Recordable,
} from '../../../../harness/measure/load-recorder.ts'
import {
  decodeTimeHistogram,
  type TimeHistogram,
} from '../../../../harness/measure/time-histogram.ts'
import { stages, type Stage } from '../../../../src/base/stages.ts'
import { root } from '../../../support/cli.ts'
import { observed } from '../../support/samples.ts'

type Came = Pick<Recordable, 'outcome' | 'errorCode'>

const answered: Came = { outcome: 'answered', errorCode: null }
const failed = (errorCode: Recordable['errorCode']): Came => ({ outcome: 'failed', errorCode })

const ms = fc.oneof(
  fc.double({ min: 0, max: 40_000, noNaN: true }),
  fc.integer({ min: 0, max: 20 }),
)
const few = fc.integer({ min: 0, max: 3 })
const stagesMs: fc.Arbitrary<Partial<Record<Stage, number>>> = fc.dictionary(
  fc.constantFrom(...stages),
  ms,
)
const queries = fc.array(
  fc
    .record({
      tenant: fc.constantFrom('A', 'B', 'C'),
      variant: fc.constantFrom('v1', 'v2'),
      came: fc.constantFrom(
        answered,
        answered,
        answered,
        failed('TB_LOAD_TIMEOUT'),
        failed('TB_LOAD_DROPPED'),
        failed('TB_TARGET_FAILED'),
      ),
      elapsedMs: ms,
      uncorrectedMs: ms,
      sendLagMs: ms,
      heldMs: fc.oneof(fc.constant(0), ms),
      stagesMs,
      failedAttempts: fc.option(fc.record({ throttled: few, refused: few, unanswered: few })),
      window: fc.constantFrom('quiet' as const, 'noisy' as const, null),
    })
    .map(({ variant, came, ...rest }): Recordable => ({
      ...rest,
      ...came,
      cell: `${rest.tenant}/${variant}`,
    })),
  { minLength: 1, maxLength: 200, size: 'max' },
)

function recorded(all: readonly Recordable[]): LoadRecorder {
  const recorder = loadRecorder()
  for (const each of all) recorder.record(each)
  return recorder
}

const shares = [0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1] as const
const asText = (histogram: TimeHistogram): object => ({
  count: histogram.count,
  percentiles: histogram.percentiles(),
  values: shares.map(histogram.valueAt),
})
const throughText = (histogram: TimeHistogram): object =>
  asText(decodeTimeHistogram(histogram.encode()))

/** Everything a recorder knows, in no order of its own. */
function told(recorder: LoadRecorder, show = asText): object {
  const series = ({ counts, latency, uncorrected, failures, stages: all }: LoadSeries): object => ({
    counts,
    latency: show(latency),
    uncorrected: show(uncorrected),
    failures: show(failures),
    stages: Object.fromEntries([...all].map(([stage, each]) => [stage, show(each)])),
  })
  const keyed = (all: ReadonlyMap<string, LoadSeries>): object =>
    Object.fromEntries([...all].map(([key, each]) => [key, series(each)]))
  return {
    cells: keyed(recorder.cells),
    windows: keyed(recorder.windows),
    sendLag: show(recorder.sendLag),
    total: series(togetherOf(recorder.cells.values())),
  }
}

function expectNear(histogram: TimeHistogram | undefined, samples: readonly number[]): void {
  expect(histogram?.count ?? 0).toBe(samples.length)
  const sorted = samples.toSorted((one, other) => one - other)
  for (const percent of [1, 50, 95, 99, 100]) {
    const exact = sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1] ?? 0
    expect(
      Math.abs((histogram?.valueAt(percent / 100) ?? 0) - exact),
      `p${percent} of ${sorted.length}`,
    ).toBeLessThanOrEqual(exact / 1_000 + 0.001)
  }
}

describe('a load split over generators', () => {
  it('is what one would have recorded: every count, cell, window and stage, also through text', () => {
    fc.assert(
      fc.property(queries, fc.integer({ min: 1, max: 16 }), (all, parts) => {
        const sum = loadRecorder()
        for (let part = 0; part < parts; part++)
          sum.add(recorded(all.filter((_query, at) => at % parts === part)))
        const whole = told(recorded(all))
        expect(told(sum)).toEqual(whole)
        expect(told(sum, throughText)).toEqual(whole)
      }),
      { numRuns: 40 },
    )
  })

  it('has the quantiles of the samples themselves, within one bucket', () => {
    fc.assert(
      fc.property(queries, fc.integer({ min: 1, max: 16 }), (all, parts) => {
        const sum = loadRecorder()
        for (let part = 0; part < parts; part++)
          sum.add(recorded(all.filter((_query, at) => at % parts === part)))
        expectNear(
          sum.sendLag,
          all.map(({ sendLagMs }) => sendLagMs),
        )
        for (const [cell, series] of sum.cells) {
          const own = all.filter((each) => each.cell === cell)
          const good = own.filter(({ outcome }) => outcome === 'answered')
          expectNear(
            series.latency,
            good.map(({ elapsedMs }) => elapsedMs),
          )
          expectNear(
            series.uncorrected,
            good.map(({ uncorrectedMs }) => uncorrectedMs),
          )
          expectNear(
            series.failures,
            own.filter(({ outcome }) => outcome === 'failed').map(({ elapsedMs }) => elapsedMs),
          )
          for (const stage of stages)
            expectNear(
              series.stages.get(stage),
              good.flatMap((each) => each.stagesMs[stage] ?? []),
            )
        }
      }),
      { numRuns: 40 },
    )
  })

  it('counts every query once in its cell, and in its window where there is one', () => {
    fc.assert(
      fc.property(queries, (all) => {
        const { cells, windows } = recorded(all)
        const sizes = (of: ReadonlyMap<string, LoadSeries>): number =>
          [...of.values()].reduce((sum, { counts }) => sum + counts.answered + counts.failed, 0)
        expect([sizes(cells), sizes(windows)]).toEqual([
          all.length,
          all.filter(({ window }) => window !== null).length,
        ])
        expect([...windows.keys()].every((key) => /^[ABC] (quiet|noisy)$/.test(key))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describe('one query', () => {
  const countsOf = (change: Partial<Recordable>): Partial<LoadCounts> =>
    Object.fromEntries(
      Object.entries(
        togetherOf(recorded([{ ...observed(), ...change }]).cells.values()).counts,
      ).filter(([, count]) => count > 0),
    )
  it.each([
    ['in time', {}, { answered: 1 }],
    ['just not late', { sendLagMs: lateAfterMs }, { answered: 1 }],
    ['late by the generator', { sendLagMs: lateAfterMs + 1 }, { answered: 1, late: 1 }],
    ['late by the ceiling', { heldMs: 11 }, { answered: 1, late: 1, held: 1 }],
    ['late by both together', { sendLagMs: 6, heldMs: 6 }, { answered: 1, late: 1, held: 1 }],
    ['timed out', failed('TB_LOAD_TIMEOUT'), { failed: 1, timedOut: 1 }],
    ['dropped', failed('TB_LOAD_DROPPED'), { failed: 1, dropped: 1 }],
    ['failed', failed('TB_TARGET_FAILED'), { failed: 1 }],
    [
      'after failed attempts',
      { failedAttempts: { throttled: 2, refused: 1, unanswered: 3 } },
      { answered: 1, throttled: 2, refused: 1, unanswered: 3 },
    ],
  ] as const)('%s', (_what, change, counts) => expect(countsOf(change)).toEqual(counts))

  it('that failed is out of the latencies and in the failures, with the time it took', () => {
    const series = togetherOf(
      recorded([
        observed({ ...failed('TB_LOAD_TIMEOUT'), elapsedMs: 30_000, stagesMs: { embed: 5 } }),
      ]).cells.values(),
    )
    expect([
      series.latency.count,
      series.uncorrected.count,
      series.stages.size,
      series.failures.count,
    ]).toEqual([0, 0, 0, 1])
    expectNear(series.failures, [30_000])
  })
})

/**
 * Records as many samples as it is told, of 200 tenants with eight histograms each, and says what
 * that took.
 */
const manySamples = `
const { loadRecorder } = await import(process.argv[1])
const samples = Number(process.argv[2])
const tenants = 200
const recorder = loadRecorder()
// Steps that are prime to each other go through all of 1 ms to 30 s, and are the same every time.
const time = (at, step) => 1 + ((at * step) % 29_999_000) / 1_000
const began = performance.now()
for (let at = 0; at < samples; at++) {
  const tenant = 'tenant-' + (at % tenants)
  const [one, other] = [time(at, 7_919), time(at, 104_729)]
  recorder.record({
    tenant, cell: tenant + '/v1', outcome: 'answered', errorCode: null, window: null, failedAttempts: null, sendLagMs: one / 1e4, heldMs: 0,
    elapsedMs: one, uncorrectedMs: other,
    stagesMs: { embed: one, retrieve: other, hydrate: time(at, 15_485_863), rerank: time(at, 32_452_843), firstToken: time(at, 6_700_417), lastToken: time(at, 2_147_483) },
  })
}
const seconds = (performance.now() - began) / 1_000
const series = [...recorder.cells.values()]
const histograms = series.reduce((sum, { latency, uncorrected, stages }) => sum + [latency, uncorrected, ...stages.values()].filter(({ count }) => count > 0).length, 0)
const counted = series.reduce((sum, { latency }) => sum + latency.count, 0)
const largest = Math.max(...series.map(({ latency }) => latency.max()))
process.stdout.write(JSON.stringify({ tenants: series.length, histograms, counted, largest, seconds, peakMemoryMb: process.resourceUsage().maxRSS / 1_024 }))
`

describe('memory', () => {
  const samples = Number(process.env['TENANTBENCH_SAMPLES'] ?? 200_000)

  it('is under 300 MB for 200 tenants with eight histograms each, however many samples', () => {
    const url = pathToFileURL(join(root, 'harness/measure/load-recorder.ts')).href
    const said = execFileSync(
      join(root, 'node_modules/.bin/node'),
      ['--input-type=module', '-e', manySamples, url, String(samples)],
      { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
    )
    const { counted, largest, ...figures } = JSON.parse(said) as {
      readonly counted: number
      readonly largest: number
      readonly tenants: number
      readonly histograms: number
      readonly peakMemoryMb: number
      readonly seconds: number
    }
    const out = process.env['TENANTBENCH_OUT']
    if (out !== undefined)
      writeFileSync(out, `${JSON.stringify({ samples, ...figures }, null, 2)}\n`)
    expect({ counted, tenants: figures.tenants, histograms: figures.histograms }).toEqual({
      counted: samples,
      tenants: 200,
      histograms: 1_600,
    })
    expect(largest).toBeGreaterThan(29_000)
    expect(figures.peakMemoryMb).toBeLessThan(300)
  }, 600_000)
})
