/**
 * The ledger in Postgres. Usage is written in the tenant's own session; charges and ledger lines by the operator. All three only
 * grow: a second recording of the same event, charge or line changes nothing.
 */
import { isoTime } from '../base/clock.ts'
import { TenantbenchError } from '../base/errors.ts'
import { formatUsd, type PicoUsd } from '../base/money.ts'
import { parseTenantId, type TenantId } from '../base/tenant-id.ts'
import type { Database } from '../db/pool.ts'
import type { Operation, ProviderUsage } from '../base/usage.ts'
import { queryAsTenant, type TenantDatabase } from '../isolation/tenant-session.ts'
import type { AllocatedLine } from './allocation.ts'
import type { Charge, UsageEvent } from './charge.ts'

/** Records usage of one tenant in one statement. */
export async function recordUsage(database: TenantDatabase, events: readonly UsageEvent[], recordedAtMs: number): Promise<void> {
  const [first] = events
  if (first === undefined) return
  if (events.some(({ tenantId }) => tenantId !== first.tenantId)) throw new TenantbenchError('TB_BUG', { detail: 'Usage of two tenants in one recording.' })
  await queryAsTenant(database, first.tenantId, {
    text: `insert into usage_events (tenant_id, idempotency_key, request_id, attempt, operation, provider, sku, outcome, estimated, quantities, occurred_at, recorded_at)
      select $1, event->>'idempotencyKey', event->>'requestId', (event->>'attempt')::int, event->>'operation', event->>'provider', event->>'sku',
        event->>'outcome', (event->>'estimated')::boolean, event->'quantities', (event->>'occurredAt')::timestamptz, $3
      from jsonb_array_elements($2::jsonb) as event
      on conflict do nothing`,
    values: [first.tenantId, JSON.stringify(events.map(({ occurredAtMs, ...event }) => ({ ...event, occurredAt: isoTime(occurredAtMs) }))), isoTime(recordedAtMs)],
  })
}

/** An interval of time, half open. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

interface UsageRow extends Record<string, unknown> {
  readonly tenant_id: string
  readonly idempotency_key: string
  readonly request_id: string
  readonly attempt: number
  readonly operation: Operation
  readonly provider: string
  readonly sku: string
  readonly outcome: ProviderUsage['outcome']
  readonly estimated: boolean
  readonly quantities: ProviderUsage['quantities']
  readonly occurred_at: Date
}

/** All usage of a period, of every tenant, in a fixed order. For the operator. */
export async function readUsage(operator: Database, period: Period): Promise<readonly UsageEvent[]> {
  const { rows } = await operator.query<UsageRow>(
    `select tenant_id, idempotency_key, request_id, attempt, operation, provider, sku, outcome, estimated, quantities, occurred_at
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
    outcome: row.outcome,
    estimated: row.estimated,
    quantities: row.quantities,
    occurredAtMs: row.occurred_at.getTime(),
  }))
}

/** What each tenant's namespace weighs. */
export async function readStoredBytes(operator: Database): Promise<ReadonlyMap<TenantId, number>> {
  const { rows } = await operator.query<{ tenant_id: string; bytes: number }>('select tenant_id, bytes from namespace_sizes order by tenant_id')
  return new Map(rows.map((row) => [parseTenantId(row.tenant_id), row.bytes]))
}

/** Posts charges, priced with one book. */
export async function postCharges(operator: Database, charges: readonly Charge[], bookId: string): Promise<void> {
  await operator.query(
    `insert into charges (tenant_id, idempotency_key, unit, component, price_book, quantity, amount_pico_usd)
     select charge->>'tenantId', charge->>'idempotencyKey', charge->>'unit', charge->>'component', $2,
       (charge->>'numerator')::numeric / (charge->>'denominator')::numeric, (charge->>'amount')::numeric
     from jsonb_array_elements($1::jsonb) as charge on conflict do nothing`,
    [JSON.stringify(charges.map(chargeAsJson)), bookId],
  )
}

function chargeAsJson({ tenantId, idempotencyKey, unit, component, quantity, amount }: Charge): object {
  return { tenantId, idempotencyKey, unit, component, numerator: quantity.numerator.toString(), denominator: quantity.denominator.toString(), amount: amount.toString() }
}

/** Posts the month's ledger lines. */
export async function postLedger(operator: Database, lines: readonly AllocatedLine[], at: { readonly month: string; readonly postedAtMs: number }): Promise<void> {
  await operator.query(
    `insert into ledger (tenant_id, month, component, method, amount_pico_usd, posted_at)
     select line->>'tenantId', $2, line->>'component', line->>'method', (line->>'amount')::numeric, $3
     from jsonb_array_elements($1::jsonb) as line on conflict do nothing`,
    [JSON.stringify(lines.map(({ amount, ...line }) => ({ ...line, amount: amount.toString() }))), at.month, isoTime(at.postedAtMs)],
  )
}

/** A ledger line as a tenant sees its own. */
export interface OwnLedgerLine extends Record<string, unknown> {
  readonly component: string
  readonly method: string
  readonly amountUsd: string
}

/** A tenant's own ledger of a month. */
export async function readOwnLedger(database: TenantDatabase, tenantId: TenantId, month: string): Promise<readonly OwnLedgerLine[]> {
  const rows = await queryAsTenant<{ component: string; method: string; amount: string }>(database, tenantId, {
    text: 'select component, method, amount_pico_usd::text as amount from ledger where month = $1 order by component, method',
    values: [month],
  })
  return rows.map(({ component, method, amount }) => ({ component, method, amountUsd: formatUsd(BigInt(amount) as PicoUsd) }))
}
