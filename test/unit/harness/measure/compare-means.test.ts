/** Figures of tests on equal and shifted distributions: seeded, and scaled down of what `npm run proof -- compare` does. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareMeans, holmAdjusted, type ByQuestion } from '../../../../harness/measure/compare-means.ts'
import { randomFor } from '../../../../src/base/random.ts'

/** Latencies: questions differ in level, trials around it. */
function sideOf(key: string, { questions = 40, trials = 3, shift = 1, levels = key }: { readonly questions?: number; readonly trials?: number; readonly shift?: number; readonly levels?: string } = {}): ByQuestion {
  const level = randomFor([levels, 'levels'])
  const noise = randomFor([key, 'noise'])
  return new Map(Array.from({ length: questions }, (_each, at) => {
    const median = level.logNormal(1_000, 0.5)
    return [`q${at}`, Array.from({ length: trials }, () => shift * noise.logNormal(median, 0.3))] as const
  }))
}

describe('equal distributions', () => {
  it.each([['paired', (at: number) => `levels${at}`], ['not paired', (): undefined => undefined]])('%s: at most 5 %% raw alarms, and none at a tolerance of 25 %%', (_case, levels) => {
    const results = Array.from({ length: 200 }, (_each, at) => {
      const same = levels(at)
      const other = sideOf(`b${at}`, same === undefined ? {} : { levels: same })
      const candidate = same === undefined ? new Map([...other].map(([question, values]) => [`other-${question}`, values])) : other
      return compareMeans({ baseline: sideOf(`a${at}`, same === undefined ? {} : { levels: same }), candidate, key: [at] })
    })
    const alarms = results.filter(({ intervalPct, pValue }) => intervalPct !== null && (intervalPct.low95 > 0 || intervalPct.high95 < 0) && (pValue ?? 1) <= 0.05)
    expect(alarms.length).toBeLessThanOrEqual(10)
    expect(results.filter(({ intervalPct }) => (intervalPct?.low95 ?? 0) > 25)).toEqual([])
  })
})

describe('a shift of the printed minimum detectable effect', () => {
  it('is found in nine of ten comparisons', () => {
    const found = Array.from({ length: 100 }, (_each, at) => {
      const levels = `l${at}`
      const baseline = sideOf(`a${at}`, { levels })
      const effectPct = compareMeans({ baseline, candidate: sideOf(`b${at}`, { levels }), key: [at] }).minimumDetectableEffectPct ?? 0
      return compareMeans({ baseline, candidate: sideOf(`c${at}`, { levels, shift: 1 + effectPct / 100 }), key: [at] })
    }).filter(({ intervalPct }) => (intervalPct?.low95 ?? -1) > 0)
    expect(found.length).toBeGreaterThanOrEqual(87)
    expect(found.length).toBeLessThan(100)
  })
})

describe('edges', () => {
  const of = (values: readonly (readonly number[])[]): ByQuestion => new Map(values.map((own, at) => [`q${at}`, own]))

  it('the same figures twice differ by nothing', () => {
    const side = sideOf('a')
    expect(compareMeans({ baseline: side, candidate: side, key: [1] })).toMatchObject({ deltaPct: 0, intervalPct: { low95: 0, high95: 0 }, minimumDetectableEffectPct: 0, pValue: 1, isPaired: true })
  })

  it('too few questions carry a difference and no interval', () => {
    expect(compareMeans({ baseline: of([[1], [2]]), candidate: of([[2], [4]]), key: [] })).toMatchObject({ deltaPct: 100, intervalPct: null, pValue: null, questions: 2 })
  })

  it('nothing, and a baseline of zero, have no percentages', () => {
    expect(compareMeans({ baseline: of([]), candidate: of([[1]]), key: [] })).toMatchObject({ deltaPct: null, questions: 0 })
    expect(compareMeans({ baseline: of([[0], [0], [0], [0], [0], [0]]), candidate: of([[1], [1], [1], [1], [1], [1]]), key: [] })).toMatchObject({ baseline: 0, candidate: 1, deltaPct: null, intervalPct: null })
  })

  it('a constant change is found whatever the questions differ in', () => {
    const baseline = of(Array.from({ length: 12 }, (_each, at) => [10 * at + 1]))
    const { intervalPct, pValue } = compareMeans({ baseline, candidate: new Map([...baseline].map(([question, own]) => [question, own.map((value) => 2 * value)])), key: [] })
    expect(intervalPct?.low95).toBeCloseTo(100)
    expect(pValue).toBeLessThan(0.01)
  })
})

describe('correction for many comparisons', () => {
  it('is what Holm computes by hand', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
    expect(holmAdjusted([])).toEqual([])
  })

  it('never lowers a p-value, keeps their order, and stays at one', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (pValues) => {
      const adjusted = holmAdjusted(pValues)
      for (const [at, value] of pValues.entries()) expect(adjusted[at]).toBeGreaterThanOrEqual(value)
      for (const value of adjusted) expect(value).toBeLessThanOrEqual(1)
    }))
  })
})
