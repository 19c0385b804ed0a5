import { describe, expect, it } from 'vitest'
import { cellFigures } from '../../../../harness/measure/cell-figures.ts'
import { wilsonInterval } from '../../../../harness/measure/intervals.ts'
import type { Sample } from '../../../../harness/measure/sample.ts'
import { formatUsd, parseUsd, picoUsd } from '../../../../src/base/money.ts'
import { sample } from '../../support/samples.ts'

const cent = parseUsd('0.01')
const figuresOf = (
  samples: readonly Sample[],
  costOf: (requestId: string) => ReturnType<typeof parseUsd> = () => cent,
): ReturnType<typeof cellFigures> => cellFigures(samples, costOf, ['k'])

describe('the figures of a cell', () => {
  it('are of nothing when there is nothing', () => {
    expect(figuresOf([])).toMatchObject({
      queries: 0,
      failures: 0,
      infeasible: false,
      latencyMs: { count: 0, p50: null },
      tokens: { promptMean: null, completionMean: null, estimated: false },
      directCost: { mean: 0n },
      quality: { questions: 0, retrievalRecall: null, low95: 0, high95: 1 },
    })
  })

  it('count failures, whose times and tokens are not those of answers but whose cost is', () => {
    const samples = [
      sample({ requestId: 'r1' }),
      sample({
        requestId: 'r2',
        outcome: 'failed',
        errorCode: 'TB_STREAM_ABORTED',
        right: false,
        promptTokens: 0,
        completionTokens: 0,
        latencyMs: 99_999,
      }),
    ]
    const figures = figuresOf(samples, (id) => (id === 'r2' ? parseUsd('0.03') : cent))
    expect(figures).toMatchObject({
      queries: 2,
      failures: 1,
      infeasible: false,
      latencyMs: { count: 1 },
      tokens: { promptMean: 1_000, completionMean: 200 },
    })
    expect(formatUsd(figures.directCost?.mean ?? picoUsd(-1n))).toBe('0.02')
    expect(figures.quality.answerAccuracy).toBe(0.5)
  })

  it.each([
    [true, ['TB_PROMPT_TOO_LONG', 'TB_PROMPT_TOO_LONG']],
    [true, ['TB_PROMPT_TOO_LONG', 'TB_PROVIDER_UNAVAILABLE']],
    [false, ['TB_PROVIDER_UNAVAILABLE', 'TB_PROVIDER_UNAVAILABLE']],
  ] as const)('say infeasible, %s, when a prompt was too long: %j', (infeasible, codes) => {
    expect(
      figuresOf(codes.map((errorCode) => sample({ outcome: 'failed', errorCode }))).infeasible,
    ).toBe(infeasible)
  })

  it('keep the four times apart, and the uncorrected one is what a naive generator would report', () => {
    const figures = figuresOf(
      Array.from({ length: 60 }, (_each, at) =>
        sample({
          requestId: `r${at}`,
          question: `q${at}`,
          elapsedMs: 50,
          uncorrectedMs: 20,
          ownMs: 30,
          modelledMs: 1_000,
          latencyMs: 1_030,
        }),
      ),
    )
    expect(
      [figures.latencyMs, figures.modelledMs, figures.ownMs, figures.uncorrectedMs].map(
        ({ p95 }) => p95,
      ),
    ).toEqual([1_030, 1_000, 30, 1_000])
    expect(figures.latencyMs.p99).toBeNull()
  })

  it('take questions for trials, not repetitions', () => {
    const samples = Array.from({ length: 30 }, (_each, at) =>
      sample({
        requestId: `r${at}`,
        question: `q${at % 10}`,
        trial: 1 + Math.floor(at / 10),
        right: at % 10 < 7,
      }),
    )
    const { questions, answerAccuracy, low95, high95 } = figuresOf(samples).quality
    expect([questions, answerAccuracy]).toEqual([10, 0.7])
    expect({ low95, high95 }).toEqual(wilsonInterval(7, 10))
  })

  it('leave questions that no document answers out of recall, not out of accuracy', () => {
    const samples = [
      sample({ question: 'q1', retrieved: true }),
      sample({ question: 'q2', retrieved: false, right: false }),
      sample({ question: 'q3', kind: 'bait', retrieved: null, right: true }),
      sample({ question: 'q4', kind: 'bait', retrieved: null, right: false }),
    ]
    const { quality, byKind } = figuresOf(samples)
    expect(quality).toMatchObject({ questions: 4, retrievalRecall: 0.5, answerAccuracy: 0.5 })
    expect(byKind).toEqual([
      { kind: 'bait', questions: 2, retrievalRecall: null, answerAccuracy: 0.5 },
      { kind: 'literal', questions: 2, retrievalRecall: 0.5, answerAccuracy: 0.5 },
    ])
  })

  it('have an interval around the mean cost that is the same every time', () => {
    const samples = Array.from({ length: 40 }, (_each, at) =>
      sample({ requestId: `${at}`, question: `q${at % 20}` }),
    )
    const costOf = (id: string): ReturnType<typeof picoUsd> =>
      picoUsd(BigInt(1 + (Number(id) % 20)) * cent)
    const { directCost } = figuresOf(samples, costOf)
    if (directCost === null) return expect.unreachable('Every request has a cost.')
    expect(formatUsd(directCost.mean)).toBe('0.105')
    expect(directCost.interval.low95).toBeGreaterThan(0.05)
    expect(directCost.interval.low95).toBeLessThan(0.105)
    expect(directCost.interval.high95).toBeGreaterThan(0.105)
    expect(directCost.standardDeviationUsd).toBeCloseTo(0.01 * Math.sqrt((20 ** 2 - 1) / 12), 9)
    expect(figuresOf(samples, costOf)).toEqual(figuresOf(samples, costOf))
  })

  it('say when any token count is an estimate', () => {
    expect(
      figuresOf([sample(), sample({ requestId: 'r2', tokensEstimated: true })]).tokens.estimated,
    ).toBe(true)
  })
})
