/**
 * Money is a whole number of pico-dollars (1e-12 USD): every per-token price in use is a whole
 * number of them, which is not true of nano-dollars. Decimal strings at the edge, one rounding, at
 * the bill line (DESIGN law 3).
 */
import { absolute } from './fraction.ts'
import { TenantbenchError } from './errors.ts'

declare const picoUsdBrand: unique symbol

/** A whole number of pico-dollars. */
export type PicoUsd = bigint & { readonly [picoUsdBrand]: true }

const picoPerUsd = 1_000_000_000_000n
const decimalPattern = /^(-?)(\d+)(?:\.(\d{1,12}))?$/

/** Brands a whole number of pico-dollars. */
export function picoUsd(amount: bigint): PicoUsd {
  return amount as PicoUsd
}

/** No money. */
export const zeroUsd: PicoUsd = picoUsd(0n)

/**
 * Reads a decimal string of dollars. Throws TB_MONEY_INVALID on anything else, also on more than 12
 * places.
 */
export function parseUsd(text: string): PicoUsd {
  const match = decimalPattern.exec(text)
  if (match === null)
    throw new TenantbenchError('TB_MONEY_INVALID', { detail: `Got ${JSON.stringify(text)}.` })
  const [, sign = '', whole = '0', fraction = ''] = match
  const amount = BigInt(whole) * picoPerUsd + BigInt(fraction.padEnd(12, '0'))
  return picoUsd(sign === '-' ? -amount : amount)
}

/** Writes dollars as a decimal string, exactly, without trailing zeros. */
export function formatUsd(amount: PicoUsd): string {
  const magnitude = absolute(amount)
  const fraction = (magnitude % picoPerUsd).toString().padStart(12, '0').replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${magnitude / picoPerUsd}${fraction === '' ? '' : `.${fraction}`}`
}

/** Writes dollars for people, rounded half to even at so many places. */
export function formatUsdRounded(amount: PicoUsd, places: number): string {
  const unit = 10n ** BigInt(12 - places)
  const rounded = picoUsd(divideHalfEven(amount, unit) * unit)
  const [whole = '0', fraction = ''] = formatUsd(rounded).split('.')
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`
}

/** Integer division rounded to the nearest, halves to even. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n
  const [top, bottom] = [absolute(numerator), absolute(denominator)]
  const quotient = top / bottom
  const twice = (top % bottom) * 2n
  const up = twice > bottom || (twice === bottom && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}

/** Sum of amounts. */
export function sumUsd(amounts: Iterable<PicoUsd>): PicoUsd {
  let total = 0n
  for (const amount of amounts) total += amount
  return picoUsd(total)
}

/** One claimant of a shared amount; weights are whole and not negative. */
export interface Share {
  readonly key: string
  readonly weight: bigint
}

/**
 * Splits an amount by weight so that the parts add up to it exactly (largest remainder, after
 * Hamilton; ties go to the smaller key). With no weight at all everybody counts the same. An empty
 * list keeps nothing: the caller holds the amount as unallocated.
 */
export function splitByWeight(amount: PicoUsd, shares: readonly Share[]): Map<string, PicoUsd> {
  const total = shares.reduce((sum, share) => sum + share.weight, 0n)
  if (total === 0n && shares.length > 0)
    return splitByWeight(
      amount,
      shares.map(({ key }) => ({ key, weight: 1n })),
    )
  const parts = shares.map(({ key, weight }) => ({
    key,
    part: (amount * weight) / total,
    remainder: (amount * weight) % total,
  }))
  let left = amount - parts.reduce((sum, { part }) => sum + part, 0n)
  const step = left < 0n ? -1n : 1n
  parts.sort(
    (one, other) =>
      compareBigint(absolute(other.remainder), absolute(one.remainder)) ||
      (one.key < other.key ? -1 : 1),
  )
  for (const each of parts) {
    if (left === 0n) break
    each.part += step
    left -= step
  }
  return new Map(parts.map(({ key, part }) => [key, picoUsd(part)]))
}

function compareBigint(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Dollars as a number: for statistics and charts only, never added up into a bill. */
export function usdAsNumber(amount: PicoUsd): number {
  return Number(amount) / Number(picoPerUsd)
}

/** The nearest amount to a number of dollars: for statistics only. */
export function usdFromNumber(usd: number): PicoUsd {
  return picoUsd(BigInt(Math.round(usd * Number(picoPerUsd))))
}
