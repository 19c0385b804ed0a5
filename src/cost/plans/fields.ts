/** Fields that plans share. */
import { z } from 'zod'

/** Dollars as a quoted decimal that is not negative. */
export const dollars = z
  .string('write dollars as a quoted decimal, e.g. "0.037"')
  .regex(/^(?!-)/, 'a price is not negative')
  .regex(
    /^-?\d{1,9}(\.\d{1,12})?$/,
    'write dollars as a quoted decimal under 10^9 with at most 12 places, e.g. "0.037"',
  )

/** What is paid each month whatever is asked; nothing where it is left out. */
export const monthlyUsd = dollars.default('0')

/** A number of queries a month, at least one. */
export const someQueries = z
  .int('a whole number of queries')
  .min(1, 'at least 1 query')
  .max(1_000_000_000, 'at most 10^9 queries')
