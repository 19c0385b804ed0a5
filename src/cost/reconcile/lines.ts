/**
 * What the lines of a bill show by themselves: money that is no use, lines that are there twice,
 * lines of another month.
 */
import type { Period } from '../../base/clock.ts'
import { picoUsd, sumUsd } from '../../base/money.ts'
import type { BillLine } from '../bills/bill.ts'
import type { SharedCost } from '../allocation/allocate.ts'
import type { CauseId, GapPart } from './cause.ts'

/** The lines that are use of the month, and the parts of the gap that the others are. */
export interface SortedLines {
  readonly usage: readonly BillLine[]
  readonly parts: readonly GapPart[]
}

const causeOf: Readonly<Record<'tax' | 'credit' | 'adjustment', CauseId>> = {
  tax: 'tax',
  credit: 'credit',
  adjustment: 'credit',
}

/** Sorts lines. `minimums` is what we hold of the providers' minimums. */
export function sortLines(
  lines: readonly BillLine[],
  month: Period,
  minimums: readonly SharedCost[],
): SortedLines {
  const parts: GapPart[] = [...minimumParts(lines, minimums)]
  const usage: BillLine[] = []
  const seen = new Set<string>()
  for (const line of lines) {
    if (line.category === 'minimum') continue
    const { category, fromMs, amount } = line
    const key = keyOf(line)
    if (category !== 'usage')
      parts.push(
        partOf(
          line,
          causeOf[category],
          `${line.place} is ` +
            `${category === 'adjustment' ? 'an adjustment' : category === 'tax' ? 'a tax' : 'a credit'}, ` +
            'not use',
        ),
      )
    else if (fromMs !== null && (fromMs >= month.toMs || (line.toMs ?? fromMs) <= month.fromMs))
      parts.push(partOf(line, 'timing', `${line.place} is of another month`))
    else if (key !== null && amount !== 0n && seen.has(key))
      parts.push(partOf(line, 'duplicated', `${line.place} is on the bill twice`))
    else usage.push(line)
    if (key !== null && category === 'usage') seen.add(key)
  }
  return { usage, parts }
}

/**
 * A line is another's double only where it says product or unit, day and quantity, and all are the
 * same.
 */
function keyOf({ component, sku, unit, fromMs, toMs, amount, quantity }: BillLine): string | null {
  return (sku === null && unit === null) || fromMs === null || quantity === null
    ? null
    : [component, sku, unit, fromMs, toMs, amount, quantity.numerator, quantity.denominator].join(
        '\n',
      )
}

function partOf(
  { component, sku, fromMs, amount }: BillLine,
  cause: CauseId,
  why: string,
): GapPart {
  return { cause, usd: picoUsd(-amount), component, sku, dayMs: fromMs, events: 0n, why }
}

function minimumParts(
  lines: readonly BillLine[],
  minimums: readonly SharedCost[],
): readonly GapPart[] {
  const billed = Map.groupBy(
    lines.filter(({ category }) => category === 'minimum'),
    ({ component }) => component,
  )
  return [...new Set([...billed.keys(), ...minimums.map(({ component }) => component)])].flatMap(
    (component) => {
      const theirs = sumUsd((billed.get(component) ?? []).map(({ amount }) => amount))
      const ours = sumUsd(
        minimums.filter((each) => each.component === component).map(({ amount }) => amount),
      )
      return theirs === ours
        ? []
        : [
            {
              cause: 'minimum' as const,
              usd: picoUsd(ours - theirs),
              component,
              sku: null,
              dayMs: null,
              events: 0n,
              why: 'the bill tops up by another amount than the price book and our use give',
            },
          ]
    },
  )
}
