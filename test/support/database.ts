/** A fresh database per test file, with schema and roles, dropped afterwards. */
import { createRunDatabase, dropRunDatabase } from '../../harness/services/postgres/borrowed.ts'
import { systemClock } from '../../src/base/clock.ts'
import { newSuffix } from '../../src/base/random.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import {
  installSchema,
  openDatabase,
  openTenantDirectory,
  placeTenant,
  provisionIndex,
  writeConfig,
  type CapacityEvent,
  type CapacityLimits,
  type Database,
  type PlacementOptions,
  type RoleLogins,
  type TenantDatabase,
} from '../../src/index.ts'

/** A database to test on. */
export interface TestDatabase extends AsyncDisposable {
  /** The superuser's connection string: for planting faults. */
  readonly adminUrl: string
  readonly logins: RoleLogins
  readonly app: Database
  readonly operator: Database
  readonly database: TenantDatabase
  readonly placement: PlacementOptions
  readonly capacityEvents: CapacityEvent[]
  /** Creates a tenant with a default configuration. */
  signUp(id: string): Promise<TenantId>
}

/** Makes one on a server. The vector store is left out: `ensureIndex` does nothing. */
export async function freshDatabase(
  serverUrl: string,
  options: { readonly limits?: CapacityLimits; readonly maxConnections?: number } = {},
): Promise<TestDatabase> {
  const name = `tenantbench_test_${newSuffix()}`
  const adminUrl = await createRunDatabase(serverUrl, name)
  const logins = await installSchema(adminUrl, systemClock)
  const app = openDatabase({
    connectionString: logins.app,
    maxConnections: options.maxConnections ?? 4,
  })
  const operator = openDatabase({ connectionString: logins.operator, maxConnections: 8 })
  const directory = await openTenantDirectory(operator)
  const capacityEvents: CapacityEvent[] = []
  const placement: PlacementOptions = {
    operator,
    clock: systemClock,
    limits: options.limits ?? { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
    indexPrefix: 'test',
    ensureIndex: async () => undefined,
    onEvent: (event) => void capacityEvents.push(event),
  }
  await provisionIndex(placement, 1)
  const signUp = async (text: string): Promise<TenantId> => {
    const id = parseTenantId(text)
    directory.add({
      id,
      name: `Tenant ${text}`,
      tier: 'test',
      placement: await placeTenant(placement, { id, name: `Tenant ${text}`, tier: 'test' }),
    })
    await writeConfig(operator, systemClock, {
      tenantId: id,
      config: { model: 'gpt-4o-mini', topK: 3, rerank: false, monthlyBudgetUsd: '10' },
    })
    return id
  }
  return {
    adminUrl,
    logins,
    app,
    operator,
    database: { app, directory },
    placement,
    capacityEvents,
    signUp,
    async [Symbol.asyncDispose]() {
      await app.close()
      await operator.close()
      await dropRunDatabase(serverUrl, name)
    },
  }
}
