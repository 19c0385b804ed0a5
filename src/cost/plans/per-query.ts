/** So much a query, over what is paid each month. */
import { z } from 'zod'
import { parseUsd, picoUsd, type PicoUsd } from '../../base/money.ts'
import { dollars, monthlyUsd } from './fields.ts'

/** The schema. */
export const perQuerySchema = z.strictObject({
  kind: z.literal('per-query'),
  usdPerQuery: dollars,
  monthlyUsd,
})

/** What a month brings in. */
export function perQueryRevenue(plan: z.infer<typeof perQuerySchema>, queries: bigint): PicoUsd {
  return picoUsd(parseUsd(plan.monthlyUsd) + parseUsd(plan.usdPerQuery) * queries)
}
