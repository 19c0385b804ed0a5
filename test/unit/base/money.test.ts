import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  divideHalfEven,
  formatUsd,
  formatUsdRounded,
  parseUsd,
  picoUsd,
  splitByWeight,
  sumUsd,
  usdAsNumber,
  usdFromNumber,
  type Share,
} from '../../../src/base/money.ts'
import { thrownBy } from '../support/failures.ts'

const amounts = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })

describe('reading and writing dollars', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['0.000000000001', 1n],
    ['0.000002', 2_000_000n],
    ['-0.037', -37_000_000_000n],
    ['185', 185_000_000_000_000n],
    ['007.50', 7_500_000_000_000n],
    ['123456789012345678901.5', 123_456_789_012_345_678_901_500_000_000_000n],
  ])('%s is %d pico-dollars', (text, amount) => expect(parseUsd(text)).toBe(amount))

  it.each([
    '',
    ' ',
    '1.',
    '.5',
    '1e3',
    '+1',
    '1,000',
    '$1',
    '0x10',
    '1.0000000000001',
    'NaN',
    '1\n',
    ' 1',
    '--1',
    '１',
  ])('refuses %j', (text) => {
    expect(thrownBy(() => parseUsd(text)).code).toBe('TB_MONEY_INVALID')
  })

  it('reads what it writes', () => {
    fc.assert(fc.property(amounts, (amount) => parseUsd(formatUsd(picoUsd(amount))) === amount))
  })

  it('writes the shortest form', () => {
    fc.assert(
      fc.property(amounts, (amount) =>
        /^(0|-?(0|[1-9]\d*)(\.\d{0,11}[1-9])?)$/.test(formatUsd(picoUsd(amount))),
      ),
    )
  })

  it.each([
    ['0.005', 2, '0.00'],
    ['0.015', 2, '0.02'],
    ['0.025', 2, '0.02'],
    ['0.0250000001', 2, '0.03'],
    ['-0.015', 2, '-0.02'],
    ['-0.004', 2, '0.00'],
    ['1.5', 0, '2'],
    ['2.5', 0, '2'],
    ['999.995', 2, '1000.00'],
    ['0.045', 4, '0.0450'],
  ])('%s at %i places reads %s', (text, places, written) =>
    expect(formatUsdRounded(parseUsd(text), places)).toBe(written),
  )

  it('turns numbers of ordinary size into money and back', () => {
    expect(formatUsd(usdFromNumber(0.045))).toBe('0.045')
    expect(usdAsNumber(parseUsd('18500'))).toBe(18_500)
  })
})

describe('divideHalfEven', () => {
  it('is the nearest whole number, halves to even', () => {
    const divisor = fc.bigInt({ min: -1_000n, max: 1_000n }).filter((value) => value !== 0n)
    fc.assert(
      fc.property(
        fc.bigInt({ min: -100_000n, max: 100_000n }),
        divisor,
        (numerator, denominator) => {
          const result = divideHalfEven(numerator, denominator)
          const twiceError = 2n * (numerator - result * denominator)
          const [error, limit] = [
            twiceError < 0n ? -twiceError : twiceError,
            denominator < 0n ? -denominator : denominator,
          ]
          expect(error <= limit).toBe(true)
          if (error === limit) expect(result % 2n).toBe(0n)
        },
      ),
    )
  })

  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [7n, -2n, -4n],
    [1n, 3n, 0n],
    [-2n, 3n, -1n],
  ])('%d / %d is %d', (numerator, denominator, result) =>
    expect(divideHalfEven(numerator, denominator)).toBe(result),
  )
})

const shares: fc.Arbitrary<readonly Share[]> = fc.uniqueArray(
  fc.record({
    key: fc.string({ minLength: 1, maxLength: 6 }),
    weight: fc.bigInt({ min: 0n, max: 10n ** 12n }),
  }),
  { selector: ({ key }) => key, minLength: 1, maxLength: 30 },
)

describe('splitByWeight', () => {
  it('adds up to the amount exactly, also a negative one', () => {
    fc.assert(
      fc.property(
        amounts,
        shares,
        (amount, list) => sumUsd(splitByWeight(picoUsd(amount), list).values()) === amount,
      ),
    )
  })

  it('gives everybody its exact part but for less than a pico-dollar', () => {
    fc.assert(
      fc.property(amounts, shares, (amount, list) => {
        const total = list.reduce((sum, { weight }) => sum + weight, 0n)
        fc.pre(total > 0n)
        const parts = splitByWeight(picoUsd(amount), list)
        for (const { key, weight } of list) {
          const error = (parts.get(key) ?? 0n) * total - amount * weight
          expect(error < total && -error < total).toBe(true)
        }
      }),
    )
  })

  it('does not depend on the order of the list', () => {
    fc.assert(
      fc.property(amounts, shares, (amount, list) => {
        expect(new Map([...splitByWeight(picoUsd(amount), list.toReversed())].sort())).toEqual(
          new Map([...splitByWeight(picoUsd(amount), list)].sort()),
        )
      }),
    )
  })

  it('does not depend on the order among equals either', () => {
    const equals = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), {
      minLength: 2,
      maxLength: 12,
    })
    fc.assert(
      fc.property(fc.bigInt({ min: -100n, max: 100n }), equals, (amount, keys) => {
        const list = keys.map((key) => ({ key, weight: 1n }))
        expect(new Map([...splitByWeight(picoUsd(amount), list.toReversed())].sort())).toEqual(
          new Map([...splitByWeight(picoUsd(amount), list)].sort()),
        )
      }),
    )
  })

  it.each([
    [10n, [1n, 1n, 1n], [4n, 3n, 3n]],
    [-10n, [1n, 1n, 1n], [-4n, -3n, -3n]],
    [10n, [0n, 0n, 0n], [4n, 3n, 3n]],
    [7n, [1n, 2n, 4n], [1n, 2n, 4n]],
    [1n, [1n, 2n, 1n], [0n, 1n, 0n]],
    [100n, [0n, 3n, 1n], [0n, 75n, 25n]],
  ])('splits %s by %s into %s', (amount, weights, parts) => {
    const list = weights.map((weight, at) => ({ key: 'abc'[at] ?? '', weight }))
    const split = splitByWeight(picoUsd(amount), list)
    expect(list.map(({ key }) => split.get(key))).toEqual(parts)
  })

  it('keeps nothing for nobody', () => expect(splitByWeight(picoUsd(5n), []).size).toBe(0))
})
