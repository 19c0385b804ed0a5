/** Numbers as people put them on a price list. */
import { picoUsd, type PicoUsd } from '../../src/base/money.ts'

const volumeSteps = [10n, 20n, 25n, 50n, 100n] as const
const priceSteps = [10n, 12n, 15n, 20n, 25n, 30n, 40n, 50n, 60n, 80n, 100n] as const

/** The next volume of 1, 2, 2.5 or 5 times a power of ten, at least 10. */
export function humanVolume(atLeast: number): number {
  return Number(roundedUp(BigInt(Math.max(10, Math.ceil(atLeast))), volumeSteps))
}

/**
 * The next price of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten. Nothing stays
 * nothing.
 */
export function humanPrice(atLeast: PicoUsd): PicoUsd {
  return atLeast <= 0n ? picoUsd(0n) : picoUsd(roundedUp(atLeast, priceSteps))
}

/** Steps are in tenths. */
function roundedUp(value: bigint, steps: readonly bigint[]): bigint {
  for (let power = 1n; ; power *= 10n) {
    const found = steps.find((step) => (step * power) % 10n === 0n && (step * power) / 10n >= value)
    if (found !== undefined) return (found * power) / 10n
  }
}
