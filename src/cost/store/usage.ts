/**
 * Usage in Postgres. It is written in the tenant's own session and only grows: a second recording
 * of the same event changes nothing.
 */
import { isoTime, type Period } from '../../base/clock.ts'
import { TenantbenchError } from '../../base/errors.ts'
import { parseTenantId, type TenantId } from '../../base/tenant-id.ts'
import type { Database } from '../../db/pool.ts'
import type { Operation, ProviderUsage } from '../../base/usage.ts'
import { queryAsTenant, type TenantDatabase } from '../../isolation/tenant-session.ts'
import type { UsageEvent } from '../charge.ts'
import type { ServiceTier } from '../prices/price-book.ts'

/** Records usage of one tenant in one statement. */
export async function recordUsage(
  database: TenantDatabase,
  events: readonly UsageEvent[],
  recordedAtMs: number,
): Promise<void> {
  const [first] = events
  if (first === undefined) return
  if (events.some(({ tenantId }) => tenantId !== first.tenantId))
    throw new TenantbenchError('TB_BUG', { detail: 'Usage of two tenants in one recording.' })
  await queryAsTenant(database, first.tenantId, {
    text: `insert into usage_events (tenant_id, idempotency_key, request_id, attempt, operation,
      provider, sku, service, outcome, estimated, quantities, occurred_at, recorded_at)
      select $1, "idempotencyKey", "requestId", attempt, operation, provider, sku, coalesce(service,
        'standard'), outcome, estimated, quantities, "occurredAt", $3
      from json_to_recordset($2::json) as event("idempotencyKey" text, "requestId" text, attempt
        int, operation text, provider text, sku text, service text,
        outcome text, estimated boolean, quantities jsonb, "occurredAt" timestamptz)
      on conflict do nothing`,
    values: [
      first.tenantId,
      JSON.stringify(
        events.map(({ occurredAtMs, tenantId: _tenant, ...event }) => ({
          ...event,
          occurredAt: isoTime(occurredAtMs),
        })),
      ),
      isoTime(recordedAtMs),
    ],
  })
}

interface UsageRow extends Record<string, unknown> {
  readonly tenant_id: string
  readonly idempotency_key: string
  readonly request_id: string
  readonly attempt: number
  readonly operation: Operation
  readonly provider: string
  readonly sku: string
  readonly service: ServiceTier
  readonly outcome: ProviderUsage['outcome']
  readonly estimated: boolean
  readonly quantities: ProviderUsage['quantities']
  readonly occurred_at: Date
}

/** All usage of a period, of every tenant, in a fixed order. For the operator. */
export async function readUsage(
  operator: Database,
  period: Period,
): Promise<readonly UsageEvent[]> {
  const { rows } = await operator.query<UsageRow>(
    `select tenant_id, idempotency_key, request_id, attempt, operation, provider, sku, service,
      outcome, estimated, quantities, occurred_at
     from usage_events where occurred_at >= $1 and occurred_at < $2 order by tenant_id, idempotency_key`,
    [isoTime(period.fromMs), isoTime(period.toMs)],
  )
  return rows.map((row) => ({
    tenantId: parseTenantId(row.tenant_id),
    idempotencyKey: row.idempotency_key,
    requestId: row.request_id,
    attempt: row.attempt,
    operation: row.operation,
    provider: row.provider,
    sku: row.sku,
    ...(row.service === 'standard' ? {} : { service: row.service }),
    outcome: row.outcome,
    estimated: row.estimated,
    quantities: row.quantities,
    occurredAtMs: row.occurred_at.getTime(),
  }))
}

/** What each tenant's namespace weighs. */
export async function readStoredBytes(operator: Database): Promise<ReadonlyMap<TenantId, number>> {
  const { rows } = await operator.query<{ tenant_id: string; bytes: number }>(
    'select tenant_id, bytes from namespace_sizes order by tenant_id',
  )
  return new Map(rows.map((row) => [parseTenantId(row.tenant_id), row.bytes]))
}
