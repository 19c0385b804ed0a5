/**
 * What a customer pays for a month of queries: the kinds of plan, their schema, and the money. One
 * file a kind; whoever adds one adds it here. Revenue is a sum of whole pico-dollars, so nothing is
 * rounded before a report rounds it.
 */
import { z } from 'zod'
import { unreachable } from '../../base/errors.ts'
import type { PicoUsd } from '../../base/money.ts'
import { bracketedRevenue, graduatedSchema, volumeSchema } from './brackets.ts'
import { commitRevenue, commitSchema } from './commit.ts'
import { flatRevenue, flatSchema } from './flat.ts'
import { packageRevenue, packageSchema } from './package.ts'
import { perQueryRevenue, perQuerySchema } from './per-query.ts'

/** A plan as it is written: dollars are decimal strings. */
export const planSchema = z.discriminatedUnion(
  'kind',
  [flatSchema, perQuerySchema, packageSchema, graduatedSchema, volumeSchema, commitSchema],
  {
    error: 'kind is one of flat, per-query, package, graduated, volume, commit',
  },
)

/** A plan. */
export type Plan = z.infer<typeof planSchema>
/** Which kind of plan. */
export type PlanKind = Plan['kind']

/** What a month of so many queries brings in, exactly. `queries` is not negative. */
export function revenueOf(plan: Plan, queries: bigint): PicoUsd {
  switch (plan.kind) {
    case 'flat':
      return flatRevenue(plan)
    case 'per-query':
      return perQueryRevenue(plan, queries)
    case 'package':
      return packageRevenue(plan, queries)
    case 'graduated':
    case 'volume':
      return bracketedRevenue(plan, queries)
    case 'commit':
      return commitRevenue(plan, queries)
    default:
      return unreachable(plan)
  }
}
