import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSecret, newSuffix, randomFor, sha256, type Random } from '../../../src/base/random.ts'

const draws = (random: Random, count = 20): readonly number[] =>
  Array.from({ length: count }, () => random.unit())
const keys = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 })

describe('a keyed stream', () => {
  it('gives the same draws for the same key', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(draws(randomFor([...key]))).toEqual(draws(randomFor([...key])))
      }),
    )
  })

  it('gives other draws for another key', () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(draws(randomFor(one))).not.toEqual(draws(randomFor(other)))
      }),
    )
  })

  it.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [[1], ['1']],
    [['a,b'], ['a', 'b']],
    [
      [12, 3],
      [1, 23],
    ],
  ])('keeps %j and %j apart', (one, other) =>
    expect(draws(randomFor(one))).not.toEqual(draws(randomFor(other))),
  )

  it('does not depend on draws of other streams', () => {
    const alone = draws(randomFor(['a']), 2)
    const [a, b] = [randomFor(['a']), randomFor(['b'])]
    const mixed = [a.unit(), (b.unit(), a.unit())]
    expect(mixed).toEqual(alone)
  })
})

describe('draws', () => {
  it('are in [0, 1) and spread evenly', () => {
    const random = randomFor(['even'])
    const bins = new Array<number>(10).fill(0)
    for (const unit of draws(random, 20_000))
      bins[Math.floor(unit * 10)] = (bins[Math.floor(unit * 10)] ?? 0) + 1
    expect(bins).toHaveLength(10)
    for (const count of bins) expect(Math.abs(count - 2_000)).toBeLessThan(250)
  })

  it('are integers within both bounds', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.nat(1_000),
        (key, low, width) => {
          const random = randomFor([key])
          for (let at = 0; at < 20; at++)
            expect(random.integer(low, low + width)).toSatisfy(
              (value: number) => Number.isInteger(value) && value >= low && value <= low + width,
            )
        },
      ),
    )
  })

  it('reach both bounds', () => {
    const random = randomFor(['bounds'])
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(1, 6)))
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('shuffle to a permutation and leave the list alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer()), (key, list) => {
        const before = [...list]
        const shuffled = randomFor([key]).shuffle(list)
        expect(shuffled.toSorted()).toEqual(list.toSorted())
        expect(list).toEqual(before)
      }),
    )
  })

  it('put every item in every place', () => {
    const places = new Set(
      Array.from({ length: 300 }, (_each, at) =>
        randomFor(['shuffle', at]).shuffle([0, 1, 2, 3]).join(''),
      ),
    )
    expect(places.size).toBe(24)
  })

  it('have the stated median and sigma when log-normal', () => {
    const random = randomFor(['log-normal'])
    const logs = Array.from({ length: 20_000 }, () => Math.log(random.logNormal(280, 0.5))).sort(
      (one, other) => one - other,
    )
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length
    const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length
    expect(Math.exp(logs[10_000] ?? 0)).toBeCloseTo(280, -1)
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1)
  })
})

describe('secrets', () => {
  it('are long, URL-safe and never the same', () => {
    const secrets = Array.from({ length: 100 }, newSecret)
    expect(new Set(secrets).size).toBe(100)
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{32}$/)
    expect(newSuffix()).toMatch(/^[0-9a-f]{10}$/)
  })
})

it('hashes as SHA-256 does', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
