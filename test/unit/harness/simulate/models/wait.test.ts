/** Waits in closed form, against published figures and simple sums. */
import { describe, expect, it } from 'vitest'
import { erlangC, waitAt, waitOf } from '../../../../../harness/simulate/models/wait.ts'

/** The definition of Erlang's C, by sums of powers and factorials. */
function erlangByDefinition(count: number, utilisation: number): number {
  const offered = count * utilisation
  let [term, sum] = [1, 1]
  for (let servers = 1; servers < count; servers++) {
    term *= offered / servers
    sum += term
  }
  const last = (term * offered) / count / (1 - utilisation)
  return last / (sum + last)
}

describe('the share that waits', () => {
  // Of one server it is the utilisation; of two at a load of 1, one third. C(10, 8) is in every
  // table: 0.409.
  it.each([
    [1, 0.5, 0.5],
    [1, 0.8, 0.8],
    [2, 0.5, 1 / 3],
    [3, 2 / 3, 4 / 9],
    [10, 0.8, 0.4092],
    [4, 0, 0],
    [4, 1, 1],
    [4, 1.5, 1],
  ])('of %d servers at %d is %d', (count, utilisation, share) => {
    expect(erlangC(count, utilisation)).toBeCloseTo(share, 4)
  })

  it('is that of the definition, also where powers are large', () => {
    for (const count of [1, 2, 7, 64, 120])
      for (const utilisation of [0.1, 0.5, 0.69, 0.95])
        expect(erlangC(count, utilisation) / erlangByDefinition(count, utilisation)).toBeCloseTo(
          1,
          9,
        )
    expect(erlangC(10_000, 0.99)).toBeGreaterThan(0)
  })
})

describe('the wait', () => {
  it('of M/M/1 at a half is that of one service for half of all', () => {
    expect(waitOf({ servers: 1, serviceMs: 100, squaredVariation: 1, utilisation: 0.5 })).toEqual({
      share: 0.5,
      meanMs: 200,
    })
  })

  it('of M/D/1 is half of it', () => {
    expect(
      waitOf({ servers: 1, serviceMs: 100, squaredVariation: 0, utilisation: 0.5 }).meanMs,
    ).toBe(100)
  })

  it('of M/D/c is within 1 % of twenty million arrivals at servers that take turns', () => {
    for (const [servers, utilisation, mean] of [
      [2, 0.5, 0.17681],
      [10, 0.8, 0.11014],
    ] as const) {
      const { share, meanMs } = waitOf({ servers, serviceMs: 1, squaredVariation: 0, utilisation })
      expect(Math.abs((share * meanMs) / mean - 1)).toBeLessThan(0.01)
    }
  })

  it('drawn has the share and the mean, no negative value, and no endless one', () => {
    const wait = { share: 0.3, meanMs: 50 }
    const units = Array.from({ length: 100_000 }, (_each, at) => (at + 0.5) / 100_000)
    const waits = units.map((unit) => waitAt(wait, unit))
    expect(waits.filter((each) => each > 0).length / 100_000).toBeCloseTo(0.3, 3)
    expect(waits.reduce((sum, each) => sum + each, 0) / 100_000 / 15).toBeCloseTo(1, 3)
    expect([
      waitAt(wait, 0) < 50 * 25,
      waitAt({ share: 0, meanMs: 50 }, 0),
      waitAt({ share: 2 ** -40, meanMs: 50 }, 0),
    ]).toEqual([true, 0, 0])
  })
})
