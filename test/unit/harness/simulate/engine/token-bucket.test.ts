/** Rate limits: by themselves, and as queries meet them. */
import { describe, expect, it } from 'vitest'
import type { EventEngine } from '../../../../../harness/simulate/engine/engine.ts'
import { eventEngine } from '../../../../../harness/simulate/engine/event-engine.ts'
import { tokenBucket } from '../../../../../harness/simulate/engine/token-bucket.ts'
import type { Account, Arrival } from '../../../../../harness/simulate/engine/request.ts'
import type { PlannedLimits } from '../../../../../harness/simulate/plan.ts'
import { askerOf, engineOf, exponentialTimes, noAccount, silentVariant } from './plans.ts'

describe('a bucket', () => {
  it("holds a minute's worth, fills evenly, and tells when there is enough", () => {
    const bucket = tokenBucket(60, 0)
    expect([
      bucket.take(0, 50),
      bucket.take(0, 10),
      bucket.take(0, 1),
      bucket.take(500, 1),
      bucket.take(1_000, 1),
    ]).toEqual([0, 0, 1_000, 500, 0])
    // After an hour it holds no more than a minute's worth.
    expect([bucket.take(3_600_000, 61), bucket.take(3_600_000, 1)]).toEqual([0, 1_000])
  })

  it('gives a full bucket for more than it holds, and takes back no more than it holds', () => {
    const bucket = tokenBucket(100, 0)
    expect([bucket.take(0, 1_000), bucket.take(0, 1_000)]).toEqual([0, 60_000])
    bucket.giveBack(1_000)
    expect([bucket.take(0, 100), bucket.take(0, 1)]).toEqual([0, 600])
  })

  it('is not refused for a hair of rounding when the time has come that was told', () => {
    const bucket = tokenBucket(7, 0)
    bucket.take(0, 7)
    let nowMs = 0
    for (let at = 0; at < 1_000; at++) {
      nowMs += bucket.take(nowMs, 1)
      expect(bucket.take(nowMs, 1)).toBe(0)
    }
  })
})

/**
 * Queries of one tenant; only what OpenAI is asked for embeddings counts where the model is
 * Anthropic's.
 */
function asking(
  limits: Partial<PlannedLimits>,
  account: Account = noAccount,
  provider: 'openai' | 'anthropic' = 'anthropic',
): { readonly engine: EventEngine; ask(atMs: number, promptTokens?: number): void } {
  const engine = eventEngine(engineOf({ limits }))
  const asker = askerOf(3, { variant: { ...silentVariant, provider }, account })
  let number = 0
  return {
    engine,
    ask: (atMs, promptTokens = 0) =>
      engine.arrive({ atMs, number: number++, promptTokens, asker } satisfies Arrival),
  }
}

describe('a limit of requests', () => {
  it('lets through what it says under threefold load, and of the others every attempt is refused', () => {
    let admitted = 0
    const { engine, ask } = asking(
      {
        attempts: 4,
        providers: [{ provider: 'openai', requestsPerMinute: 60, tokensPerMinute: null }],
      },
      { ...noAccount, embedded: () => void admitted++ },
    )
    const next = exponentialTimes(6, 1_000 / 3)
    const minutes = 500
    for (let atMs = next(); atMs < minutes * 60_000; atMs += next()) ask(atMs)
    // A full bucket at the beginning comes on top.
    expect(Math.abs((admitted - 60) / (60 * minutes) - 1), 'seed 6').toBeLessThan(0.01)
    engine.runUntil(Infinity)
    const { arrived, finished, failed, throttled } = engine.tally.counts
    expect(arrived).toBe(finished + failed)
    expect(finished).toBe(admitted)
    expect(throttled).toBeGreaterThanOrEqual(4 * failed)
  })

  it('admits a burst of a bucket, and the rest as it fills', () => {
    const { engine, ask } = asking({
      attempts: 20,
      providers: [{ provider: 'openai', requestsPerMinute: 60, tokensPerMinute: null }],
    })
    for (let at = 0; at < 100; at++) ask(0)
    engine.runUntil(0)
    expect(engine.tally.counts).toMatchObject({ finished: 60, inFlight: 40, throttled: 40 })
    engine.runUntil(5_500)
    expect(engine.tally.counts.finished).toBe(65)
  })

  it('fails a query that is refused as often as there are attempts, at the moment of the last', () => {
    const { engine, ask } = asking({
      attempts: 3,
      providers: [{ provider: 'openai', requestsPerMinute: 1, tokensPerMinute: null }],
    })
    ask(0)
    ask(1_000)
    // Somebody always comes a hair before it.
    ask(59_999.97)
    ask(119_999.94)
    engine.runUntil(120_000)
    expect(engine.tally.counts).toMatchObject({
      arrived: 4,
      finished: 3,
      failed: 1,
      inFlight: 0,
      throttled: 3,
    })
  })
})

describe('a limit of tokens', () => {
  it('takes no request of a call that it refuses', () => {
    const { engine, ask } = asking(
      {
        attempts: 2,
        providers: [{ provider: 'openai', requestsPerMinute: 5, tokensPerMinute: 1_000 }],
      },
      noAccount,
      'openai',
    )
    ask(0, 900)
    ask(0, 900)
    engine.runUntil(0)
    // Two embeddings and one chat; the other chat gave its request back, and two are left.
    expect(engine.tally.counts).toMatchObject({ finished: 1, inFlight: 1, throttled: 1 })
    ask(0)
    engine.runUntil(0)
    expect(engine.tally.counts).toMatchObject({ finished: 2, inFlight: 1, throttled: 1 })
    // 800 tokens are missing, and there are as many after 48 seconds.
    engine.runUntil(47_999)
    expect(engine.tally.counts.inFlight).toBe(1)
    engine.runUntil(48_001)
    expect(engine.tally.counts).toMatchObject({ finished: 3, inFlight: 0 })
  })
})
