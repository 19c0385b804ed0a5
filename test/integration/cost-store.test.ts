/** What was used is recorded once, what it costs is posted once and exactly, and a tenant reads its own account alone. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { picoUsd } from '../../src/base/money.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import { recordUsage } from '../../src/cost/store.ts'
import { postCharges, postLedger, readOwnLedger, readStoredBytes, readUsage, withTenant, type AllocatedLine, type Charge, type UsageEvent } from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { outcomeOf, usageOf } from './isolation-helpers.ts'

const november = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) }
const posted = { month: '2026-11', postedAtMs: november.toMs }
// Beyond what a double holds, so that a detour over one shows.
const vast = 12_345_678_901_234_567_890_123_456_789_012_345_678n

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let alpha: TenantId
  let beta: TenantId
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    alpha = await db.signUp('alpha')
    beta = await db.signUp('beta')
  })
  afterAll(() => db[Symbol.asyncDispose]())

  const usedBy = async (tenantId: TenantId): Promise<readonly UsageEvent[]> => (await readUsage(db.operator, november)).filter((event) => event.tenantId === tenantId)

  test('usage comes back as it was recorded, once, in a fixed order, by period', async () => {
    const events: UsageEvent[] = [
      { ...usageOf(alpha, 'b'), attempt: 2, outcome: 'aborted', estimated: true, quantities: { 'output-tokens': 0 } },
      { ...usageOf(alpha, 'a'), occurredAtMs: november.fromMs, sku: "it's \"quoted\" \\ %", quantities: { 'input-tokens': Number.MAX_SAFE_INTEGER } },
      { ...usageOf(alpha, 'c'), occurredAtMs: november.toMs - 1, operation: 'upsert', quantities: {} },
      { ...usageOf(alpha, 'next-month'), occurredAtMs: november.toMs },
      { ...usageOf(alpha, 'last-month'), occurredAtMs: november.fromMs - 1 },
    ]
    await recordUsage(db.database, [], 0)
    await recordUsage(db.database, events, 0)
    await recordUsage(db.database, [...events].reverse(), 1)
    await recordUsage(db.database, [usageOf(beta, 'a')], 0)
    expect(await usedBy(alpha)).toEqual([events[1], events[0], events[2]])
    expect(await usedBy(beta)).toEqual([usageOf(beta, 'a')])
  })

  test('the same event twice in one call, and recorded at once, counts once', async () => {
    const twice = usageOf(alpha, 'twice')
    await recordUsage(db.database, [twice, twice], 0)
    await Promise.all(Array.from({ length: 10 }, () => recordUsage(db.database, [twice, usageOf(alpha, 'at-once')], 0)))
    const keys = (await usedBy(alpha)).map(({ idempotencyKey }) => idempotencyKey)
    expect(keys.filter((key) => key === 'twice' || key === 'at-once')).toEqual(['at-once', 'twice'])
  })

  test('what was recorded first stays when the key comes again with other quantities', async () => {
    await recordUsage(db.database, [usageOf(alpha, 'first')], 0)
    await recordUsage(db.database, [{ ...usageOf(alpha, 'first'), quantities: { 'input-tokens': 9 } }], 0)
    expect((await usedBy(alpha)).find(({ idempotencyKey }) => idempotencyKey === 'first')).toEqual(usageOf(alpha, 'first'))
  })

  test("one tenant's usage is never booked on another's account", async () => {
    const outcome = await outcomeOf(recordUsage(db.database, [usageOf(alpha, 'mine'), usageOf(beta, 'not-mine')], 0))
    expect((await usedBy(alpha)).map(({ idempotencyKey }) => idempotencyKey)).not.toContain('not-mine')
    expect(outcome).not.toBe('done')
  })

  test('charges are posted once and exactly, and only for recorded usage', async () => {
    await recordUsage(db.database, [usageOf(alpha, 'charged')], 0)
    const charge: Charge = {
      tenantId: alpha, idempotencyKey: 'charged', requestId: 'r', unit: 'input-tokens', component: 'openai.chat',
      quantity: { unit: 'input-tokens', numerator: 1n, denominator: 3n }, amount: picoUsd(vast),
    }
    await postCharges(db.operator, [charge], 'book-1')
    await postCharges(db.operator, [charge, { ...charge, amount: picoUsd(1n) }, { ...charge, unit: 'output-tokens', amount: picoUsd(9_007_199_254_740_993n) }], 'book-2')
    const { rows } = await withTenant(db.database, alpha, (session) => session.query<{ unit: string; book: string; amount: string }>('select unit, price_book as book, amount_pico_usd::text as amount from charges order by unit'))
    expect(rows.map(({ amount, ...row }) => ({ ...row, amount: BigInt(amount) }))).toEqual([
      { unit: 'input-tokens', book: 'book-1', amount: vast },
      { unit: 'output-tokens', book: 'book-2', amount: 9_007_199_254_740_993n },
    ])
    expect(await outcomeOf(postCharges(db.operator, [{ ...charge, idempotencyKey: 'never-used' }], 'book-1'))).toBe('23503')
    expect(await outcomeOf(postCharges(db.operator, [{ ...charge, unit: 'queries' as Charge['unit'], amount: picoUsd(vast * 10n) }], 'book-1'))).toBe('22003')
  })

  test('a tenant reads its own ledger alone, to the pico-dollar', async () => {
    const line = (tenantId: TenantId, component: string, amount: bigint, method: AllocatedLine['method'] = 'direct'): AllocatedLine => ({ tenantId, component, method, amount: picoUsd(amount) })
    await postLedger(db.operator, [line(alpha, 'pinecone.read', 1n), line(alpha, 'openai.chat', vast), line(alpha, 'openai.chat', -5n, 'even'), line(beta, 'openai.chat', 7n)], posted)
    await postLedger(db.operator, [line(alpha, 'openai.chat', 1n), line(beta, 'pinecone.read', 2n)], posted)
    await postLedger(db.operator, [line(alpha, 'openai.chat', 3n)], { ...posted, month: '2026-12' })
    expect(await readOwnLedger(db.database, alpha, '2026-11')).toEqual([
      { component: 'openai.chat', method: 'direct', amountUsd: '12345678901234567890123456.789012345678' },
      { component: 'openai.chat', method: 'even', amountUsd: '-0.000000000005' },
      { component: 'pinecone.read', method: 'direct', amountUsd: '0.000000000001' },
    ])
    expect(await readOwnLedger(db.database, beta, '2026-11')).toEqual([
      { component: 'openai.chat', method: 'direct', amountUsd: '0.000000000007' },
      { component: 'pinecone.read', method: 'direct', amountUsd: '0.000000000002' },
    ])
    expect(await readOwnLedger(db.database, alpha, '2026-12')).toHaveLength(1)
    expect(await readOwnLedger(db.database, beta, '2026-12')).toEqual([])
    expect(await outcomeOf(readOwnLedger(db.database, parseTenantId('gamma'), '2026-11'))).toBe('TB_TENANT_UNKNOWN')
  })

  test('the operator reads what each namespace weighs', async () => {
    await withTenant(db.database, beta, (session) => session.query("insert into namespace_sizes values ('beta', 1, 9007199254740991)"))
    expect(await readStoredBytes(db.operator)).toEqual(new Map([[beta, Number.MAX_SAFE_INTEGER]]))
    await withTenant(db.database, alpha, (session) => session.query("insert into namespace_sizes values ('alpha', 1, 9007199254740992)"))
    expect(await outcomeOf(readStoredBytes(db.operator))).toBe('TB_BUG')
  })
})
