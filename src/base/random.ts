/**
 * Chance comes in from outside (DESIGN law 2). A draw is keyed by the seed and by what it is for,
 * never by the order in which draws happen, so that concurrency cannot change a result. The
 * generator is pure-rand's xoroshiro128+, started from a SHA-256 of the key; secrets come from the
 * operating system, and from here alone.
 */
import { createHash, randomBytes } from 'node:crypto'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of draws. Two streams with one key give the same draws. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  unit(): number
  /** Uniform integer in [low, high], both included. */
  integer(low: number, high: number): number
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T
  /** A new list with the items in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[]
  /** Standard normal (Box-Muller, one of the pair). */
  normal(): number
  /** Log-normal by its median and the sigma of its logarithm. */
  logNormal(median: number, sigma: number): number
}

/** What a stream is keyed by: its parts joined unambiguously. */
export type RandomKey = readonly (string | number)[]

function stateOf(key: RandomKey): [number, number, number, number] {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest()
  return [
    digest.readInt32LE(0),
    digest.readInt32LE(4),
    digest.readInt32LE(8),
    digest.readInt32LE(12) | 1,
  ]
}

/** A stream of draws for one purpose, e.g. `randomFor([seed, 'latency', requestId])`. */
export function randomFor(key: RandomKey): Random {
  const generator = xoroshiro128plusFromState(stateOf(key))
  const unit = (): number => (generator.next() >>> 0) / 0x1_0000_0000
  const integer = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1))
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit())
  return {
    unit,
    integer,
    normal,
    pick: (items) => items[integer(0, items.length - 1)] as (typeof items)[number],
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    shuffle(items) {
      const shuffled = [...items]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(0, last)
        const held = shuffled[last] as (typeof shuffled)[number]
        shuffled[last] = shuffled[other] as (typeof shuffled)[number]
        shuffled[other] = held
      }
      return shuffled
    },
  }
}

/**
 * An unguessable string for keys and passwords (192 bits, URL-safe). Never derived from the seed.
 */
export function newSecret(): string {
  return randomBytes(24).toString('base64url')
}

/** A short random suffix that keeps names of simultaneous runs apart (40 bits, lower case). */
export function newSuffix(): string {
  return randomBytes(5).toString('hex')
}

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
