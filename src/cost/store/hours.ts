/**
 * How many billable events there were each hour, by product: enough to see at which hour a
 * provider's days begin.
 */
import { isoTime, type Period } from '../../base/clock.ts'
import { outcomes } from '../../base/usage.ts'
import type { Database } from '../../db/pool.ts'
import type { HourlyCount } from '../reconcile/shift.ts'

const billable = Object.entries(outcomes)
  .filter(([, isBilled]) => isBilled)
  .map(([outcome]) => outcome)

/** Reads the counts of a period. For the operator. */
export async function readHourlyCounts(
  operator: Database,
  period: Period,
): Promise<readonly HourlyCount[]> {
  const { rows } = await operator.query<{
    hour: string
    provider: string
    sku: string
    events: string
  }>(
    `select (extract(epoch from date_trunc('hour', occurred_at at time zone 'UTC')) *
      1000)::bigint::text as hour, provider, sku, count(*)::text as events
     from usage_events where occurred_at >= $1 and occurred_at < $2 and outcome = any($3)
       group by 1, 2, 3 order by 1, 2, 3`,
    [isoTime(period.fromMs), isoTime(period.toMs), billable],
  )
  return rows.map(({ hour, provider, sku, events }) => ({
    hourMs: Number(hour),
    provider,
    sku,
    events: Number(events),
  }))
}
