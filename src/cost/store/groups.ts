/**
 * Usage of a period, added up in the database: a million events come back as a few thousand groups.
 * The same groups as src/cost/meter/groups.ts makes of events, which is held against this in the
 * tests.
 */
import { isoTime, type Period } from '../../base/clock.ts'
import { parseTenantId } from '../../base/tenant-id.ts'
import { outcomes, usageUnits, type UsageUnit } from '../../base/usage.ts'
import type { Database } from '../../db/pool.ts'
import type { UsageGroup } from '../meter/groups.ts'
import { perEventUnits } from '../meter/quantities.ts'
import type { ServiceTier } from '../prices/price-book.ts'

const isPerEvent = (unit: UsageUnit): boolean =>
  (perEventUnits as readonly UsageUnit[]).includes(unit)
/** Names of units are ours and have nothing but letters, digits and dashes. */
const valueOf = (unit: UsageUnit): string => `(quantities->>'${unit}')::bigint`
const promptUnits = [
  'input-tokens',
  'cached-input-tokens',
  'cache-write-tokens',
  'cache-write-1h-tokens',
] as const
const billable = Object.entries(outcomes)
  .filter(([, isBilled]) => isBilled)
  .map(([outcome]) => outcome)

type GroupRow = Readonly<Record<string, unknown>> & {
  readonly tenant_id: string
  readonly day_ms: string
  readonly provider: string
  readonly sku: string
  readonly service: ServiceTier
  readonly beyond: string
  readonly events: string
  readonly retried: string
  readonly estimated: string
}

/**
 * How usage is grouped: by the cliffs of the books, and days that begin so many hours after
 * midnight, UTC.
 */
export interface Grouping {
  readonly cliffs: readonly number[]
  readonly dayBeginsHours?: number
}

/** Billable usage of a period in groups, in a fixed order. For the operator. */
export async function readUsageGroups(
  operator: Database,
  period: Period,
  { cliffs, dayBeginsHours = 0 }: Grouping,
): Promise<readonly UsageGroup[]> {
  const { rows } = await operator.query<GroupRow>(
    `select tenant_id, (extract(epoch from date_trunc('day', (occurred_at at time zone 'UTC') -
      make_interval(hours => $4::int))) * 1000)::bigint::text as day_ms, provider, sku, service,
       ${beyond(cliffs)}::text as beyond, count(*)::text as events,
       count(*) filter (where attempt > 1)::text as retried, count(*) filter (where estimated)::text
         as estimated,
           ${usageUnits.map((unit) => `${isPerEvent(unit) ? valueOf(unit) : `sum(${valueOf(unit)})`}::text as "${unit}"`).join(', ')}
     from usage_events where occurred_at >= $1 and occurred_at < $2 and outcome = any($3)
     group by 1, 2, 3, 4, 5, ${beyond(cliffs)}, ${perEventUnits.map(valueOf).join(', ')}
       order by 1, 2, 3, 4, 5, 6`,
    [isoTime(period.fromMs), isoTime(period.toMs), billable, dayBeginsHours],
  )
  return rows.map((row) => ({
    tenantId: parseTenantId(row.tenant_id),
    dayMs: Number(row.day_ms),
    provider: row.provider,
    sku: row.sku,
    service: row.service,
    beyondTokens: Number(row.beyond),
    events: BigInt(row.events),
    retried: BigInt(row.retried),
    estimated: BigInt(row.estimated),
    quantities: Object.fromEntries(
      usageUnits.flatMap((unit) =>
        typeof row[unit] === 'string' ? [[unit, BigInt(row[unit])]] : [],
      ),
    ),
  }))
}

/**
 * The highest cliff that a prompt is beyond, as SQL; the cliffs are whole numbers of a price book.
 */
function beyond(cliffs: readonly number[]): string {
  const tokens = `(${promptUnits.map((unit) => `coalesce(${valueOf(unit)}, 0)`).join(' + ')})`
  return cliffs.length === 0
    ? '0'
    : `case ${cliffs
        .toReversed()
        .map((cliff) => `when ${tokens} > ${Math.trunc(cliff)} then ${Math.trunc(cliff)}`)
        .join(' ')} else 0 end`
}
