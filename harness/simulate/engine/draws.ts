/**
 * Draws by the hundred million. Each is a hash of the seed, what it is for, and the number of the
 * query of its tenant, never of the order in which queries are simulated: a query has the same
 * tokens and the same fate at every grain, on any number of threads. The hash is a 32-bit mixer
 * with the constants that Chris Wellons' search found (lowbias32, 2018), keyed between its rounds.
 */
import { randomFor } from '../../../src/base/random.ts'

/** What draws are for; each has a stream of its own. */
export const drawPurposes = [
  'tokens',
  'time',
  'fate',
  'first-stages',
  'middle-stages',
  'last-stages',
] as const

/** The streams of one tenant: two words of key for each purpose, in their order. */
export type DrawKeys = Int32Array

/**
 * The keys of a tenant's streams: the tenant's by SHA-256, those of its purposes from it by the
 * mixer.
 */
export function drawKeys(seed: number, tenant: string): DrawKeys {
  const random = randomFor([seed, 'simulate', tenant])
  const [low, high] = [random.integer(0, 0xffff_ffff) | 0, random.integer(0, 0xffff_ffff) | 0]
  return Int32Array.from({ length: 2 * drawPurposes.length }, (_each, at) => drawn(low, high, at))
}

/** 32 random bits for the query of a number, as a signed integer; `>>>` makes parts of it. */
export function drawn(low: number, high: number, number: number): number {
  let word = (Math.imul(number, 0x9e37_79b1) + low) | 0
  word = Math.imul(word ^ (word >>> 16), 0x21f0_aaad) ^ high
  word = Math.imul(word ^ (word >>> 15), 0x735a_2d97)
  return word ^ (word >>> 15)
}

/** The number of a draw for another attempt of the same query; the first is the query's own. */
export function ofAttempt(number: number, attempt: number): number {
  return attempt === 1 ? number : number ^ Math.imul(attempt, 0x5bd1_e995)
}

/** A share as a limit for unsigned 32-bit draws: a draw below it strikes. */
export function strikesBelow(share: number): number {
  return Math.round(share * 0x1_0000_0000)
}
