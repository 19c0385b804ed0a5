/**
 * Draws are uniform, and know nothing of each other: seeded, so that what passes once passes
 * always.
 */
import { describe, expect, it } from 'vitest'
import {
  drawKeys,
  drawn,
  drawPurposes,
  ofAttempt,
  strikesBelow,
} from '../../../../../harness/simulate/engine/draws.ts'
import { isAnsweredFromCache, repeatWaitMs } from '../../../../../harness/simulate/engine/fates.ts'

const many = 400_000
const seed = 1
const keysOf = (tenant: string): ReturnType<typeof drawKeys> => drawKeys(seed, tenant)
type Stream = (number: number) => number
const streamOf = (tenant: string, purpose: number): Stream => {
  const keys = keysOf(tenant)
  return (number) => drawn(keys[2 * purpose] ?? 0, keys[2 * purpose + 1] ?? 0, number) >>> 0
}

/** How many standard deviations the chi-square of so many bins lies from its mean. */
function chiSquareZ(binOf: Stream, bins: number): number {
  const counts = new Float64Array(bins)
  for (let number = 0; number < many; number++)
    counts[binOf(number)] = (counts[binOf(number)] ?? 0) + 1
  const expected = many / bins
  return (
    (counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) - (bins - 1)) /
    Math.sqrt(2 * (bins - 1))
  )
}

function correlation(one: Stream, other: Stream): number {
  const middle = 2 ** 31
  let sum = 0
  for (let number = 0; number < many; number++)
    sum += (one(number) - middle) * (other(number) - middle)
  return sum / many / (2 ** 64 / 12)
}

describe(`draws of seed ${seed}`, () => {
  it.each(drawPurposes.map((purpose, at) => [purpose, at] as const))(
    'for %s are spread evenly over 4,096 parts, by their first and their last bits',
    (_purpose, at) => {
      const stream = streamOf('t1', at)
      expect(Math.abs(chiSquareZ((number) => stream(number) >>> 20, 4_096))).toBeLessThan(4)
      expect(Math.abs(chiSquareZ((number) => stream(number) & 0xfff, 4_096))).toBeLessThan(4)
    },
  )

  it('in a row are independent: 64 by 64 parts of a draw and the next', () => {
    const stream = streamOf('t1', 1)
    expect(
      Math.abs(
        chiSquareZ((number) => ((stream(number) >>> 26) << 6) | (stream(number + 1) >>> 26), 4_096),
      ),
    ).toBeLessThan(4)
  })

  it('for different purposes, of different tenants, attempts and seeds are not correlated', () => {
    const first = streamOf('t1', 0)
    const [keys, ofAnotherSeed] = [keysOf('t1'), drawKeys(seed + 1, 't1')]
    const others: Readonly<Record<string, Stream>> = {
      ...Object.fromEntries(
        drawPurposes.slice(1).map((purpose, at) => [purpose, streamOf('t1', at + 1)]),
      ),
      tenant: streamOf('t2', 0),
      seed: (number) => drawn(ofAnotherSeed[0] ?? 0, ofAnotherSeed[1] ?? 0, number) >>> 0,
      attempt: (number) => first(ofAttempt(number, 2)),
      next: (number) => first(number + 1),
      swapped: (number) => drawn(keys[1] ?? 0, keys[0] ?? 0, number) >>> 0,
    }
    // Four standard deviations of no correlation.
    for (const [name, other] of Object.entries(others))
      expect(Math.abs(correlation(first, other)), name).toBeLessThan(4 / Math.sqrt(many))
  })

  it('of a tenant are not those of another a few numbers later, whatever their keys have in common', () => {
    const low = drawKeys(seed, 't1')[0] ?? 0
    for (let shift = 0; shift < 8; shift++) {
      const shifted = low + Math.imul(shift, 0x9e37_79b1)
      expect(
        Array.from(
          { length: 1_000 },
          (_each, number) => drawn(shifted, 1, number) === drawn(low, 2, number + shift),
        ),
      ).not.toContain(true)
    }
  })

  it('of one tenant do not come twice: neither its attempts nor its purposes repeat each other', () => {
    const seen = new Set<number>()
    const stream = streamOf('t1', 0)
    for (let number = 0; number < 20_000; number++)
      for (let attempt = 1; attempt <= 4; attempt++) seen.add(ofAttempt(number, attempt))
    expect(seen.size).toBe(80_000)
    // A mixer keyed alike is one to one.
    expect(new Set(Array.from({ length: 50_000 }, (_each, number) => stream(number))).size).toBe(
      50_000,
    )
  })

  it.each([0.001, 0.05, 0.5])('strike with a share of %d', (share) => {
    const stream = streamOf('t1', 2)
    let struck = 0
    for (let number = 0; number < many; number++)
      struck += Number(stream(number) < strikesBelow(share))
    expect(Math.abs(struck - many * share)).toBeLessThan(4 * Math.sqrt(many * share * (1 - share)))
  })

  it('strike never at 0 and always at 1', () => {
    const stream = streamOf('t1', 2)
    for (let number = 0; number < 10_000; number++)
      expect([stream(number) < strikesBelow(0), stream(number) < strikesBelow(1)]).toEqual([
        false,
        true,
      ])
  })

  it('answer from the cache as often as is said, and independently of other fates', () => {
    const keys = keysOf('t1')
    const fate = streamOf('t1', 2)
    let [cached, both] = [0, 0]
    for (let number = 0; number < many; number++) {
      if (!isAnsweredFromCache({ keys, number }, strikesBelow(0.2))) continue
      cached++
      both += Number(fate(number) < strikesBelow(0.2))
    }
    expect(Math.abs(cached / many - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / many))
    expect(Math.abs(both / many - 0.04)).toBeLessThan(4 * Math.sqrt(0.04 / many))
  })
})

it('a wait before another attempt is 150 to 200 ms, and doubles', () => {
  expect([
    repeatWaitMs(1, 0),
    repeatWaitMs(1, 0.5),
    repeatWaitMs(2, 0),
    repeatWaitMs(3, 0.5),
  ]).toEqual([150, 175, 300, 700])
})
