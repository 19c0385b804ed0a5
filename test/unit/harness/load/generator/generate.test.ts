/**
 * A generator: what came of each arrival is told once, with its place in the whole plan, also of
 * those that nobody waits for any more.
 */
import { describe, expect, it } from 'vitest'
import { generate, type LoadEvent } from '../../../../../harness/load/generator/generate.ts'
import { shardsOf, type Shard } from '../../../../../harness/load/generator/shard.ts'
import type { TargetQuestion } from '../../../../../harness/target/target.ts'
import { loadOf } from './loads.ts'
import { clockBegan, virtualClock, type VirtualClock } from './virtual-clock.ts'

const load = loadOf({ durationSeconds: 0.1 })

interface Generated {
  readonly events: readonly LoadEvent[]
  readonly asked: readonly TargetQuestion[]
  readonly clock: VirtualClock
}

interface Generating {
  readonly shard?: Shard | undefined
  readonly maxInFlight?: number
  readonly takesMs: (at: number) => number
}

async function generated({
  shard = shardsOf(load, 1)[0],
  maxInFlight = 100,
  takesMs,
}: Generating): Promise<Generated> {
  const clock = virtualClock()
  const [events, asked]: [LoadEvent[], TargetQuestion[]] = [[], []]
  if (shard === undefined) throw new Error('there is no such shard')
  await clock.during(
    generate({
      shard,
      clock,
      startMs: clockBegan,
      maxInFlight,
      timeoutMs: 500,
      stop: new AbortController().signal,
      onEvent: (event) => void events.push(event),
      asker: {
        async ask(question) {
          const at = asked.push(question) - 1
          await clock.sleep(takesMs(at))
          return { told: at }
        },
      },
    }),
  )
  return { events, asked, clock }
}

describe('a generator', () => {
  it('tells what it was told, with the times of each', async () => {
    const { events } = await generated({ takesMs: (at) => 7 * (at + 1) })
    expect(events.map(({ kind, position }) => [kind, position])).toEqual(
      Array.from({ length: 10 }, (_each, at) => ['answered', at]),
    )
    expect(events[3]).toEqual({
      kind: 'answered',
      position: 3,
      told: { told: 3 },
      times: { intendedMs: 30, releasedMs: 30, sentMs: 30, endedMs: 58 },
    })
  })

  it('names the places of the whole plan, of which it has a part', async () => {
    const { events, asked } = await generated({ shard: shardsOf(load, 3)[1], takesMs: () => 1 })
    expect(events.map(({ position }) => position)).toEqual([1, 4, 7])
    expect(asked.map(({ requestId }) => requestId)).toEqual(
      [1, 4, 7].map((position) => load.queryAt(position).requestId),
    )
  })

  it('tells of what was held and given up when that was, and that it was never sent', async () => {
    const { events, asked } = await generated({ maxInFlight: 1, takesMs: () => 1e6 })
    expect(asked).toHaveLength(1)
    // Arrivals end at 90 ms; half a second later nobody waits any more.
    expect(
      events
        .filter(({ kind }) => kind === 'dropped')
        .map(({ position, times }) => [position, times]),
    ).toEqual(
      Array.from({ length: 9 }, (_each, at) => [
        at + 1,
        { intendedMs: 10 * (at + 1), releasedMs: 10 * (at + 1), sentMs: 590, endedMs: 590 },
      ]),
    )
    expect(events.filter(({ kind }) => kind === 'unanswered')).toEqual([
      {
        kind: 'unanswered',
        position: 0,
        times: { intendedMs: 0, releasedMs: 0, sentMs: 0, endedMs: 590 },
      },
    ])
  })

  it('tells of one that was given up only once, though its answer comes after all', async () => {
    const { events, clock } = await generated({ takesMs: (at) => (at === 4 ? 800 : 5) })
    await clock.during(clock.sleep(10_000))
    expect(events.filter(({ position }) => position === 4)).toMatchObject([
      { kind: 'unanswered', times: { endedMs: 590 } },
    ])
    expect(events).toHaveLength(10)
  })
})
