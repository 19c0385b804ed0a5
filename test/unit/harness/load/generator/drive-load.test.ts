/**
 * Driving a load in this thread: every arrival comes out once, as what it was; warm-up is seen and
 * not counted; an end is an end.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  driveLoad,
  mostKept,
  type DriveLoadOptions,
  type LoadOutcome,
} from '../../../../../harness/load/generator/drive-load.ts'
import { togetherOf } from '../../../../../harness/measure/load-recorder.ts'
import type { Observed } from '../../../../../harness/measure/sample.ts'
import type { RunTarget } from '../../../../../harness/target/recipe.ts'
import type { TargetAnswer, TargetQuestion } from '../../../../../harness/target/target.ts'
import type { PlannedLoad } from '../../../../../harness/workload/planned-load.ts'
import { loadOf, positionsOf } from './loads.ts'
import { virtualClock, type VirtualClock } from './virtual-clock.ts'

const answer: TargetAnswer = {
  outcome: 'answered',
  crossings: [],
  text: 'It is $5.',
  sourceDocuments: ['d1'],
  promptTokens: 900,
  completionTokens: 40,
  tokensEstimated: false,
  configuration: { version: '1.0.0', model: 'm', topK: 3, rerank: false },
  usage: [],
  stagesMs: { embed: 2, retrieve: 3 },
}
const failure: TargetAnswer = {
  outcome: 'failed',
  crossings: [],
  usage: [],
  code: 'TB_TARGET_FAILED',
  message: 'no',
}

type Ask = (question: TargetQuestion, at: number) => Promise<TargetAnswer>

/** A target that only this thread can ask. */
function targetOf(ask: Ask): { readonly target: RunTarget; readonly asked: TargetQuestion[] } {
  const asked: TargetQuestion[] = []
  return {
    asked,
    target: {
      subject: { kind: 'module', name: 'fake' },
      shows: ['answer'],
      signUp: async () => undefined,
      ingest: async () => ({
        documents: 0,
        words: 0,
        chunks: 0,
        chunkTokens: 0,
        marked: 0,
        chunkIds: [],
      }),
      probe: async () => [],
      remote: () => null,
      ask: (question) => ask(question, asked.push(question) - 1),
      [Symbol.asyncDispose]: async () => undefined,
    },
  }
}

interface Driven {
  readonly outcome: LoadOutcome
  readonly asked: readonly TargetQuestion[]
}

async function driven(
  load: PlannedLoad,
  answerOf: (clock: VirtualClock) => Ask,
  change: Partial<DriveLoadOptions> = {},
): Promise<Driven> {
  const clock = virtualClock()
  const { target, asked } = targetOf(answerOf(clock))
  const outcome = await clock.during(
    driveLoad(load, {
      target,
      clock,
      observers: [],
      signal: new AbortController().signal,
      ...change,
    }),
  )
  return { outcome, asked }
}

const never = (): Promise<TargetAnswer> => new Promise(() => undefined)
/** The answer after so long. */
const after =
  (ms: number, then: TargetAnswer = answer) =>
  (clock: VirtualClock): Ask =>
  async () => {
    await clock.sleep(ms)
    return then
  }
const told = ({ outcome, errorCode }: Observed): string => errorCode ?? outcome
const kinds = ({ outcome }: Driven): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(outcome.observed, told)].map(([kind, all]) => [kind, all.length]),
  )
const countsOf = ({ outcome }: Driven): object => togetherOf(outcome.recorder.cells.values()).counts

describe('every arrival', () => {
  it('that is answered is there once, in the order of the plan, with its times and stages', async () => {
    const load = loadOf()
    const result = await driven(load, after(40))
    expect(result.outcome).toMatchObject({ count: 100, isThreaded: false, lastSentMs: 990 })
    expect(result.outcome.loops).toHaveLength(1)
    expect(result.outcome.observed.map(({ requestId }) => requestId)).toEqual(
      positionsOf(load).map((position) => load.queryAt(position).requestId),
    )
    expect(result.outcome.observed[7]).toMatchObject({
      outcome: 'answered',
      right: true,
      intendedMs: 70,
      sendLagMs: 0,
      heldMs: 0,
      elapsedMs: 40,
      uncorrectedMs: 40,
      isWarmup: false,
      window: null,
      stagesMs: { embed: 2, retrieve: 3 },
    })
    expect(countsOf(result)).toMatchObject({ answered: 100, failed: 0, late: 0, held: 0 })
    expect(new Set(result.asked.map(({ requestId }) => requestId)).size).toBe(100)
  })

  it('that fails is a failure with its own code and its time', async () => {
    const result = await driven(loadOf(), after(40, failure))
    expect([kinds(result), countsOf(result)]).toMatchObject([
      { TB_TARGET_FAILED: 100 },
      { answered: 0, failed: 100, timedOut: 0, dropped: 0 },
    ])
    expect(togetherOf(result.outcome.recorder.cells.values()).failures.max()).toBe(40)
  })

  it('that is never answered has timed out, and was waited for', async () => {
    const result = await driven(
      loadOf({ timeoutMs: 500 }),
      () => (_question, at) => (at % 2 === 0 ? never() : Promise.resolve(answer)),
    )
    expect([kinds(result), countsOf(result)]).toMatchObject([
      { answered: 50, TB_LOAD_TIMEOUT: 50 },
      { answered: 50, failed: 50, timedOut: 50 },
    ])
    expect(
      result.outcome.observed
        .filter(({ outcome }) => outcome === 'failed')
        .every(({ elapsedMs }) => elapsedMs >= 500),
    ).toBe(true)
  })

  it('whose answer comes when nobody waits any more has timed out too, right as it may be', async () => {
    const result = await driven(loadOf({ timeoutMs: 500 }), (clock) => async (_question, at) => {
      await clock.sleep(at < 10 ? 501 : 500)
      return answer
    })
    expect([kinds(result), countsOf(result)]).toMatchObject([
      { answered: 90, TB_LOAD_TIMEOUT: 10 },
      { answered: 90, timedOut: 10 },
    ])
    expect(result.outcome.observed[0]).toMatchObject({ right: false, elapsedMs: 501 })
  })

  it('that fails too late keeps the code it failed with', async () =>
    expect(
      kinds(await driven(loadOf({ timeoutMs: 500, durationSeconds: 2 }), after(600, failure))),
    ).toMatchObject({ TB_TARGET_FAILED: expect.any(Number) as number }))

  it('that found no place is dropped, and was never asked', async () => {
    const result = await driven(loadOf({ timeoutMs: 200, maxInFlight: 1 }), after(300))
    const {
      answered = 0,
      TB_LOAD_DROPPED: dropped = 0,
      TB_LOAD_TIMEOUT: timedOut = 0,
    } = kinds(result)
    expect({ all: answered + dropped + timedOut, dropped: dropped > 80 }).toEqual({
      all: 100,
      dropped: true,
    })
    expect(result.asked).toHaveLength(100 - dropped)
    expect(countsOf(result)).toMatchObject({ dropped, timedOut, failed: dropped + timedOut })
    const asked = new Set(result.asked.map(({ requestId }) => requestId))
    expect(
      result.outcome.observed.every(
        (each) => asked.has(each.requestId) === (told(each) !== 'TB_LOAD_DROPPED'),
      ),
    ).toBe(true)
  })

  it('that was held is counted from its intended start, and beside it as a naive generator would', async () => {
    const { outcome } = await driven(loadOf({ maxInFlight: 1 }), after(25))
    const last = outcome.observed.at(-1)
    expect(last).toMatchObject({
      intendedMs: 990,
      sendLagMs: 0,
      uncorrectedMs: 25,
      elapsedMs: 100 * 25 - 990,
      heldMs: 99 * 25 - 990,
    })
    expect(togetherOf(outcome.recorder.cells.values()).uncorrected.max()).toBe(25)
    expect(togetherOf(outcome.recorder.cells.values()).latency.max()).toBeCloseTo(1_510, 0)
  })

  it('comes out exactly once, whatever the answers, the ceiling and the patience', async () => {
    const takes = fc.array(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constant(Infinity)), {
      minLength: 1,
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(
        takes,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 50, max: 400 }),
        async (tookMs, maxInFlight, timeoutMs) => {
          const load = loadOf({
            maxInFlight,
            timeoutMs,
            arrivals: { kind: 'poisson', ratePerSecond: 60 },
          })
          const heard: string[] = []
          const result = await driven(
            load,
            (clock) => async (_question, at) => {
              const took = tookMs[at % tookMs.length] ?? 0
              await (took === Infinity ? never() : clock.sleep(took))
              return answer
            },
            { observers: [({ requestId }) => void heard.push(requestId)] },
          )
          const planned = positionsOf(load).map((position) => load.queryAt(position).requestId)
          expect(result.outcome.observed.map(({ requestId }) => requestId)).toEqual(planned)
          expect(heard.toSorted()).toEqual(planned.toSorted())
          expect(result.outcome.count).toBe(planned.length)
          const {
            answered = 0,
            TB_LOAD_DROPPED: dropped = 0,
            TB_LOAD_TIMEOUT: timedOut = 0,
          } = kinds(result)
          expect(countsOf(result)).toMatchObject({
            answered,
            dropped,
            timedOut,
            failed: dropped + timedOut,
          })
          expect(answered + dropped + timedOut).toBe(planned.length)
          expect(
            result.outcome.observed.every(
              (each) => each.outcome === 'failed' || each.elapsedMs <= timeoutMs,
            ),
          ).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('who hears', () => {
  it('is every observer, of every answer, with the words of those that never came', async () => {
    const heard: [string[], string[]] = [[], []]
    const seen: string[] = []
    await driven(
      loadOf({ timeoutMs: 100, durationSeconds: 0.1 }),
      () => (_question, at) => (at === 3 ? never() : Promise.resolve(answer)),
      {
        observers: [
          ({ requestId }) => void heard[0].push(requestId),
          (_query, { outcome }) => void heard[1].push(outcome),
        ],
        onObserved: (each) => void seen.push(told(each)),
      },
    )
    expect([
      new Set(heard[0]).size,
      heard[1].filter((each) => each === 'failed').length,
      heard[1].length,
    ]).toEqual([10, 1, 10])
    expect(seen.toSorted()).toEqual(['TB_LOAD_TIMEOUT', ...new Array<string>(9).fill('answered')])
  })
})

describe('warm-up', () => {
  it('is observed, and not counted', async () => {
    const { outcome } = await driven(loadOf({ durationSeconds: 2, warmupSeconds: 0.5 }), after(5))
    expect(outcome.observed.filter(({ isWarmup }) => isWarmup)).toHaveLength(50)
    expect([
      outcome.count,
      togetherOf(outcome.recorder.cells.values()).counts.answered,
      outcome.recorder.sendLag.count,
    ]).toEqual([200, 150, 150])
  })
})

describe('an end before the end', () => {
  it('comes once no more may be asked; what is out is waited for', async () => {
    let left = 31
    const result = await driven(loadOf({ durationSeconds: 10 }), after(35), {
      mayGoOn: () => --left > 0,
    })
    // The thirtieth answer comes at 325 ms, when the arrivals of 300, 310 and 320 ms are out.
    expect(kinds(result)).toEqual({ answered: 33 })
    expect([result.outcome.count, result.asked.length]).toEqual([33, 33])
  })

  it('sends nothing of what is held then, and counts it as no failure', async () => {
    let left = 3
    const result = await driven(loadOf({ maxInFlight: 2 }), after(95), {
      mayGoOn: () => --left > 0,
    })
    expect(result.asked.length).toBeLessThanOrEqual(6)
    expect(result.outcome.count).toBeLessThan(40)
    expect(kinds(result)['TB_LOAD_DROPPED']).toBeUndefined()
  })
})

it('no more are in flight than whoever holds a cap lets there be', async () => {
  const load = loadOf({ maxInFlight: 20, arrivals: { kind: 'poisson', ratePerSecond: 200 } })
  let [out, most] = [0, 0]
  await driven(
    load,
    (clock) => async (_question, at) => {
      most = Math.max(most, ++out)
      await clock.sleep(20 + ((at * 37) % 90))
      out--
      return answer
    },
    { mayGoOn: () => true, mostInFlight: 5 },
  )
  expect(most).toBe(5)
})

it('whoever judges and fails ends the load with what failed', async () => {
  const reason = new Error('no price')
  await expect(
    driven(loadOf(), after(5), {
      mayGoOn: () => true,
      onObserved: () => {
        throw reason
      },
    }),
  ).rejects.toBe(reason)
})

it('nothing is asked where not even the first may be', async () => {
  const result = await driven(loadOf(), after(5), { mayGoOn: () => false })
  expect([result.asked.length, result.outcome.count]).toEqual([0, 0])
})

describe('an abort', () => {
  const reason = new Error('enough')

  it('before the start asks nothing', async () => {
    const clock = virtualClock()
    const { target, asked } = targetOf(async () => answer)
    await expect(
      clock.during(
        driveLoad(loadOf(), { target, clock, observers: [], signal: AbortSignal.abort(reason) }),
      ),
    ).rejects.toBe(reason)
    expect(asked).toEqual([])
  })

  it('on the way rejects with its reason, waits for nobody and asks no more', async () => {
    const controller = new AbortController()
    const clock = virtualClock()
    const { target, asked } = targetOf((_question, at) => {
      if (at === 6) controller.abort(reason)
      return never()
    })
    await expect(
      clock.during(
        driveLoad(loadOf(), { target, clock, observers: [], signal: controller.signal }),
      ),
    ).rejects.toBe(reason)
    expect(clock.monotonicMs()).toBe(5_060)
    await clock.during(clock.sleep(60_000))
    expect(asked).toHaveLength(7)
  })
})

it('keeps no more whole than memory is for, and counts all', async () => {
  const load = loadOf({
    arrivals: { kind: 'constant', ratePerSecond: mostKept + 500 },
    maxInFlight: 100_000,
  })
  const clock = virtualClock()
  const { target } = targetOf(async () => answer)
  const { observed, count, recorder } = await clock.during(
    driveLoad(load, {
      target,
      clock: clock.lateBy(() => 50),
      observers: [],
      signal: new AbortController().signal,
    }),
  )
  expect([observed.length, count, recorder.sendLag.count]).toEqual([
    mostKept,
    load.plan.atMs.length,
    load.plan.atMs.length,
  ])
  expect(load.plan.atMs.length).toBeGreaterThan(mostKept)
}, 60_000)
