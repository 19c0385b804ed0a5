/** Queries in packages: one that is begun is paid for whole. */
import { z } from 'zod'
import { parseUsd, picoUsd, type PicoUsd } from '../../base/money.ts'
import { dollars, monthlyUsd, someQueries } from './fields.ts'

/** The schema. */
export const packageSchema = z.strictObject({
  kind: z.literal('package'),
  size: someQueries,
  usdPerPackage: dollars,
  monthlyUsd,
})

/** What a month brings in. */
export function packageRevenue(plan: z.infer<typeof packageSchema>, queries: bigint): PicoUsd {
  return picoUsd(
    parseUsd(plan.monthlyUsd) + parseUsd(plan.usdPerPackage) * packagesOf(plan, queries),
  )
}

/** Packages that so many queries begin. */
export function packagesOf({ size }: z.infer<typeof packageSchema>, queries: bigint): bigint {
  return (queries + BigInt(size) - 1n) / BigInt(size)
}
