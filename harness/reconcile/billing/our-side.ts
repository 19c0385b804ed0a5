/**
 * Our side of a simulated month: real tenants in a real database, each call's usage recorded in its
 * tenant's own session.
 */
import type { Clock } from '../../../src/base/clock.ts'
import { parseTenantId } from '../../../src/base/tenant-id.ts'
import {
  installSchema,
  openDatabase,
  openTenantDirectory,
  placeTenant,
  provisionIndex,
  recordUsage,
  usageEvent,
  type Database,
  type TenantDatabase,
  type UsageEvent,
} from '../../../src/index.ts'
import type { PlannedCall } from '../../workload/billing-month.ts'

/** An account of tenants in a database. */
export interface OurSide extends AsyncDisposable {
  readonly operator: Database
  readonly tenants: TenantDatabase
  /** Records calls of one tenant; resolves when they are acknowledged. */
  record(calls: readonly PlannedCall[]): Promise<void>
}

/** Calls in one statement. */
export const callsPerStatement = 4_000

/**
 * Installs the schema and signs the tenants up. There is no vector store here, so nothing is
 * provisioned in one.
 */
export async function openOurSide(
  adminUrl: string,
  names: readonly string[],
  clock: Clock,
): Promise<OurSide> {
  const logins = await installSchema(adminUrl, clock)
  const app = openDatabase({ connectionString: logins.app, maxConnections: 2 })
  const operator = openDatabase({ connectionString: logins.operator, maxConnections: 2 })
  const directory = await openTenantDirectory(operator)
  const placement = {
    operator,
    clock,
    limits: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
    indexPrefix: 'billing',
    ensureIndex: async () => undefined,
  }
  await provisionIndex(placement, 1)
  for (const name of names) {
    const id = parseTenantId(name)
    directory.add({
      id,
      name,
      tier: 'billing',
      placement: await placeTenant(placement, { id, name, tier: 'billing' }),
    })
  }
  const tenants: TenantDatabase = { app, directory }
  return {
    operator,
    tenants,
    record: (calls) => recordUsage(tenants, calls.map(eventOf), clock.nowMs()),
    async [Symbol.asyncDispose]() {
      await app.close()
      await operator.close()
    },
  }
}

/** A call as our meter has it. */
export function eventOf({
  tenant,
  requestId,
  atMs,
  operation,
  provider,
  sku,
  attempt,
  metered,
  outcome,
  estimated,
}: PlannedCall): UsageEvent {
  return usageEvent(parseTenantId(tenant), requestId, {
    usage: { operation, provider, sku, attempt, outcome, estimated, quantities: metered },
    occurredAtMs: atMs,
  })
}
