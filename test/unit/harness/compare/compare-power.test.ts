/**
 * Whole comparisons of equal runs and of runs with a known change: false alarms, and changes that
 * are found at the size that the tool itself asks for. Two hundred of each here; a thousand, with
 * the figures written down, by `npm run proof -- compare`, which sets TENANTBENCH_COMPARISONS and
 * TENANTBENCH_OUT.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import {
  compareRuns,
  compareToRuns,
  type RecordedRun,
} from '../../../../harness/compare/compare-runs.ts'
import type { ComparedMetric, CompareReport } from '../../../../reports/record/compare-report.ts'
import type { SampleLine } from '../../../../reports/record/sample-lines.ts'
import { randomFor } from '../../../../src/base/random.ts'
import { recordCell, runRecord } from '../../support/record.ts'
import { sampleLine } from '../../support/sample-line.ts'

const comparisons = Number(process.env['TENANTBENCH_COMPARISONS'] ?? 200)
const minutes = 60_000
const figures: Record<string, unknown> = { comparisons }
afterAll(() => {
  const out = process.env['TENANTBENCH_OUT']
  if (out !== undefined) writeFileSync(out, JSON.stringify(figures))
})

interface Made {
  /** What the questions' levels are drawn from: the same is the same questions. */
  readonly levels: string
  readonly questions?: number
  readonly shift?: number
  /** Sigma of what questions differ by. */
  readonly spread?: number
  /** Sigma of what whole runs differ by. */
  readonly drift?: number
  readonly seed?: number
}

const cell = recordCell()
const trials = 3

/**
 * Latencies: questions differ in level, trials around it. Runs of different seeds are judged by
 * intervals, also where nothing is tolerated.
 */
function runOf(
  key: string,
  { levels, questions = 40, spread = 0.5, shift = 1, drift = 0, seed = 1 }: Made,
): RecordedRun {
  const [level, noise] = [randomFor([levels, 'levels']), randomFor([key, 'noise'])]
  const own = shift * Math.exp(drift * randomFor([key, 'drift']).normal())
  const samples = Array.from({ length: questions }, (_each, at): readonly SampleLine[] => {
    const median = level.logNormal(1_000, spread)
    return Array.from({ length: trials }, (_trial, trial) =>
      sampleLine({
        cell: cell.id,
        question: `${levels}.${at}`,
        trial,
        latencyMs: own * noise.logNormal(median, 0.3),
      }),
    )
  })
  return { record: runRecord({ seed, cells: [cell] }), samples: samples.flat() }
}

function latencyOf(report: CompareReport): ComparedMetric {
  return report.comparisons.find(({ metric }) => metric === 'latency') as ComparedMetric
}

/**
 * With no tolerance and another seed, a verdict that is not a pass or open is the raw test:
 * interval beyond 0, and p of 0.05 at most.
 */
function isAlarm({ verdict }: ComparedMetric): boolean {
  return verdict === 'regression' || verdict === 'improvement'
}

const each = Array.from({ length: comparisons }, (_each, at) => at)

describe.each([
  ['paired', true],
  ['not paired', false],
] as const)('%s', (name, isPaired) => {
  const levelsOf = (at: number): { readonly before: string; readonly after: string } => ({
    before: `l${at}`,
    after: isPaired ? `l${at}` : `m${at}`,
  })

  it(
    'equal runs: at most 5 % raw alarms, and at most one regression at a tolerance',
    { timeout: 5 * minutes },
    () => {
      const found = each.map((at) => {
        const { before, after } = levelsOf(at)
        const [baseline, candidate] = [
          runOf(`a${at}`, { levels: before }),
          runOf(`b${at}`, { levels: after, seed: 2 }),
        ]
        return {
          raw: latencyOf(compareRuns(baseline, candidate, { latency: 0 })),
          tolerant: compareRuns(baseline, candidate, { latency: 10 }),
        }
      })
      const [alarms, regressions] = [
        found.filter(({ raw }) => isAlarm(raw)).length,
        found.filter(({ tolerant }) => tolerant.verdict === 'regression').length,
      ]
      figures[`equal, ${name}`] = {
        questions: 40,
        trials,
        rawAlarmsPct: (100 * alarms) / comparisons,
        regressionsAt10Pct: regressions,
      }
      expect(alarms, 'keys a0, b0 and on').toBeLessThanOrEqual(0.05 * comparisons)
      expect(regressions).toBeLessThanOrEqual(1)
    },
  )

  it(
    '10 % slower: found in at least 90 % with as many questions as are said to be needed',
    { timeout: 5 * minutes },
    () => {
      const asked: number[] = []
      // Unpaired, what questions differ in is noise; as much of it as above would need a thousand
      // of them.
      const spread = isPaired ? 0.5 : 0.25
      const found = each.filter((at) => {
        const { before, after } = levelsOf(at)
        const { questionsNeeded } = latencyOf(
          compareRuns(
            runOf(`a${at}`, { levels: before, spread }),
            runOf(`b${at}`, { levels: after, spread, seed: 2 }),
            { latency: 10 },
          ),
        )
        const questions = questionsNeeded ?? 0
        asked.push(questions)
        const shifted = compareRuns(
          runOf(`c${at}`, { levels: before, questions, spread }),
          runOf(`d${at}`, { levels: after, seed: 2, questions, spread, shift: 1.1 }),
          { latency: 0 },
        )
        return shifted.verdict === 'regression'
      })
      const median = asked.toSorted((one, other) => one - other)[Math.floor(asked.length / 2)]
      figures[`10 % slower, ${name}`] = {
        foundPct: (100 * found.length) / comparisons,
        medianQuestions: median,
      }
      expect(found.length, 'keys a0, b0, c0, d0 and on').toBeGreaterThanOrEqual(0.9 * comparisons)
    },
  )
})

describe('several baseline runs', () => {
  const some = each.slice(0, comparisons / 4)

  it.each([0, 3, 10])(
    'five runs that differ by %d percent: at most one raw alarm in twenty',
    { timeout: 5 * minutes },
    (driftPct) => {
      const drift = driftPct / 100
      const alarms = { pooled: 0, newestAlone: 0 }
      for (const at of some) {
        const made = { levels: `l${at}`, drift }
        const [newest, ...older] = [0, 1, 2, 3, 4].map((run) => runOf(`a${at}.${run}`, made))
        if (newest === undefined) continue
        const candidate = runOf(`b${at}`, { ...made, seed: 2 })
        if (isAlarm(latencyOf(compareToRuns({ newest, older }, candidate, { latency: 0 }))))
          alarms.pooled += 1
        if (isAlarm(latencyOf(compareRuns(newest, candidate, { latency: 0 }))))
          alarms.newestAlone += 1
      }
      figures[`equal, five runs, drift ${driftPct} %`] = {
        rawAlarmsPct: (100 * alarms.pooled) / some.length,
        oneRunRawAlarmsPct: (100 * alarms.newestAlone) / some.length,
      }
      expect(alarms.pooled, 'keys a0.0, b0 and on').toBeLessThanOrEqual(0.05 * some.length)
      if (driftPct === 10) expect(alarms.newestAlone).toBeGreaterThan(0.3 * some.length)
    },
  )

  it('find 30 % in most of twenty comparisons where runs differ by 3 %', () => {
    const made = { questions: 120, drift: 0.03 }
    const found = each.slice(0, 20).filter((at) => {
      const [newest, ...older] = [0, 1, 2, 3, 4].map((run) =>
        runOf(`a${at}.${run}`, { ...made, levels: `l${at}` }),
      )
      return (
        newest !== undefined &&
        compareToRuns(
          { newest, older },
          runOf(`b${at}`, { ...made, levels: `l${at}`, seed: 2, shift: 1.3 }),
          { latency: 0 },
        ).verdict === 'regression'
      )
    })
    expect(found.length).toBeGreaterThanOrEqual(18)
  })
})
