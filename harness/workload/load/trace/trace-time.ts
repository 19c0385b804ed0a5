/**
 * Times in a trace: seconds, or a date with a time of day as ISO 8601 writes it, also with a blank
 * for the T and with ten-millionths of a second, as Azure does.
 */
import { z } from 'zod'

/** A time as read. Whole seconds and the rest are apart: together they would lose microseconds. */
export interface TraceTime {
  /**
   * Times of different kinds cannot be told from each other: seconds, dates with and without a
   * zone.
   */
  readonly kind: 'seconds' | 'local' | 'zoned'
  readonly seconds: number
  readonly fraction: number
}

const numberPattern = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i
const datePattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/
const isoTime = z.iso.datetime({ offset: true })

/** Reads a time; null when it is none. */
export function readTime(value: unknown): TraceTime | null {
  if (typeof value === 'number') return secondsOf(value)
  if (typeof value !== 'string') return null
  if (numberPattern.test(value)) return secondsOf(Number(value))
  const [, day, time, fraction = '', zone] = datePattern.exec(value) ?? []
  const iso = `${day ?? ''}T${time ?? ''}${zone ?? 'Z'}`
  // Date.parse alone would take the 31st of February for the 3rd of March.
  if (!isoTime.safeParse(iso).success) return null
  return {
    kind: zone === undefined ? 'local' : 'zoned',
    seconds: Date.parse(iso) / 1000,
    fraction: Number(`0${fraction}`),
  }
}

function secondsOf(value: number): TraceTime | null {
  return Number.isFinite(value)
    ? { kind: 'seconds', seconds: Math.floor(value), fraction: value - Math.floor(value) }
    : null
}

/** How much later one time is than another, in milliseconds. */
export function millisecondsBetween(earlier: TraceTime, later: TraceTime): number {
  return (later.seconds - earlier.seconds) * 1000 + (later.fraction - earlier.fraction) * 1000
}
