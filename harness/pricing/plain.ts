/** Verdicts as JSON has them: money as decimal strings of dollars, everything else as it is. */
import { formatUsd, picoUsd, type PicoUsd } from '../../src/base/money.ts'

/** A value with its money in decimal strings. */
export type Plain<T> = T extends PicoUsd
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [key in keyof T]: Plain<T[key]> }
      : T

/**
 * Writes all money in a value as decimal strings. The only whole numbers of arbitrary size in
 * verdicts are money.
 */
export function plain<T>(value: T): Plain<T> {
  return written(value) as Plain<T>
}

function written(value: unknown): unknown {
  if (typeof value === 'bigint') return formatUsd(picoUsd(value))
  if (Array.isArray(value)) return value.map(written)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, written(inner)]))
}
