/**
 * Pacing: whatever is due is sent, however late; what is held is counted from its intended start;
 * nothing is waited for without end.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pace, type SendTimes } from '../../../../../harness/load/generator/pace.ts'
import { clockBegan, virtualClock } from './virtual-clock.ts'

interface Pacing {
  readonly atMs: readonly number[]
  /** How long the answer to each takes; Infinity of one that never comes. */
  readonly takesMs?: (position: number) => number
  readonly maxInFlight?: number
  readonly timeoutMs?: number
  readonly lateMs?: (sleep: number) => number
  readonly stopsAtMs?: number
}

interface Paced {
  readonly sent: readonly (SendTimes & { readonly position: number })[]
  readonly dropped: readonly {
    readonly position: number
    readonly intendedMs: number
    readonly releasedMs: number
    readonly atMs: number
  }[]
  /** How many were out at the end, the most that ever were, and when it ended. */
  readonly left: number
  readonly most: number
  readonly endedMs: number
}

async function paced({
  atMs,
  takesMs = () => 0,
  maxInFlight = 1_000,
  timeoutMs = 10_000,
  lateMs = () => 0,
  stopsAtMs,
}: Pacing): Promise<Paced> {
  const clock = virtualClock()
  const stop = new AbortController()
  if (stopsAtMs !== undefined) void clock.sleep(stopsAtMs).then(() => stop.abort())
  const sent: (SendTimes & { position: number })[] = []
  const dropped: Paced['dropped'][number][] = []
  let [out, most] = [0, 0]
  const sinceStart = (): number => clock.monotonicMs() - clockBegan
  const left = await clock.during(
    pace({
      atMs: Float64Array.from(atMs),
      clock: clock.lateBy(lateMs),
      startMs: clockBegan,
      maxInFlight,
      timeoutMs,
      stop: stop.signal,
      async send(position, times) {
        sent.push({ position, ...times })
        most = Math.max(most, ++out)
        const tookMs = takesMs(position)
        await (tookMs === Infinity ? new Promise<void>(() => undefined) : clock.sleep(tookMs))
        out--
      },
      drop: (position, times) => void dropped.push({ position, ...times, atMs: sinceStart() }),
    }),
  )
  return { sent, dropped, left, most, endedMs: sinceStart() }
}

const every = (apartMs: number, count: number): number[] =>
  Array.from({ length: count }, (_each, at) => at * apartMs)
const positions = (all: readonly { readonly position: number }[]): readonly number[] =>
  all.map(({ position }) => position)

describe('what is due', () => {
  it('is sent at its time by a clock that is right', async () => {
    const { sent, left, endedMs } = await paced({ atMs: [0, 0, 3, 10.5], takesMs: () => 4 })
    expect(sent).toEqual(
      [0, 0, 3, 10.5].map((at, position) => ({
        position,
        intendedMs: at,
        releasedMs: at,
        sentMs: at,
      })),
    )
    expect({ left, endedMs }).toEqual({ left: 0, endedMs: 14.5 })
  })

  it('is sent however late a timer fires, and the lateness is told as what it is', async () => {
    const { sent, dropped } = await paced({ atMs: every(2, 500), lateMs: () => 25 })
    expect(positions(sent)).toEqual(every(1, 500))
    expect(dropped).toEqual([])
    const lags = sent.map(({ intendedMs, releasedMs }) => releasedMs - intendedMs)
    // A timer that is 25 ms late makes what was due at first 25 ms late, and what came due since
    // then less so.
    expect([Math.max(...lags), Math.min(...lags)]).toEqual([25, 0])
    expect(sent.every(({ releasedMs, sentMs }) => sentMs === releasedMs)).toBe(true)
    expect(sent.at(-1)?.releasedMs).toBeLessThanOrEqual(998 + 25)
  })

  it('all at once, where the thread was away for longer than the whole load', async () => {
    const { sent } = await paced({
      atMs: every(1, 100),
      lateMs: (sleep) => (sleep === 0 ? 5_000 : 0),
    })
    expect(sent.map(({ intendedMs, sentMs }) => [intendedMs, sentMs])).toEqual(
      every(1, 100).map((at) => [at, at === 0 ? 0 : 5_001]),
    )
  })

  it('is sent once each, in order, and never before its time, whatever the delays', async () => {
    const gaps = fc.array(
      fc.integer({ min: 0, max: 20_000 }).map((microseconds) => microseconds / 1_000),
      { minLength: 1, maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(
        gaps,
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }),
        async (apart, lates) => {
          let at = 0
          const atMs = apart.map((gap) => (at += gap))
          const { sent } = await paced({
            atMs,
            takesMs: () => 7,
            lateMs: (sleep) => lates[sleep % lates.length] ?? 0,
          })
          expect(positions(sent)).toEqual(every(1, atMs.length))
          expect(sent.map(({ intendedMs }) => intendedMs)).toEqual(atMs)
          // The clock does not begin at zero, so sums of it are a hair off.
          expect(
            sent.every(
              ({ intendedMs, releasedMs }) =>
                releasedMs > intendedMs - 1e-6 &&
                releasedMs < intendedMs + Math.max(...lates) + 1e-6,
            ),
          ).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('is nothing, and then it is over at once', async () =>
    expect(await paced({ atMs: [] })).toMatchObject({ sent: [], left: 0, endedMs: 0 }))
})

describe('beyond the ceiling', () => {
  it('arrivals wait, go out in their order as places come free, and keep their intended start', async () => {
    const { sent, most, dropped } = await paced({
      atMs: [0, 0, 1, 2, 150],
      takesMs: () => 100,
      maxInFlight: 2,
    })
    expect(
      sent.map(({ intendedMs, releasedMs, sentMs }) => [intendedMs, releasedMs, sentMs]),
    ).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 100],
      [2, 2, 100],
      [150, 150, 200],
    ])
    expect({ most, dropped: dropped.length, order: positions(sent) }).toEqual({
      most: 2,
      dropped: 0,
      order: [0, 1, 2, 3, 4],
    })
  })

  it('a long queue loses nobody and turns nobody round', async () => {
    const { sent, most, dropped } = await paced({
      atMs: every(0.125, 6_000),
      takesMs: () => 1,
      maxInFlight: 3,
      timeoutMs: 1e6,
    })
    expect(positions(sent)).toEqual(every(1, 6_000))
    expect({ most, dropped: dropped.length }).toEqual({ most: 3, dropped: 0 })
  })

  it('one that waited longer than anybody would is given up, and the next that has not is sent', async () => {
    const { sent, dropped } = await paced({
      atMs: [0, 10, 20, 200],
      takesMs: (position) => (position === 0 ? 300 : 1),
      maxInFlight: 1,
      timeoutMs: 285,
    })
    // At 300 ms a place is free: the second has waited for 290 ms, the third for 280.
    expect(sent.map(({ position, sentMs }) => [position, sentMs])).toEqual([
      [0, 0],
      [2, 300],
      [3, 301],
    ])
    expect(dropped).toEqual([{ position: 1, intendedMs: 10, releasedMs: 10, atMs: 300 }])
  })

  it('every arrival is sent or given up, once', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 })
    const takes = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant(Infinity)), {
      minLength: 1,
    })
    await fc.assert(
      fc.asyncProperty(
        times,
        takes,
        fc.integer({ min: 1, max: 8 }),
        async (unsorted, tookMs, maxInFlight) => {
          const atMs = unsorted.toSorted((one, other) => one - other)
          const { sent, dropped, most, left } = await paced({
            atMs,
            takesMs: (position) => tookMs[position % tookMs.length] ?? 0,
            maxInFlight,
            timeoutMs: 150,
          })
          expect(
            [...positions(sent), ...positions(dropped)].toSorted((one, other) => one - other),
          ).toEqual(every(1, atMs.length))
          expect(positions(sent)).toEqual(positions(sent).toSorted((one, other) => one - other))
          expect(most).toBeLessThanOrEqual(maxInFlight)
          expect(left).toBeLessThanOrEqual(maxInFlight)
          expect(sent.every(({ intendedMs, sentMs }) => sentMs - intendedMs <= 150)).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('the end', () => {
  it('is not before what was sent has come back', async () =>
    expect(await paced({ atMs: [0, 5], takesMs: () => 700 })).toMatchObject({
      left: 0,
      endedMs: 705,
    }))

  it('comes once nobody waits any more, and says how many are still out', async () => {
    const { left, endedMs } = await paced({
      atMs: [0, 10, 20],
      takesMs: (position) => (position === 1 ? 1 : Infinity),
      timeoutMs: 400,
    })
    expect({ left, endedMs }).toEqual({ left: 2, endedMs: 420 })
  })

  it('gives up what is held by then', async () => {
    const { sent, dropped, left } = await paced({
      atMs: [0, 10, 20],
      takesMs: () => Infinity,
      maxInFlight: 1,
      timeoutMs: 400,
    })
    expect([positions(sent), positions(dropped), left]).toEqual([[0], [1, 2], 1])
  })
})

describe('a stop', () => {
  it('after the last arrival drops what is held all the same', async () => {
    const { sent, dropped } = await paced({
      atMs: every(1, 20),
      takesMs: () => 100,
      maxInFlight: 2,
      stopsAtMs: 50,
    })
    expect(positions(sent)).toEqual([0, 1])
    expect(dropped).toHaveLength(18)
  })

  it('sends nothing more, drops what is held at once, and waits for what is out', async () => {
    const { sent, dropped, left, endedMs } = await paced({
      atMs: every(10, 100),
      takesMs: () => 200,
      maxInFlight: 3,
      stopsAtMs: 55,
    })
    expect(positions(sent)).toEqual([0, 1, 2])
    expect(dropped.map(({ position, atMs }) => [position, atMs])).toEqual([
      [3, 55],
      [4, 55],
      [5, 55],
    ])
    expect({ left, endedMs }).toEqual({ left: 0, endedMs: 220 })
  })

  it('before the beginning sends nothing', async () => {
    const { sent, dropped } = await paced({ atMs: every(10, 5).map((at) => at + 10), stopsAtMs: 0 })
    expect([sent, dropped]).toEqual([[], []])
  })
})
