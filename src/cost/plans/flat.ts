/** A flat plan: the same each month, however much is asked. */
import { z } from 'zod'
import { parseUsd, type PicoUsd } from '../../base/money.ts'
import { dollars } from './fields.ts'

/** The schema. */
export const flatSchema = z.strictObject({ kind: z.literal('flat'), monthlyUsd: dollars })

/** What a month brings in. */
export function flatRevenue(plan: z.infer<typeof flatSchema>): PicoUsd {
  return parseUsd(plan.monthlyUsd)
}
