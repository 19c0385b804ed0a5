/** A commitment: so much a month for so many queries, and a price for each one beyond. */
import { z } from 'zod'
import { parseUsd, picoUsd, type PicoUsd } from '../../base/money.ts'
import { dollars } from './fields.ts'

/** The schema. */
export const commitSchema = z.strictObject({
  kind: z.literal('commit'),
  commitUsd: dollars,
  includedQueries: z
    .int('a whole number of queries')
    .min(0, 'not negative')
    .max(1_000_000_000, 'at most 10^9 queries'),
  overageUsdPerQuery: dollars,
})

/** What a month brings in. */
export function commitRevenue(plan: z.infer<typeof commitSchema>, queries: bigint): PicoUsd {
  const beyond = queries - BigInt(plan.includedQueries)
  return picoUsd(
    parseUsd(plan.commitUsd) + (beyond > 0n ? parseUsd(plan.overageUsdPerQuery) * beyond : 0n),
  )
}
