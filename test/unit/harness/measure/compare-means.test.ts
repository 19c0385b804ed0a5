/**
 * Figures of tests on equal and shifted distributions: seeded, and whole comparisons are in
 * compare/compare-power.test.ts.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareMeans,
  questionsNeeded,
  type ByQuestion,
} from '../../../../harness/measure/compare-means.ts'
import { holmAdjusted } from '../../../../harness/measure/mean-tests.ts'
import { randomFor } from '../../../../src/base/random.ts'

/** Latencies: questions differ in level, trials around it. */
function sideOf(
  key: string,
  {
    questions = 40,
    trials = 3,
    shift = 1,
    levels = key,
  }: {
    readonly questions?: number
    readonly trials?: number
    readonly shift?: number
    readonly levels?: string
  } = {},
): ByQuestion {
  const level = randomFor([levels, 'levels'])
  const noise = randomFor([key, 'noise'])
  return new Map(
    Array.from({ length: questions }, (_each, at) => {
      const median = level.logNormal(1_000, 0.5)
      return [
        `q${at}`,
        Array.from({ length: trials }, () => shift * noise.logNormal(median, 0.3)),
      ] as const
    }),
  )
}

describe('equal distributions', () => {
  it.each([
    ['paired', (at: number) => `levels${at}`],
    ['not paired', (): undefined => undefined],
  ])('%s: at most 5 %% raw alarms, and none at a tolerance of 25 %%', (_case, levels) => {
    const results = Array.from({ length: 200 }, (_each, at) => {
      const same = levels(at)
      const other = sideOf(`b${at}`, same === undefined ? {} : { levels: same })
      const candidate =
        same === undefined
          ? new Map([...other].map(([question, values]) => [`other-${question}`, values]))
          : other
      return compareMeans({
        baselines: [sideOf(`a${at}`, same === undefined ? {} : { levels: same })],
        candidate,
        key: [at],
      })
    })
    const alarms = results.filter(
      ({ intervalPct, pValue }) =>
        intervalPct !== null &&
        (intervalPct.low95 > 0 || intervalPct.high95 < 0) &&
        (pValue ?? 1) <= 0.05,
    )
    expect(alarms.length).toBeLessThanOrEqual(10)
    expect(results.filter(({ intervalPct }) => (intervalPct?.low95 ?? 0) > 25)).toEqual([])
  })
})

describe('a shift of the printed minimum detectable effect', () => {
  it('is found in nine of ten comparisons', () => {
    const found = Array.from({ length: 100 }, (_each, at) => {
      const levels = `l${at}`
      const baseline = sideOf(`a${at}`, { levels })
      const effectPct =
        compareMeans({ baselines: [baseline], candidate: sideOf(`b${at}`, { levels }), key: [at] })
          .minimumDetectableEffectPct ?? 0
      return compareMeans({
        baselines: [baseline],
        candidate: sideOf(`c${at}`, { levels, shift: 1 + effectPct / 100 }),
        key: [at],
      })
    }).filter(({ intervalPct }) => (intervalPct?.low95 ?? -1) > 0)
    expect(found.length).toBeGreaterThanOrEqual(87)
    expect(found.length).toBeLessThan(100)
  })
})

describe('edges', () => {
  const of = (values: readonly (readonly number[])[]): ByQuestion =>
    new Map(values.map((own, at) => [`q${at}`, own]))

  it('the same figures twice differ by nothing', () => {
    const side = sideOf('a')
    expect(compareMeans({ baselines: [side], candidate: side, key: [1] })).toMatchObject({
      deltaPct: 0,
      intervalPct: { low95: 0, high95: 0 },
      minimumDetectableEffectPct: 0,
      pValue: 1,
      isPaired: true,
    })
  })

  it('too few questions carry a difference and no interval', () => {
    expect(
      compareMeans({ baselines: [of([[1], [2]])], candidate: of([[2], [4]]), key: [] }),
    ).toMatchObject({ deltaPct: 100, intervalPct: null, pValue: null, questions: 2 })
  })

  it('nothing, and a baseline of zero, have no percentages', () => {
    expect(compareMeans({ baselines: [of([])], candidate: of([[1]]), key: [] })).toMatchObject({
      deltaPct: null,
      questions: 0,
    })
    expect(
      compareMeans({
        baselines: [of([[0], [0], [0], [0], [0], [0]])],
        candidate: of([[1], [1], [1], [1], [1], [1]]),
        key: [],
      }),
    ).toMatchObject({ baseline: 0, candidate: 1, deltaPct: null, intervalPct: null })
  })

  it('a constant change is found whatever the questions differ in', () => {
    const baseline = of(Array.from({ length: 12 }, (_each, at) => [10 * at + 1]))
    const { intervalPct, pValue } = compareMeans({
      baselines: [baseline],
      candidate: new Map(
        [...baseline].map(([question, own]) => [question, own.map((value) => 2 * value)]),
      ),
      key: [],
    })
    expect(intervalPct?.low95).toBeCloseTo(100)
    expect(pValue).toBeLessThan(0.01)
  })
})

describe('several baseline runs', () => {
  const runs = (drift: number): readonly ByQuestion[] =>
    [0, 1, 2, 3, 4].map((run) => sideOf(`run${run}`, { levels: 'l', shift: 1 + drift * (run - 2) }))
  const candidate = sideOf('new', { levels: 'l' })

  it('are pooled by question, with all their trials', () => {
    const one = new Map([...'abcde'].map((question, at) => [question, [at + 1]] as const))
    const two = new Map(
      [...'abcde'].map((question, at) => [question, [at + 1, at + 2, at + 3]] as const),
    )
    const values = [...one.values(), ...two.values()].flat()
    expect(compareMeans({ baselines: [one, two], candidate: one, key: [] })).toMatchObject({
      questions: 5,
      isPaired: true,
      baseline: values.reduce((sum, value) => sum + value, 0) / values.length,
    })
  })

  it('make the interval wider the more they differ', () => {
    const widths = [0, 0.05, 0.15]
      .map(
        (drift) =>
          compareMeans({ baselines: runs(drift), candidate, key: [] }).intervalPct ?? {
            low95: 0,
            high95: 0,
          },
      )
      .map(({ low95, high95 }) => high95 - low95)
    expect(widths).toEqual(widths.toSorted((one, other) => one - other))
    expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeGreaterThan(2)
  })

  it('that differ more than the tolerance need no number of questions', () => {
    expect(
      questionsNeeded(compareMeans({ baselines: runs(0.15), candidate, key: [] }), 10),
    ).toBeNull()
    expect(
      questionsNeeded(compareMeans({ baselines: runs(0), candidate, key: [] }), 30),
    ).toBeGreaterThanOrEqual(40)
  })

  it('that all say the same are certain, also where questions differ', () => {
    const side = new Map(Array.from({ length: 8 }, (_each, at) => [`q${at}`, [at + 1]] as const))
    expect(
      compareMeans({
        baselines: [side, side, side],
        candidate: new Map(
          [...side].map(([question, own]) => [question, own.map((value) => 2 * value)]),
        ),
        key: [],
      }),
    ).toMatchObject({ deltaPct: 100, intervalPct: { low95: 100, high95: 100 }, pValue: 0 })
  })

  it('of which one has nothing are the others', () => {
    expect(
      compareMeans({ baselines: [sideOf('a', { levels: 'l' }), new Map()], candidate, key: [] }),
    ).toEqual(compareMeans({ baselines: [sideOf('a', { levels: 'l' })], candidate, key: [] }))
  })
})

describe('how many questions are needed', () => {
  it('is fewer for a larger tolerance, never fewer than asked, and none without a tolerance', () => {
    const compared = compareMeans({
      baselines: [sideOf('a', { levels: 'l' })],
      candidate: sideOf('b', { levels: 'l' }),
      key: [],
    })
    const needed = [5, 10, 20, 80].map(
      (tolerancePct) => questionsNeeded(compared, tolerancePct) ?? 0,
    )
    expect(needed).toEqual(needed.toSorted((one, other) => other - one))
    expect(needed.at(-1)).toBe(40)
    expect(questionsNeeded(compared, 0)).toBeNull()
  })
})

describe('correction for many comparisons', () => {
  it('is what Holm computes by hand', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
    expect(holmAdjusted([])).toEqual([])
  })

  it('never lowers a p-value, keeps their order, and stays at one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
        (pValues) => {
          const adjusted = holmAdjusted(pValues)
          for (const [at, value] of pValues.entries())
            expect(adjusted[at]).toBeGreaterThanOrEqual(value)
          for (const value of adjusted) expect(value).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
