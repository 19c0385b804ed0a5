/**
 * What can be wrong with a bill, as data: other rates of what happens to calls, other terms, other
 * bookings, other lines. Each says which cause it is; what it is worth follows from the vendors'
 * own books with and without it.
 */
import { dayMs, hourMs } from '../../../src/base/clock.ts'
import { parseUsd, picoUsd, sumUsd, type PicoUsd } from '../../../src/base/money.ts'
import { chatPerMillion } from './prices.ts'
import type { InvoiceLine } from './documents.ts'
import type { BookedUse, PricedLine } from './statement.ts'
import type { Terms } from './terms.ts'

/** A use on its way into the vendors' books. */
export interface Booking {
  readonly use: BookedUse
  readonly atMs: number
  readonly attempt: number
  readonly late: boolean
}

/** A fault. */
export interface BillFault {
  readonly id: string
  readonly what: string
  readonly cause:
    | 'quantity'
    | 'price'
    | 'mix'
    | 'timing'
    | 'minimum'
    | 'tax'
    | 'credit'
    | 'rounding'
    | 'unmetered'
    | 'duplicated'
  readonly rates?: {
    readonly aborted?: number
    readonly untold?: number
    readonly retried?: number
  }
  readonly terms?: (terms: Terms, month: Month) => Terms
  /** `draw` is uniform in [0, 1), one for each booking. */
  readonly bookings?: (booking: Booking, draw: number, month: Month) => readonly Booking[]
  readonly lines?: (lines: readonly PricedLine[], month: Month) => readonly PricedLine[]
  readonly invoice?: (lines: readonly InvoiceLine[], usage: PicoUsd) => readonly InvoiceLine[]
}

/** A month's bounds. */
export interface Month {
  readonly fromMs: number
  readonly toMs: number
}

const cent = 10_000_000_000n

function timesPrice(terms: Terms, percent: bigint, since: number): Terms {
  const scaled = (amount: PicoUsd): PicoUsd => picoUsd((amount * percent) / 100n)
  return {
    ...terms,
    chat(model, at) {
      const price = terms.chat(model, at)
      return price === undefined || at < since
        ? price
        : {
            ...price,
            input: scaled(price.input),
            cached: scaled(price.cached),
            output: scaled(price.output),
          }
    },
  }
}

function scaledChat(use: BookedUse, percent: number): BookedUse {
  return use.kind === 'chat'
    ? {
        ...use,
        inputTokens: Math.round((use.inputTokens * percent) / 100),
        outputTokens: Math.round((use.outputTokens * percent) / 100),
        cachedTokens: Math.round(((use.cachedTokens ?? 0) * percent) / 100),
      }
    : use
}

function withoutCache(use: BookedUse): BookedUse {
  return use.kind === 'chat'
    ? { ...use, inputTokens: use.inputTokens + (use.cachedTokens ?? 0), cachedTokens: 0 }
    : use
}

/** The faults. */
export const billFaults: readonly BillFault[] = [
  {
    id: 'usage-lost',
    what: 'half of the answers end without their usage, and our own count of them is short',
    cause: 'unmetered',
    rates: { untold: 0.5 },
  },
  {
    id: 'aborted-billed',
    what: 'a third of the streams break off, and are billed to the end',
    cause: 'unmetered',
    rates: { aborted: 0.33 },
  },
  {
    id: 'retries-billed-twice',
    what: 'a sixth of the calls are retried, and both attempts are billed',
    cause: 'duplicated',
    rates: { retried: 0.16 },
    bookings: (booking) => (booking.attempt > 1 ? [booking, booking] : [booking]),
  },
  {
    id: 'price-raised',
    what: 'models cost 40 % more from the 16th on',
    cause: 'price',
    terms: (terms, { fromMs }) => timesPrice(terms, 140n, fromMs + 15 * dayMs),
  },
  {
    id: 'price-lowered',
    what: 'models cost 7 % less than the price book says',
    cause: 'price',
    terms: (terms) => timesPrice(terms, 93n, 0),
  },
  {
    id: 'other-read-formula',
    what: 'reads are billed in whole units',
    cause: 'quantity',
    terms: (terms) => ({
      ...terms,
      readMicroUnits: (bytes) => BigInt(Math.max(1, Math.ceil(bytes / 1e9))) * 1_000_000n,
    }),
  },
  {
    id: 'tokens-counted-higher',
    what: 'models count 8 % more tokens than they told',
    cause: 'quantity',
    bookings: (booking) => [{ ...booking, use: scaledChat(booking.use, 108) }],
  },
  {
    id: 'minimum-raised',
    what: "the plan's minimum is $2,000 a month",
    cause: 'minimum',
    terms: (terms) => ({
      ...terms,
      pinecone: { ...terms.pinecone, monthlyMinimum: parseUsd('2000') },
    }),
  },
  {
    id: 'tax-added',
    what: 'a fifth of it comes on top as tax',
    cause: 'tax',
    invoice: (lines, usage) => [
      ...lines,
      { component: 'openai.tax', category: 'tax', usd: picoUsd(usage / 5n) },
    ],
  },
  {
    id: 'credit-granted',
    what: 'a hundred dollars are taken off',
    cause: 'credit',
    invoice: (lines) => [
      ...lines,
      { component: 'openai.credit', category: 'credit', usd: parseUsd('-100') },
    ],
  },
  {
    id: 'delivered-late',
    what: 'most of the last three days is billed in the month after',
    cause: 'timing',
    bookings: (booking, draw, { toMs }) => [
      booking.atMs < toMs && booking.atMs >= toMs - 3 * dayMs && draw < 0.9
        ? { ...booking, late: true }
        : booking,
    ],
  },
  {
    id: 'local-midnight',
    what: 'days begin at midnight in California',
    cause: 'timing',
    bookings: (booking) => [{ ...booking, atMs: booking.atMs - 8 * hourMs }],
  },
  {
    id: 'line-billed-twice',
    what: 'four days are on the bill twice',
    cause: 'duplicated',
    lines: (lines, { fromMs }) => [
      ...lines,
      ...lines.filter(({ dayMs: day }) => day >= fromMs + 9 * dayMs && day < fromMs + 13 * dayMs),
    ],
  },
  {
    id: 'rounded-up',
    what: 'every line is rounded up to a cent',
    cause: 'rounding',
    lines: (lines) =>
      lines.map((line) => ({ ...line, usd: picoUsd(((line.usd + cent - 1n) / cent) * cent) })),
  },
  {
    id: 'bypass-traffic',
    what: 'somebody else uses the keys for a seventh as many calls again',
    cause: 'unmetered',
    bookings: (booking, draw) =>
      booking.use.kind === 'chat' && draw < 0.14
        ? [booking, { ...booking, attempt: 1 }]
        : [booking],
  },
  {
    id: 'cache-not-honoured',
    what: 'cached tokens are billed as fresh ones',
    cause: 'mix',
    bookings: (booking) => [{ ...booking, use: withoutCache(booking.use) }],
  },
  {
    id: 'other-snapshot',
    what: 'gpt-4o is billed as the snapshot that it no longer stands for',
    cause: 'mix',
    bookings: (booking) => [
      booking.use.kind === 'chat' && booking.use.model === 'gpt-4o'
        ? { ...booking, use: withoutCache(booking.use) }
        : booking,
    ],
    terms: (terms) => ({
      ...terms,
      chat: (model, at) =>
        model === 'gpt-4o' ? chatPerMillion['gpt-4o-2024-05-13'] : terms.chat(model, at),
    }),
  },
]

/** What all usage lines come to. */
export function usageTotal(lines: readonly PricedLine[]): PicoUsd {
  return sumUsd(lines.map(({ usd }) => usd))
}
