/**
 * What the tables among the forms share: amounts, quantities and times of a row, as zod reads them.
 */
import { z } from 'zod'
import type { Fault } from '../../base/errors.ts'
import type { CsvResult } from '../../base/csv-input.ts'
import type { Fraction } from '../../base/fraction.ts'
import type { PicoUsd } from '../../base/money.ts'
import { billedQuantity, billedUsd } from './bill.ts'

/** Dollars. */
export const usdCell: z.ZodType<PicoUsd> = cellOf((text) => billedUsd(text))
/** A quantity; an empty cell is null. */
export const quantityCell: z.ZodType<Fraction | null> = cellOf((text) =>
  text === '' ? null : billedQuantity(text),
)
/** A currency: dollars alone. */
export const currencyCell: z.ZodType<string> = z.string().regex(/^usd$/i, 'amounts are read in USD')
/** A day or a time, UTC where it does not say; an empty cell is null. */
export const timeCell: z.ZodType<number | null> = cellOf((text) => {
  if (text === '') return null
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? Date.parse(`${text}T00:00:00Z`)
    : /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
      ? Date.parse(text.replace(' ', 'T'))
      : Number.NaN
  return Number.isNaN(atMs) ||
    !new Date(atMs).toISOString().startsWith(text.slice(0, text.length === 10 ? 10 : 0))
    ? `${JSON.stringify(text)}: a day as in 2026-10-31, or a time with its zone`
    : atMs
})

/** A cell by a function that gives the value, or says what is wrong as a text. */
function cellOf<T>(read: (text: string) => T | string): z.ZodType<T> {
  return z.string().transform((text, context) => {
    const value = read(text)
    if (typeof value !== 'string') return value
    context.addIssue({ code: 'custom', message: value })
    return z.NEVER
  }) as unknown as z.ZodType<T>
}

/** Faults of a table as faults of its file. */
export function faultsIn(
  path: string,
  { faults }: Pick<CsvResult<unknown>, 'faults'>,
): readonly Fault[] {
  return faults.map((fault) => ({
    ...fault,
    path: fault.path === '' ? path : `${path}: ${fault.path}`,
  }))
}
