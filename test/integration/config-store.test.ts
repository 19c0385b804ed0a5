/** A changed row is in force within a second, whatever happens to the connection that listens. */
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { sha256 } from '../../src/base/random.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import { openConfigStore, withTenant, writeConfig, type ConfigStore, type Database, type NewTenantConfig } from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openAdmin, outcomeOf } from './isolation-helpers.ts'

const inForceWithin = { timeout: 1_000, interval: 10 }
const valid: NewTenantConfig = { model: 'gpt-4o', topK: 5, rerank: true, monthlyBudgetUsd: '500' }

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  let store: ConfigStore
  let alpha: TenantId
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    await db.signUp('beta')
    await db.signUp('alpha')
  })
  beforeEach(async () => {
    alpha = parseTenantId('alpha')
    store = await openConfigStore({ database: db.database, clock: systemClock, listenUrl: db.logins.app })
    return () => store.close()
  })
  afterAll(async () => {
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  const setTopK = (topK: number): Promise<unknown> => db.operator.query("update tenant_configs set top_k = $1 where tenant_id = 'alpha'", [topK])
  const topK = async (): Promise<number> => (await store.current(alpha)).topK

  async function endListener(): Promise<void> {
    const { rows } = await admin.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'tenantbench-config' and datname = current_database()")
    expect(rows).toHaveLength(1)
  }

  test('an UPDATE is in force within a second, again and again', async () => {
    for (const value of [7, 8, 9, 10]) {
      expect(await topK()).not.toBe(value)
      await setTopK(value)
      await vi.waitFor(async () => expect(await topK()).toBe(value), inForceWithin)
    }
    expect(store.isListening()).toBe(true)
  })

  test('between changes reads are answered from memory, and only that tenant is read again', async () => {
    const read = vi.fn(db.app.pool.connect.bind(db.app.pool))
    const counting = { ...db.database, app: { ...db.app, pool: Object.assign(Object.create(db.app.pool) as typeof db.app.pool, { connect: read }) } }
    await using counted = await openConfigStore({ database: counting, clock: { ...systemClock, monotonicMs: () => 0 }, listenUrl: db.logins.app })
    const beta = parseTenantId('beta')
    for (let round = 0; round < 50; round++) for (const tenant of [alpha, beta]) await counted.current(tenant)
    expect(read).toHaveBeenCalledTimes(2)
    await setTopK(21)
    await vi.waitFor(async () => expect((await counted.current(alpha)).topK).toBe(21), inForceWithin)
    await counted.current(beta)
    expect(read).toHaveBeenCalledTimes(3)
  })

  test('an UPDATE is in force within a second after the listening connection was ended, and listening resumes', async () => {
    await topK()
    await endListener()
    await setTopK(31)
    await vi.waitFor(async () => expect(await topK()).toBe(31), inForceWithin)
    await vi.waitFor(() => expect(store.isListening()).toBe(true), { timeout: 5_000, interval: 10 })
    await endListener()
    await vi.waitFor(() => expect(store.isListening()).toBe(false), inForceWithin)
    await setTopK(32)
    expect(await topK()).toBe(32)
    await setTopK(33)
    expect(await topK()).toBe(33)
  })

  test('a store whose listener cannot log in reads from the database each time', async () => {
    await using deaf = await openConfigStore({ database: db.database, clock: systemClock, listenUrl: 'postgres://app:secret@127.0.0.1:1/none' })
    expect(deaf.isListening()).toBe(false)
    for (const value of [41, 42]) {
      await setTopK(value)
      expect((await deaf.current(alpha)).topK).toBe(value)
    }
  })

  test('a closed store leaves no connection', async () => {
    await store.close()
    await vi.waitFor(async () => {
      const { rows } = await admin.query("select from pg_stat_activity where application_name = 'tenantbench-config' and datname = current_database()")
      expect(rows).toEqual([])
    }, { timeout: 5_000, interval: 10 })
  })

  test('versions increase by one whatever is written, and each change is kept with who made it', async () => {
    const gamma = await db.signUp('gamma')
    await writeConfig(db.operator, systemClock, { tenantId: gamma, config: valid })
    await db.operator.query("update tenant_configs set version = 99, model = 'gpt-4-turbo' where tenant_id = 'gamma'")
    await admin.query("update tenant_configs set rerank = false where tenant_id = 'gamma'")
    expect(await store.current(gamma)).toMatchObject({ version: 4, model: 'gpt-4-turbo', topK: 5, rerank: false, monthlyBudgetUsd: '500' })
    const { rows } = await withTenant(db.database, gamma, (session) => session.query("select version, changed_by, config->>'model' as model, config->>'top_k' as top_k from tenant_config_history order by version"))
    const superuser = new URL(serverUrl).username
    expect(rows).toEqual([
      { version: 1, changed_by: db.operator.role, model: 'gpt-4o-mini', top_k: '3' },
      { version: 2, changed_by: db.operator.role, model: 'gpt-4o', top_k: '5' },
      { version: 3, changed_by: db.operator.role, model: 'gpt-4-turbo', top_k: '5' },
      { version: 4, changed_by: superuser, model: 'gpt-4-turbo', top_k: '5' },
    ])
  })

  test('a change that is rolled back leaves no version and no history', async () => {
    const before = await store.current(alpha)
    expect(await outcomeOf(db.operator.query("update tenant_configs set top_k = 50 where tenant_id = 'alpha'; select 1 / 0"))).toBe('22012')
    expect(await store.current(alpha)).toEqual(before)
    const { rows } = await db.operator.query("select max(version) as version from tenant_config_history where tenant_id = 'alpha'")
    expect(rows).toEqual([{ version: before.version }])
  })

  test.each([
    ['model', '', { model: '' }],
    ['top_k', 0, { topK: 0 }],
    ['top_k', 101, { topK: 101 }],
    ['temperature', 2.01, { temperature: 2.01 }],
    ['temperature', -0.01, { temperature: -0.01 }],
    ['max_output_tokens', 0, { maxOutputTokens: 0 }],
    ['max_output_tokens', 32_769, { maxOutputTokens: 32_769 }],
    ['prompt_template', '', { promptTemplate: '' }],
    ['monthly_budget_usd', '-1', { monthlyBudgetUsd: '-1' }],
    ['monthly_budget_usd', 'NaN', { monthlyBudgetUsd: 'NaN' }],
    ['monthly_budget_usd', 'Infinity', { monthlyBudgetUsd: 'Infinity' }],
  ] as const)('%s = %s is refused by the database and before it', async (column, value, change) => {
    expect(await outcomeOf(db.operator.query(`update tenant_configs set ${column} = $1 where tenant_id = 'alpha'`, [value]))).toBe('23514')
    expect(await outcomeOf(writeConfig(db.operator, systemClock, { tenantId: alpha, config: { ...valid, ...change } }))).toBe('TB_CONFIG_INVALID')
  })

  test('a tenant without a row is told so, and a row that slipped past the checks is refused', async () => {
    await db.operator.query("insert into tenants values ('delta', 'n', 't', '2026-11-01')")
    await db.operator.query("insert into placements values ('delta', 'test-1', 'tenant-delta', '2026-11-01')")
    await db.database.directory.refresh()
    const delta = parseTenantId('delta')
    expect(await outcomeOf(store.current(delta))).toBe('TB_CONFIG_MISSING')
    await admin.query('alter table tenant_configs drop constraint tenant_configs_top_k_check')
    await admin.query("insert into tenant_configs (tenant_id, model, top_k, rerank, changed_at) values ('delta', 'm', 1000, false, '2026-11-01')")
    expect(await outcomeOf(store.current(delta))).toBe('TB_CONFIG_INVALID')
    await admin.query('update tenant_configs set top_k = 100 where top_k > 100; alter table tenant_configs add constraint tenant_configs_top_k_check check (top_k between 1 and 100)')
  })

  test('what everybody can hear of a change is a hash', async () => {
    const heard: (string | undefined)[] = []
    const listener = new pg.Client({ connectionString: db.logins.app })
    await listener.connect()
    listener.on('notification', ({ payload }) => heard.push(payload))
    await listener.query('listen tenantbench_config')
    await setTopK(61)
    await vi.waitFor(() => expect(heard).toEqual([sha256('alpha')]), { timeout: 5_000, interval: 10 })
    await listener.end()
  })
})
