/**
 * Which index holds a tenant's namespace. Indexes are filled in order up to the operating limit; at
 * the alert mark the next one is provisioned, so that it is there before the limit and no signup is
 * refused. Signups take turns by an advisory lock that is held for two short statements, never
 * while the vector store works.
 */
import { isoTime, type Clock } from '../base/clock.ts'
import { messageOf, TenantbenchError } from '../base/errors.ts'
import type { TenantId } from '../base/tenant-id.ts'
import { sqlState, type Client, type Database } from '../db/pool.ts'
import { inTransaction } from '../db/transaction.ts'
import {
  decidePlacement,
  type CapacityEvent,
  type CapacityLimits,
  type IndexLoad,
} from './capacity.ts'
import { namespaceOf } from './namespaces.ts'

export type { CapacityEvent, CapacityLimits } from './capacity.ts'

/** Where a tenant's vectors are. */
export interface Placement {
  readonly indexName: string
  readonly namespace: string
}

/** A signup. */
export interface Signup {
  readonly id: TenantId
  readonly name: string
  readonly tier: string
}

/**
 * What placing needs. `ensureIndex` is idempotent; `onEvent` hears each event after it is recorded.
 */
export interface PlacementOptions {
  readonly operator: Database
  readonly clock: Clock
  readonly limits: CapacityLimits
  /** Indexes are called `<prefix>-1`, `<prefix>-2`, ... */
  readonly indexPrefix: string
  ensureIndex(indexName: string): Promise<void>
  readonly onEvent?: (event: CapacityEvent) => void
}

// Any fixed number; it makes signups of one database take turns.
const placementLockKey = 7_310_206
const uniqueViolation = '23505'

/**
 * Records the tenant and its place in one transaction. Throws TB_TENANT_EXISTS, and
 * TB_PLACEMENT_REFUSED when there is no room and none can be made. A tenant that is placed is never
 * refused because the index after its own could not be made yet.
 */
export async function placeTenant(options: PlacementOptions, signup: Signup): Promise<Placement> {
  for (;;) {
    const { placement, indexes, needsNext, alert } = await tryToPlace(options, signup)
    if (alert !== null) announce(options, [alert, { ...alert, event: 'provision-started' }])
    if (placement !== null) {
      // The next signup tries again, as long as the next index is missing.
      if (needsNext) await provisionIndex(options, indexes + 1).catch(() => undefined)
      return placement
    }
    await provisionIndex(options, indexes + 1).catch((error: unknown) =>
      refuse(options, { signup, error }),
    )
  }
}

async function refuse(
  options: PlacementOptions,
  { signup, error }: { readonly signup: Signup; readonly error: unknown },
): Promise<never> {
  const refused: CapacityEvent = {
    atMs: options.clock.nowMs(),
    indexName: options.indexPrefix,
    namespaces: 0,
    event: 'placement-refused',
  }
  await recordEvent(options.operator, refused)
  announce(options, [refused])
  throw new TenantbenchError('TB_PLACEMENT_REFUSED', {
    detail: `Tenant ${signup.id}: ${messageOf(error)}`,
    cause: error,
  })
}

interface Attempt {
  /** Null when every index is at its operating limit. */
  readonly placement: Placement | null
  readonly indexes: number
  /** The last index is at or over its alert mark: the next one must be made. */
  readonly needsNext: boolean
  /** Set for the one signup that reached the alert mark. */
  readonly alert: CapacityEvent | null
}

async function tryToPlace(options: PlacementOptions, signup: Signup): Promise<Attempt> {
  return inTransaction(options.operator, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [placementLockKey])
    const indexes = await indexLoads(client)
    const { index: position, namespaces, alerts, needsNext } = decidePlacement(indexes)
    const index = position === null ? undefined : indexes[position]
    if (index === undefined)
      return { placement: null, indexes: indexes.length, needsNext, alert: null }
    const placement = { indexName: index.indexName, namespace: namespaceOf(signup.id) }
    await insertTenant(client, signup, { ...placement, at: isoTime(options.clock.nowMs()) })
    if (!alerts) return { placement, indexes: indexes.length, needsNext, alert: null }
    const alert: CapacityEvent = {
      atMs: options.clock.nowMs(),
      indexName: index.indexName,
      namespaces,
      event: 'alert',
    }
    await recordEvent(client, alert)
    await recordEvent(client, { ...alert, event: 'provision-started' })
    return { placement, indexes: indexes.length, needsNext, alert }
  })
}

interface IndexRow extends IndexLoad, Record<string, unknown> {
  readonly indexName: string
}

async function indexLoads(client: Client): Promise<readonly IndexRow[]> {
  const { rows } = await client.query<IndexRow>(`
    select index_name as "indexName", operating_limit as "operatingLimit", alert_at as "alertAt",
      (select count(*) from placements where placements.index_name = vector_indexes.index_name) as namespaces,
      exists (select from capacity_events where event = 'alert'
        and capacity_events.index_name = vector_indexes.index_name) as "hasAlerted"
    from vector_indexes order by created_at, length(index_name), index_name`)
  return rows
}

async function insertTenant(
  client: Client,
  signup: Signup,
  place: Placement & { readonly at: string },
): Promise<void> {
  try {
    await client.query(
      'insert into tenants (tenant_id, name, tier, created_at) values ($1, $2, $3, $4)',
      [signup.id, signup.name, signup.tier, place.at],
    )
  } catch (error) {
    if (sqlState(error) === uniqueViolation) {
      throw new TenantbenchError('TB_TENANT_EXISTS', {
        detail: `Tenant ${signup.id}.`,
        cause: error,
      })
    }
    throw error
  }
  await client.query(
    'insert into placements (tenant_id, index_name, namespace, placed_at) values ($1, $2, $3, $4)',
    [signup.id, place.indexName, place.namespace, place.at],
  )
}

/** Creates an index and records it. Two signups that do it at once make one index and one row. */
export async function provisionIndex(options: PlacementOptions, ordinal: number): Promise<void> {
  const indexName = `${options.indexPrefix}-${ordinal}`
  await options.ensureIndex(indexName)
  const { namespaceLimit, operatingLimit, alertAt } = options.limits
  const atMs = options.clock.nowMs()
  const { rowCount } = await options.operator.query(
    `insert into vector_indexes (index_name, namespace_limit, operating_limit, alert_at, created_at)
      values ($1, $2, $3, $4, $5)
     on conflict (index_name) do nothing`,
    [indexName, namespaceLimit, operatingLimit, alertAt, isoTime(atMs)],
  )
  if (rowCount === 0) return
  const ready: CapacityEvent = { atMs, indexName, namespaces: 0, event: 'index-ready' }
  await recordEvent(options.operator, ready)
  announce(options, [ready])
}

async function recordEvent(
  database: Pick<Database, 'query'> | Client,
  event: CapacityEvent,
): Promise<void> {
  const text =
    'insert into capacity_events (at, index_name, namespaces, event) values ($1, $2, $3, $4)'
  await (database as Pick<Database, 'query'>).query(text, [
    isoTime(event.atMs),
    event.indexName,
    event.namespaces,
    event.event,
  ])
}

function announce(options: PlacementOptions, events: readonly CapacityEvent[]): void {
  for (const event of events) options.onEvent?.(event)
}
