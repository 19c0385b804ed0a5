/** The search for the highest rate, against systems whose limit is known. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findSaturation,
  type DrivenRate,
  type Saturation,
  type Search,
} from '../../../../../harness/load/generator/saturation.ts'
import { loadRecorder } from '../../../../../harness/measure/load-recorder.ts'
import type { Stage } from '../../../../../src/base/stages.ts'
import { observed } from '../../../support/samples.ts'

const search: Search = {
  lowPerSecond: 10,
  highPerSecond: 1_000,
  precisionPct: 5,
  stageSeconds: 10,
  p95Ms: 500,
  failuresPct: 1,
}

interface System {
  readonly latencyMs: (rate: number) => number
  readonly failed?: (rate: number) => number
  readonly stages?: (rate: number) => Partial<Record<Stage, number>>
  readonly answers?: number
  readonly change?: (rate: number) => Partial<DrivenRate>
}

/**
 * A rate as such a system would answer it: most at its latency, one in fifty slowly, as anywhere.
 */
function drivenAt(
  { latencyMs, failed = () => 0, stages = () => ({}), answers = 500, change = () => ({}) }: System,
  rate: number,
): DrivenRate {
  const recorder = loadRecorder()
  const record = (at: number, more: Parameters<typeof observed>[0]): void =>
    recorder.record(observed({ cell: `${'ABC'[at % 3]}/v1`, ...more }))
  for (let at = 0; at < answers; at++)
    record(at, { elapsedMs: at % 50 === 0 ? 30_000 : latencyMs(rate), stagesMs: stages(rate) })
  for (let at = 0; at < failed(rate); at++)
    record(at, { outcome: 'failed', errorCode: 'TB_TARGET_FAILED' })
  return {
    outcome: {
      observed: [],
      count: answers,
      recorder,
      loops: [],
      isThreaded: false,
      lastSentMs: 10_000,
      lastReleasedMs: 10_000,
    },
    planned: answers,
    stoppedEarly: false,
    invalid: null,
    isOver: false,
    ...change(rate),
  }
}

async function searched(
  system: System,
  change: Partial<Search> = {},
): Promise<Saturation & { readonly rates: readonly number[] }> {
  const rates: number[] = []
  const found = await findSaturation(
    { ...search, ...change },
    async (rate) => (rates.push(rate), drivenAt(system, rate)),
  )
  return { ...found, rates }
}

/** Answers well up to its capacity, and badly beyond. */
const breaking = (capacity: number): System => ({
  latencyMs: (rate) => (rate <= capacity ? 100 : 4_000),
})

describe('a limit inside the range', () => {
  it('is found to the precision asked for, wherever it lies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 10, max: 999, noNaN: true }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        async (capacity, precisionPct) => {
          const { verdict, highestPerSecond, probes } = await searched(breaking(capacity), {
            precisionPct,
          })
          expect(verdict).toBe('found')
          expect(highestPerSecond ?? 0).toBeLessThanOrEqual(capacity)
          expect(capacity / (highestPerSecond ?? 0) - 1).toBeLessThanOrEqual(precisionPct / 100)
          expect(
            probes.every(
              ({ ratePerSecond, verdict: each }) => (each === 'met') === ratePerSecond <= capacity,
            ),
          ).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('takes the ends first, and few steps', async () => {
    const { rates, probes, reason } = await searched(breaking(300))
    expect(rates.slice(0, 3)).toEqual([10, 1_000, 505])
    expect(rates.length).toBeLessThanOrEqual(10)
    expect(probes[0]).toMatchObject({
      ratePerSecond: 10,
      verdict: 'met',
      p95Ms: expect.closeTo(100, 0) as number,
      failuresPct: 0,
      answeredPerSecond: 50,
      stoppedEarly: false,
    })
    expect(probes[1]?.reason).toMatch(/^p95 is 400\d\.\d ms, the objective 500 ms$/)
    expect(reason).toContain('highest rate that met')
  })

  it('is one of failures too', async () => {
    const { verdict, highestPerSecond, probes } = await searched({
      latencyMs: () => 100,
      failed: (rate) => (rate > 200 ? 50 : 2),
    })
    expect(verdict).toBe('found')
    expect(Math.abs((highestPerSecond ?? 0) / 200 - 1)).toBeLessThan(0.05)
    expect(probes[1]?.reason).toBe('9.1 % failed, at most 1 % may')
  })

  it('is found through rates that were given up early', async () => {
    const { verdict, highestPerSecond, probes } = await searched({
      ...breaking(300),
      change: (rate) => ({ stoppedEarly: rate > 300 }),
    })
    expect([verdict, (highestPerSecond ?? 0) <= 300, (highestPerSecond ?? 0) > 285]).toEqual([
      'found',
      true,
      true,
    ])
    expect(probes[1]).toMatchObject({
      verdict: 'missed',
      stoppedEarly: true,
      reason: 'given up: too many of 500 took longer than 500 ms, or failed',
    })
  })

  it('does not need the highest rate to be a valid one', async () => {
    const { verdict, highestPerSecond } = await searched({
      ...breaking(300),
      change: (rate) => ({ invalid: rate > 700 ? 'sent late' : null }),
    })
    expect([verdict, Math.abs((highestPerSecond ?? 0) / 300 - 1) < 0.05]).toEqual(['found', true])
  })
})

describe('a limit outside the range', () => {
  it('below it: nothing is found, and why is said', async () => {
    expect(await searched(breaking(5))).toMatchObject({
      verdict: 'below-range',
      highestPerSecond: null,
      saturates: null,
      rates: [10],
      reason: expect.stringMatching(
        /^the lowest rate did not meet the objectives: p95 is/,
      ) as string,
    })
  })

  it('above it: the highest rate that was tried, and no more', async () => {
    expect(await searched(breaking(5_000))).toMatchObject({
      verdict: 'above-range',
      highestPerSecond: 1_000,
      rates: [10, 1_000],
      saturates: null,
      reason: expect.stringContaining('raise highPerSecond') as string,
    })
  })

  it('too few answers are no p95, and nothing that was met', async () => {
    expect(await searched({ latencyMs: () => 1, answers: 59 })).toMatchObject({
      verdict: 'below-range',
      probes: [
        {
          verdict: 'missed',
          p95Ms: null,
          reason: 'p95 needs 60 answers, 59 came; lengthen stageSeconds',
        },
      ],
    })
  })
})

describe('a generator that is the bottleneck', () => {
  it('at the lowest rate ends the search', async () => {
    expect(
      await searched({ ...breaking(300), change: () => ({ invalid: 'sent late' }) }),
    ).toMatchObject({
      verdict: 'invalid',
      highestPerSecond: null,
      rates: [10],
      reason: 'the generator was the bottleneck before the system was: sent late',
    })
  })

  it('before the system is says nothing of the system', async () => {
    expect(
      await searched({
        ...breaking(900),
        change: (rate) => ({ invalid: rate > 400 ? `sent late at ${rate}` : null }),
      }),
    ).toMatchObject({
      verdict: 'invalid',
      reason: expect.stringContaining('sent late at 4') as string,
    })
  })
})

describe('the stage that saturates', () => {
  it('is the one whose p95 grew most, from the lowest rate to the lowest that was missed', async () => {
    const stages = (rate: number): Partial<Record<Stage, number>> => ({
      embed: 40,
      retrieve: rate > 300 ? 2_000 : 30,
      hydrate: rate > 900 ? 9_000 : 1,
      lastToken: rate > 300 ? 1_400 : 800,
    })
    expect((await searched({ ...breaking(300), stages })).saturates).toBe('retrieve')
  })

  it('is none where the target shows none', async () =>
    expect((await searched(breaking(300))).saturates).toBeNull())
})
