/**
 * Removing a tenant: everything of its own goes, what it cost stays, and nobody comes back as it.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import { placeTenant, withTenant } from '../../src/index.ts'
import { retireTenant } from '../../src/isolation/removal.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { addDocument, openAdmin, outcomeOf, settle, tenantTables } from './isolation-helpers.ts'

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let alpha: TenantId
  let beta: TenantId
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    alpha = await settle(db, 'alpha')
    beta = await settle(db, 'beta')
  })
  afterAll(() => db[Symbol.asyncDispose]())

  const retire = (
    tenantId: TenantId,
    empty: () => Promise<void> = async () => undefined,
  ): Promise<void> => retireTenant({ operator: db.operator, clock: systemClock, tenantId, empty })

  async function tablesWith(tenantId: TenantId): Promise<readonly string[]> {
    await using admin = openAdmin(db)
    const found = await Promise.all(
      tenantTables.map(async (table) =>
        (await admin.query(`select from ${table} where tenant_id = $1`, [tenantId])).rows.length > 0
          ? [table]
          : [],
      ),
    )
    return found.flat()
  }

  test('a removal that cannot empty the namespace changes nothing and may be repeated', async () => {
    expect(
      await outcomeOf(retire(alpha, async () => Promise.reject(new TypeError('no answer')))),
    ).toBe('no answer')
    expect(await tablesWith(alpha)).toEqual([...tenantTables])
  })

  test('an ingest that is under way is waited for, and goes too', async () => {
    const order: string[] = []
    const inserted = Promise.withResolvers<null>()
    const ingest = withTenant(db.database, alpha, async (session) => {
      await addDocument(session, alpha, 'late')
      inserted.resolve(null)
      await systemClock.sleep(100)
      order.push('ingested')
    })
    await inserted.promise
    await Promise.all([ingest, retire(alpha, async () => void order.push('emptied'))])
    expect(order).toEqual(['ingested', 'emptied'])
  })

  test('what it had is gone, what it cost stays, others keep theirs', async () => {
    expect(await tablesWith(alpha)).toEqual(['charges', 'ledger', 'tenants', 'usage_events'])
    expect(await tablesWith(beta)).toEqual([...tenantTables])
    await using admin = openAdmin(db)
    expect(
      (
        await admin.query(
          "select name, removed_at is not null as removed from tenants where tenant_id = 'alpha'",
        )
      ).rows,
    ).toEqual([{ name: '', removed: true }])
  })

  test('nobody comes back as it: not by signing up, not by a process that has not heard', async () => {
    expect(
      await outcomeOf(placeTenant(db.placement, { id: alpha, name: 'New', tier: 'test' })),
    ).toBe('TB_TENANT_EXISTS')
    expect(
      await outcomeOf(
        withTenant(db.database, alpha, (session) => addDocument(session, alpha, 'again')),
      ),
    ).toBe('23503')
    expect(await outcomeOf(retire(alpha))).toBe('TB_TENANT_UNKNOWN')
    await db.database.directory.refresh()
    expect(await outcomeOf(withTenant(db.database, alpha, async () => undefined))).toBe(
      'TB_TENANT_UNKNOWN',
    )
  })

  test('an operator that names nobody removes nobody', async () => {
    expect((await db.operator.query('delete from placements')).rowCount).toBe(0)
    expect(await tablesWith(beta)).toEqual([...tenantTables])
  })
})
