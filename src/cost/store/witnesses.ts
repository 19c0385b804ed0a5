/** Some events of a product on a day: what a line of a reconciliation drills down to. */
import { dayMs, isoTime } from '../../base/clock.ts'
import type { Database } from '../../db/pool.ts'
import type { CauseId } from '../reconcile/cause.ts'

/** Which events. */
export interface WitnessQuestion {
  /** Every name under which the product may have been metered. */
  readonly skus: readonly string[]
  readonly dayMs: number
  readonly cause: CauseId
  readonly most: number
}

/**
 * Their request ids, those first that the cause is about: of what was never told the estimated
 * ones, of what is there twice the retried.
 */
export async function readWitnesses(
  operator: Database,
  { skus, dayMs: fromMs, cause, most }: WitnessQuestion,
): Promise<readonly string[]> {
  const { rows } = await operator.query<{ request_id: string }>(
    `select request_id from usage_events where occurred_at >= $1 and occurred_at < $2 and sku = any($3)
     order by case $4 when 'unmetered' then not estimated when 'duplicated' then attempt = 1
       else false end, tenant_id, idempotency_key limit $5`,
    [isoTime(fromMs), isoTime(fromMs + dayMs), [...skus], cause, most],
  )
  return rows.map(({ request_id: requestId }) => requestId)
}
