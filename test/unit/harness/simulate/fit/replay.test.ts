/** The queue against a trivial one, and what is drawn. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replayLoad, type Arrival } from '../../../../../harness/simulate/fit/replay.ts'
import {
  constantTable,
  exponentialTable,
} from '../../../../../harness/simulate/models/quantile-table.ts'
import type { ServiceModels } from '../../../../../harness/simulate/models/service-models.ts'
import { randomFor } from '../../../../../src/base/random.ts'

const zero = constantTable(0)

function models(firstTokenMs = constantTable(100)): ServiceModels {
  return {
    source: 'test',
    embedMs: zero,
    retrieveMs: zero,
    hydrateMs: zero,
    rerankMs: constantTable(50),
    otherMs: zero,
    promptFactor: 1,
    chat: new Map([
      [
        'm',
        { model: 'm', firstTokenMs, msPerToken: constantTable(2), answerTokens: constantTable(10) },
      ],
    ]),
  }
}

/** Millisecond by millisecond: who has waited longest is served where a place is free. */
function byTheMillisecond(arrivals: readonly Arrival[], servers: number): readonly number[] {
  const latencies: number[] = []
  const waiting: number[] = []
  let busyUntil: number[] = []
  for (
    let nowMs = 0, next = 0;
    latencies.filter((each) => each !== undefined).length < arrivals.length;
    nowMs++
  ) {
    busyUntil = busyUntil.filter((until) => until > nowMs)
    while ((arrivals[next]?.atMs ?? Infinity) <= nowMs) waiting.push(next++)
    while (busyUntil.length < servers && waiting.length > 0) {
      const at = waiting.shift() as number
      const { atMs = 0, rerank = false } = arrivals[at] ?? {}
      busyUntil.push(nowMs + (rerank ? 170 : 120))
      latencies[at] = nowMs - atMs + (rerank ? 170 : 120)
    }
  }
  return latencies
}

describe('the queue', () => {
  it('is first come, first served', () => {
    const arrival = fc.record({ atMs: fc.integer({ min: 0, max: 400 }), rerank: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(arrival, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 5 }),
        (drawn, servers) => {
          const arrivals = drawn
            .toSorted((one, other) => one.atMs - other.atMs)
            .map((each) => ({ ...each, model: 'm' }))
          expect([
            ...replayLoad({ arrivals, servers }, { models: models(), seed: 1 }).latencyMs,
          ]).toEqual(byTheMillisecond(arrivals, servers))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('waits as long as Erlang says', () => {
    const random = randomFor(['arrivals'])
    let atMs = 0
    // Four servers, a mean of 120 ms, three quarters of what they can take.
    const arrivals = Array.from({ length: 40_000 }, () => ({
      atMs: (atMs -= 40 * Math.log(1 - random.unit())),
      model: 'm',
      rerank: false,
    }))
    const service = exponentialTable(120)
    const alone: ServiceModels = {
      ...models(),
      chat: new Map([
        ['m', { model: 'm', firstTokenMs: service, msPerToken: zero, answerTokens: zero }],
      ]),
    }
    // Three are offered: C = 13.5 / (13 + 13.5), and who waits does so for a mean of 120 / (4 - 3).
    const expectedMs = (13.5 / 26.5) * 120
    const { latencyMs } = replayLoad({ arrivals, servers: 4 }, { models: alone, seed: 3 })
    const waitMs = latencyMs.reduce((sum, each) => sum + each, 0) / latencyMs.length - 120
    expect(Math.abs(waitMs / expectedMs - 1)).toBeLessThan(0.1)
  })
})

describe('what is drawn', () => {
  const arrivals = [0, 1, 2].map((at) => ({
    atMs: at,
    model: at === 1 ? 'unknown' : 'm',
    rerank: false,
  }))
  it('a model that was not fitted has no time, and holds up nobody', () => {
    expect([
      ...replayLoad({ arrivals, servers: 1 }, { models: models(), seed: 1 }).latencyMs,
    ]).toEqual([120, Number.NaN, 238])
  })
  it('one seed is one load, another another', () => {
    const of = (seed: number): readonly number[] => [
      ...replayLoad({ arrivals, servers: null }, { models: models(exponentialTable(100)), seed })
        .latencyMs,
    ]
    expect(of(5)).toEqual(of(5))
    expect(of(5)).not.toEqual(of(6))
  })
})
