/**
 * At which hour a provider's days begin. Bills are cut at midnight UTC; one that is cut at a local
 * midnight has other days and another month. It shows in its daily counts of requests: cut at the
 * right hour, ours are the same.
 */
import { dayMs, dayStart, hourMs } from '../../base/clock.ts'
import type { Bill } from '../bills/bill.ts'
import { productAt, type PriceBook } from '../prices/price-book.ts'

/** Billable events of a product in an hour. */
export interface HourlyCount {
  readonly hourMs: number
  readonly provider: string
  readonly sku: string
  readonly events: number
}

/**
 * Time zones reach from 14 hours before UTC to 12 behind it: days begin that much earlier or later.
 */
const hours = Array.from({ length: 27 }, (_each, at) => at - 14)

/**
 * By provider, after how many hours its days begin. Providers whose days begin at midnight UTC, or
 * that count no requests, are not in it.
 */
export function detectShifts(
  bill: Bill,
  hourly: readonly HourlyCount[],
  book: PriceBook,
): ReadonlyMap<string, number> {
  const shifts = new Map<string, number>()
  for (const [provider, counts] of Map.groupBy(
    bill.requests.filter(({ fromMs, toMs }) => toMs - fromMs === dayMs),
    (count) => count.provider,
  )) {
    const ours = new Map<string, number>()
    for (const { sku, hourMs: at, events } of hourly.filter((each) => each.provider === provider)) {
      const key = `${productAt(book, { provider, sku, atMs: at })} ${at}`
      ours.set(key, (ours.get(key) ?? 0) + events)
    }
    const misfit = (shift: number): number =>
      counts.reduce(
        (sum, { sku, fromMs, requests }) =>
          sum +
          Math.abs(
            countFrom(
              ours,
              productAt(book, { provider, sku, atMs: fromMs }),
              dayStart(fromMs) + shift * hourMs,
            ) - Number(requests),
          ),
        0,
      )
    const usual = misfit(0)
    const best = hours
      .map((shift) => ({ shift, misfit: misfit(shift) }))
      .reduce((least, each) => (each.misfit < least.misfit ? each : least), {
        shift: 0,
        misfit: usual,
      })
    // Half the misfit must go with the shift: random lateness fits no hour much better than
    // another.
    if (best.misfit * 2 < usual) shifts.set(provider, best.shift)
  }
  return shifts
}

function countFrom(ours: ReadonlyMap<string, number>, sku: string, fromMs: number): number {
  let sum = 0
  for (let hour = 0; hour < 24; hour++) sum += ours.get(`${sku} ${fromMs + hour * hourMs}`) ?? 0
  return sum
}
