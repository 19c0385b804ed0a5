/** The engines against the trivial one, against each other, and what must hold at any moment. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EngineOptions, EventEngine } from '../../../../../harness/simulate/engine/engine.ts'
import { eventEngine } from '../../../../../harness/simulate/engine/event-engine.ts'
import { fifoEngine, isFifo } from '../../../../../harness/simulate/engine/fifo-engine.ts'
import type { Account, Arrival } from '../../../../../harness/simulate/engine/request.ts'
import type { PlannedLimits } from '../../../../../harness/simulate/plan.ts'
import { thrownBy } from '../../../support/failures.ts'
import { askerOf, engineOf, exponentialTimes, someStages, someVariant } from './plans.ts'
import { trivialEngine } from './trivial-engine.ts'

interface Uses {
  embedded: number
  retrieved: number
  reranked: number
  chatCalls: number
  chatPromptTokens: number
  chatAnswerTokens: number
  repeated: number
}

function counting(): { readonly account: Account; readonly uses: Uses } {
  const uses = {
    embedded: 0,
    retrieved: 0,
    reranked: 0,
    chatCalls: 0,
    chatPromptTokens: 0,
    chatAnswerTokens: 0,
    repeated: 0,
  }
  return {
    uses,
    account: {
      embedded: () => void uses.embedded++,
      retrieved: () => void uses.retrieved++,
      reranked: () => void uses.reranked++,
      chatted({ promptTokens, answerTokens, isRepeated }) {
        uses.chatCalls++
        uses.chatPromptTokens += promptTokens
        uses.chatAnswerTokens += answerTokens
        uses.repeated += Number(isRepeated)
      },
    },
  }
}

const places = fc.option(fc.integer({ min: 1, max: 4 }))
const share = fc.constantFrom(0, 0, 0.1, 0.4, 1)
const some = fc.record({
  seed: fc.nat(1_000_000),
  count: fc.integer({ min: 1, max: 40 }),
  meanMs: fc.constantFrom(50, 400, 3_000),
  maxInFlight: places,
  connections: places,
  attempts: fc.integer({ min: 1, max: 4 }),
  timeoutMs: fc.option(fc.integer({ min: 500, max: 5_000 })),
  rates: fc.record({
    abortedStreams: fc.constantFrom(0, 0.1, 0.4),
    unavailable: fc.constantFrom(0, 0.1, 0.4),
    cachedAnswers: share,
    cachedPromptTokens: fc.constant(0),
  }),
  rerank: fc.boolean(),
})
type Some = typeof some extends fc.Arbitrary<infer T> ? T : never

function caseOf({
  seed,
  count,
  meanMs,
  maxInFlight,
  connections,
  attempts,
  timeoutMs,
  rates,
  rerank,
}: Some): {
  readonly options: EngineOptions
  readonly arrivals: readonly Arrival[]
  readonly uses: readonly Uses[]
} {
  const next = exponentialTimes(seed, meanMs)
  let atMs = 0
  // Each query is somebody else's, so that its end can be seen.
  const all = Array.from({ length: count }, (_each, number) => {
    const { account, uses } = counting()
    return {
      uses,
      arrival: {
        atMs: (atMs += next()),
        number,
        promptTokens: 100 + number,
        asker: askerOf(seed, { variant: { ...someVariant, rerank }, account }),
      },
    }
  })
  return {
    options: engineOf({
      stages: someStages,
      rates,
      limits: { maxInFlight, connections, attempts, timeoutMs },
    }),
    arrivals: all.map(({ arrival }) => arrival),
    uses: all.map(({ uses }) => uses),
  }
}

const runs = { numRuns: 150 } as const

describe('the event engine', () => {
  it('ends every query when the trivial engine does, and uses what it uses', () => {
    fc.assert(
      fc.property(some, (given) => {
        const { options, arrivals, uses } = caseOf(given)
        const expected = trivialEngine(options, arrivals)
        const engine = eventEngine(options)
        const isEnded = (query: number): boolean => {
          const { finished, failed } = arrivals[query]?.asker.series ?? { finished: 0, failed: 0 }
          return finished + failed === 1
        }
        // A hair before its end a query is under way, and a hair after it is not. Sums in another
        // order differ by less.
        const hair = 1e-6
        const moments = [
          ...arrivals.map((arrival) => ({
            atMs: arrival.atMs,
            look: () => engine.arrive(arrival),
          })),
          ...expected.flatMap(({ endMs }, query) =>
            endMs === arrivals[query]?.atMs
              ? []
              : [
                  { atMs: endMs - hair, look: () => expect(isEnded(query)).toBe(false) },
                  { atMs: endMs + hair, look: () => expect(isEnded(query)).toBe(true) },
                ],
          ),
        ].toSorted((one, other) => one.atMs - other.atMs)
        for (const { atMs, look } of moments) {
          engine.runUntil(atMs)
          look()
          const { arrived, finished, failed, inFlight } = engine.tally.counts
          expect(arrived).toBe(finished + failed + inFlight)
          expect(inFlight).toBe(
            arrivals.slice(0, arrived).filter((_arrival, query) => !isEnded(query)).length,
          )
        }
        expect(engine.tally.counts.inFlight).toBe(0)
        expect(
          arrivals.map(({ asker: { series } }) => (series.finished === 1 ? 'finished' : 'failed')),
        ).toEqual(expected.map(({ outcome }) => outcome))
        expect(
          uses.map(
            ({ embedded: _embedded, retrieved: _retrieved, reranked: _reranked, ...chat }) => chat,
          ),
        ).toEqual(
          expected.map(({ endMs: _endMs, outcome: _outcome, isSent: _isSent, ...chat }) => chat),
        )
        // Whoever is sent is embedded, retrieved for and reranked once.
        expect(uses.map(({ embedded }) => embedded)).toEqual(
          expected.map(({ isSent }) => Number(isSent)),
        )
        for (const { embedded, retrieved, reranked } of uses)
          expect([retrieved, reranked]).toEqual([embedded, given.rerank ? embedded : 0])
      }),
      runs,
    )
  })

  it('is the same as the one for first come, first served, but for the last digits of sums', () => {
    fc.assert(
      fc.property(some, (given) => {
        const [one, other] = [
          caseOf({ ...given, connections: null }),
          caseOf({ ...given, connections: null }),
        ]
        expect(isFifo(one.options)).toBe(true)
        const [events, fifo] = [eventEngine(one.options), fifoEngine(other.options)]
        for (const [at, arrival] of one.arrivals.entries()) {
          events.arrive(arrival)
          fifo.arrive(other.arrivals[at] ?? arrival)
        }
        for (const engine of [events, fifo]) engine.runUntil(Infinity)
        const told = ({ tally: { counts, waits } }: EventEngine): object => ({
          counts,
          waits: { ...waits, admissionMs: waits.admissionMs.toFixed(3) },
        })
        expect(told(fifo)).toEqual(told(events))
        expect(other.uses).toEqual(one.uses)
        const seen = ({ arrivals }: typeof one): readonly object[] =>
          arrivals.map(({ asker: { series } }) => ({
            ...series,
            latency: series.latency.indexOf(1),
          }))
        expect(seen(other)).toEqual(seen(one))
      }),
      runs,
    )
  })

  it(
    'loses nobody between rate limits, timeouts and attempts: at every moment arrived is ' +
      'finished, failed and in flight',
    () => {
      const limit = fc.option(fc.integer({ min: 1, max: 60 }))
      const limits = fc.array(
        fc.record({
          provider: fc.constantFrom<'openai' | 'pinecone'>('openai', 'pinecone'),
          requestsPerMinute: limit,
          tokensPerMinute: fc.option(fc.integer({ min: 100, max: 50_000 })),
        }),
        { maxLength: 2 },
      )
      fc.assert(
        fc.property(some, limits, (given, providers) => {
          const { options, arrivals, uses } = caseOf(given)
          const engine = eventEngine({
            ...options,
            limits: { ...options.limits, providers } as PlannedLimits,
          })
          for (const arrival of arrivals) {
            engine.arrive(arrival)
            const { arrived, finished, failed, inFlight } = engine.tally.counts
            expect(arrived).toBe(finished + failed + inFlight)
          }
          engine.runUntil(Infinity)
          const { arrived, finished, failed, inFlight, aborted, unavailable, throttled } =
            engine.tally.counts
          expect([arrived, inFlight]).toEqual([arrivals.length, 0])
          expect(finished + failed).toBe(arrived)
          // Every attempt was accepted, refused or answered 503, and of a query none is one too
          // many.
          expect(uses.reduce((sum, { chatCalls }) => sum + chatCalls, 0)).toBeGreaterThanOrEqual(
            aborted,
          )
          expect(aborted + unavailable + throttled).toBeLessThanOrEqual(
            arrived * 4 * given.attempts,
          )
          for (const { embedded, retrieved, chatCalls } of uses)
            expect([
              embedded <= 1,
              retrieved <= embedded,
              chatCalls <= given.attempts * embedded,
            ]).toEqual([true, true, true])
        }),
        runs,
      )
    },
  )

  it('does not go back in time', () => {
    const engine = eventEngine(engineOf({ stages: someStages, limits: { maxInFlight: 1 } }))
    const arrival = (atMs: number): Arrival => ({
      atMs,
      number: 1,
      promptTokens: 1,
      asker: askerOf(1),
    })
    engine.arrive(arrival(1_000))
    engine.runUntil(5_000)
    expect(thrownBy(() => engine.arrive(arrival(4_999)))).toMatchObject({
      code: 'TB_BUG',
      detail: 'Virtual time went back from 5000 to 4999 ms.',
    })
    // A time below nothing is an event in the past.
    const past = eventEngine(
      engineOf({
        stages: { ...someStages, embedMs: new Float64Array(4_096).fill(-1e6) },
        limits: { connections: 1 },
      }),
    )
    past.arrive({
      ...arrival(1_000),
      asker: askerOf(1, {
        variant: { ...someVariant, firstTokenMs: new Float64Array(4_096).fill(-1e7) },
      }),
    })
    expect(thrownBy(() => past.runUntil(Infinity))).toMatchObject({
      code: 'TB_BUG',
      detail: expect.stringMatching(/^Virtual time went back/) as string,
    })
  })
})
