/**
 * The vendors' own account of what was used, and the bill they make of it. Written apart from
 * src/cost: other data, other formulas. An event may be booked late, as real ones are: it then
 * shows on the next month's bill.
 */
import { dayStart, monthBounds, monthOf } from '../../../src/base/clock.ts'
import { divideHalfEven, formatUsd, picoUsd } from '../../../src/base/money.ts'
import {
  componentOf,
  exactPrice,
  quantitiesOf,
  type BookedUse,
  type StatementLine,
} from './statement.ts'
import { listTerms, type Terms } from './terms.ts'

export type { BookedUse } from './statement.ts'

/** A line of a bill. Exact; the invoice's total is rounded to cents by whoever pays it. */
export interface BillLine {
  readonly component: string
  readonly usd: string
}

/** The books of all vendors. */
export interface Books {
  /** Books a use at a time; `late` books it in the month after. */
  book(use: BookedUse, at: { readonly nowMs: number; readonly late: boolean }): void
  /** The bill of a month in which so many bytes are held to its end. */
  bill(month: string, storedBytes: number): readonly BillLine[]
  /** What was booked in a month, by day and product. */
  statement(month: string): readonly StatementLine[]
}

/** A line that is still being added to. */
type OpenLine = { -readonly [key in keyof StatementLine]: StatementLine[key] }

/** Opens empty books. */
export function openBooks(terms: Terms = listTerms): Books {
  const months = new Map<string, Map<string, OpenLine>>()
  const statement = (month: string): readonly StatementLine[] => [
    ...(months.get(month)?.values() ?? []),
  ]
  return {
    book(use, { nowMs, late }) {
      const month = late ? monthAfter(monthOf(nowMs)) : monthOf(nowMs)
      // What is late is booked on the first day of the month that it is booked in.
      const day = late ? monthBounds(month).fromMs : dayStart(nowMs)
      const lines = months.get(month) ?? new Map<string, OpenLine>()
      months.set(month, lines)
      const { vendor, product, quantities } = quantitiesOf(use, terms)
      for (const [kind, quantity] of quantities) {
        const key = `${day} ${product} ${kind}`
        const line: OpenLine = lines.get(key) ?? {
          vendor,
          product,
          kind,
          dayMs: day,
          quantity: 0n,
          requests: 0n,
        }
        line.quantity += quantity
        line.requests += 1n
        lines.set(key, line)
      }
    },
    statement,
    bill(month, storedBytes) {
      // Held for the whole month.
      const stored: readonly StatementLine[] =
        storedBytes > 0
          ? [
              {
                vendor: 'pinecone',
                product: 'serverless',
                kind: 'storage',
                dayMs: monthBounds(month).fromMs,
                quantity: BigInt(storedBytes) * 730n,
                requests: 0n,
              },
            ]
          : []
      return billOf([...statement(month), ...stored], terms)
    },
  }
}

/** Lines by component, each rounded once, with the top-up to Pinecone's minimum. */
export function billOf(lines: readonly StatementLine[], terms: Terms): readonly BillLine[] {
  const sums = new Map<string, bigint>()
  for (const line of lines) {
    const { numerator, denominator } = exactPrice(line, terms)
    const component = componentOf(line)
    // All denominators divide this one.
    sums.set(component, (sums.get(component) ?? 0n) + numerator * (commonDenominator / denominator))
  }
  const amounts = new Map(
    [...sums].map(([component, sum]) => [component, divideHalfEven(sum, commonDenominator)]),
  )
  const pinecone = [...amounts]
    .filter(([component]) => component.startsWith('pinecone.'))
    .reduce((sum, [, amount]) => sum + amount, 0n)
  if (pinecone < terms.pinecone.monthlyMinimum)
    amounts.set('pinecone.minimum', terms.pinecone.monthlyMinimum - pinecone)
  return [...amounts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([component, amount]) => ({ component, usd: formatUsd(picoUsd(amount)) }))
}

const commonDenominator = 10n ** 12n * 73n

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}
