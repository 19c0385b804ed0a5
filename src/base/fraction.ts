/**
 * Exact fractions of whole numbers: quantities and money before the one rounding at the bill line
 * (DESIGN law 3).
 */

/** A fraction; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Nothing. */
export const zeroFraction: Fraction = { numerator: 0n, denominator: 1n }

/**
 * Their sum, exactly. Sums over like denominators first: of a million fractions few denominators
 * differ.
 */
export function sumFractions(fractions: Iterable<Fraction>): Fraction {
  const byDenominator = new Map<bigint, bigint>()
  for (const { numerator, denominator } of fractions)
    byDenominator.set(denominator, (byDenominator.get(denominator) ?? 0n) + numerator)
  const denominator = leastCommonMultiple(byDenominator.keys())
  let numerator = 0n
  for (const [each, sum] of byDenominator) numerator += sum * (denominator / each)
  return { numerator, denominator }
}

/** The same fractions over one denominator: what they are in relation to each other. */
export function overOneDenominator(fractions: readonly Fraction[]): {
  readonly numerators: readonly bigint[]
  readonly denominator: bigint
} {
  const denominator = leastCommonMultiple(
    new Set(fractions.map((fraction) => fraction.denominator)),
  )
  return {
    numerators: fractions.map((each) => each.numerator * (denominator / each.denominator)),
    denominator,
  }
}

/** In lowest terms. */
export function reduced({ numerator, denominator }: Fraction): Fraction {
  const divisor = greatestCommonDivisor(absolute(numerator), denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

/** Reads a decimal number, with an exponent too; null for anything else. */
export function parseDecimal(text: string): Fraction | null {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', places = '', exponent = '0'] = match
  const power = Number(exponent) - places.length
  const digits = BigInt(whole + places) * (sign === '-' ? -1n : 1n)
  return power >= 0
    ? { numerator: digits * 10n ** BigInt(power), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-power) }
}

/** The distance from nothing. */
export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

function leastCommonMultiple(values: Iterable<bigint>): bigint {
  let multiple = 1n
  for (const each of values) multiple = (multiple / greatestCommonDivisor(multiple, each)) * each
  return multiple
}

function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? 1n : a
}
