/**
 * What was used is recorded once, what it costs is posted once and exactly, and a tenant reads its
 * own account alone.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import {
  cliffsOf,
  groupUsage,
  loadPriceBook,
  postMonth,
  readBalance,
  readOwnLedger,
  readStoredBytes,
  readUsage,
  readUsageGroups,
  recordUsage,
  withTenant,
  type UsageEvent,
  type UsageGroup,
} from '../../src/index.ts'
import type { ProviderUsage } from '../../src/base/usage.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { outcomeOf, postingOf, usageOf } from './isolation-helpers.ts'

const november = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) }
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

  const usedBy = async (tenantId: TenantId): Promise<readonly UsageEvent[]> =>
    (await readUsage(db.operator, november)).filter((event) => event.tenantId === tenantId)

  test('usage comes back as it was recorded, once, in a fixed order, by period', async () => {
    const events: UsageEvent[] = [
      {
        ...usageOf(alpha, 'b'),
        attempt: 2,
        outcome: 'aborted',
        estimated: true,
        quantities: { 'output-tokens': 0 },
      },
      {
        ...usageOf(alpha, 'a'),
        occurredAtMs: november.fromMs,
        sku: 'it\'s "quoted" \\ %',
        quantities: { 'input-tokens': Number.MAX_SAFE_INTEGER },
      },
      {
        ...usageOf(alpha, 'c'),
        occurredAtMs: november.toMs - 1,
        operation: 'upsert',
        quantities: {},
      },
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
    await Promise.all(
      Array.from({ length: 10 }, () =>
        recordUsage(db.database, [twice, usageOf(alpha, 'at-once')], 0),
      ),
    )
    const keys = (await usedBy(alpha)).map(({ idempotencyKey }) => idempotencyKey)
    expect(keys.filter((key) => key === 'twice' || key === 'at-once')).toEqual(['at-once', 'twice'])
  })

  test('what was recorded first stays when the key comes again with other quantities', async () => {
    await recordUsage(db.database, [usageOf(alpha, 'first')], 0)
    await recordUsage(
      db.database,
      [{ ...usageOf(alpha, 'first'), quantities: { 'input-tokens': 9 } }],
      0,
    )
    expect((await usedBy(alpha)).find(({ idempotencyKey }) => idempotencyKey === 'first')).toEqual(
      usageOf(alpha, 'first'),
    )
  })

  test("one tenant's usage is never booked on another's account", async () => {
    const outcome = await outcomeOf(
      recordUsage(db.database, [usageOf(alpha, 'mine'), usageOf(beta, 'not-mine')], 0),
    )
    expect((await usedBy(alpha)).map(({ idempotencyKey }) => idempotencyKey)).not.toContain(
      'not-mine',
    )
    expect(outcome).not.toBe('done')
  })

  test('groups made in the database are the groups made of events', async () => {
    const { prices, ...rest } = await loadPriceBook('list-2026-11')
    const cliffs = cliffsOf([{ prices, ...rest }])
    expect(cliffs.length).toBeGreaterThan(0)
    let sequence = 0
    const quantity = fc.option(fc.constantFrom(0, 1, 199_999, 200_000, 200_001, 272_000, 272_001), {
      nil: undefined,
    })
    const event = fc.record({
      occurredAtMs: fc.integer({
        min: november.fromMs - 3_600_000,
        max: november.toMs + 3_600_000,
      }),
      outcome: fc.constantFrom<ProviderUsage['outcome']>(
        'completed',
        'aborted',
        'timed-out',
        'refused',
        'cache-hit',
      ),
      service: fc.constantFrom('batch', 'priority', undefined),
      tokens: quantity,
      cached: quantity,
      output: quantity,
      bytes: fc.constantFrom(undefined, 5, 6_001),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (drawn) => {
        const events = drawn.map(
          ({ tokens, cached, output, bytes, service, ...rest_ }): UsageEvent => {
            const quantities = {
              'input-tokens': tokens,
              'cached-input-tokens': cached,
              'output-tokens': output,
              'upsert-requests': bytes === undefined ? undefined : 1,
              'upsert-bytes': bytes,
            }
            return {
              ...usageOf(alpha, `drawn-${sequence++}`),
              ...rest_,
              ...(service === undefined ? {} : { service }),
              quantities: Object.fromEntries(
                Object.entries(quantities).filter(([, count]) => count !== undefined),
              ) as UsageEvent['quantities'],
            }
          },
        )
        await recordUsage(db.database, events, 0)
        const [stored, plain] = [
          await readUsageGroups(db.operator, november, { cliffs }),
          groupUsage(await readUsage(db.operator, november), cliffs),
        ].map((groups) => groups.map(groupText).sort())
        expect(stored).toEqual(plain)
      }),
      { numRuns: 15 },
    )
  })

  test('a month split at any instant has the same use', async () => {
    const cliffs = [200_000]
    const sumOf = (groups: readonly UsageGroup[]): readonly [bigint, bigint] => [
      groups.reduce((sum, { events }) => sum + events, 0n),
      groups.reduce((sum, { quantities }) => sum + (quantities['input-tokens'] ?? 0n), 0n),
    ]
    const whole = sumOf(await readUsageGroups(db.operator, november, { cliffs }))
    for (const at of [
      november.fromMs,
      november.fromMs + 1,
      Date.UTC(2026, 10, 3),
      Date.UTC(2026, 10, 17, 13, 7),
      november.toMs,
    ]) {
      const [before, after] = [
        sumOf(
          await readUsageGroups(db.operator, { fromMs: november.fromMs, toMs: at }, { cliffs }),
        ),
        sumOf(await readUsageGroups(db.operator, { fromMs: at, toMs: november.toMs }, { cliffs })),
      ]
      expect([before[0] + after[0], before[1] + after[1]]).toEqual(whole)
    }
  })

  test(
    'a month is posted once; posting it again posts what changed, in the period in which ' +
      'that is, and nothing when nothing did',
    async () => {
      const first = postingOf(
        '2026-10',
        [
          [alpha, 'openai.chat', vast],
          [beta, 'openai.chat', 7n],
        ],
        [['pinecone.minimum', 5n]],
      )
      expect(await postMonth(db.operator, first)).toMatchObject({
        postingId: '2026-10#1',
        kind: 'close',
        lines: 2,
      })
      expect(
        (await db.operator.query("select period from postings where posting_id = '2026-10#1'"))
          .rows,
      ).toEqual([{ period: '2026-10' }])
      expect(await postMonth(db.operator, first)).toBeNull()
      const late = postingOf(
        '2026-10',
        [
          [alpha, 'openai.chat', vast + 3n],
          [alpha, 'pinecone.read', 2n],
        ],
        [['pinecone.minimum', 4n]],
      )
      expect(
        await postMonth(db.operator, { ...late, postedAtMs: Date.UTC(2026, 11, 2) }),
      ).toMatchObject({ postingId: '2026-10#2', kind: 'correction', lines: 3 })
      const { rows } = await db.operator.query(
        'select period, tenant_id, component, amount_pico_usd::text as amount from ledger join ' +
          "postings using (posting_id) where posting_id = '2026-10#2' order by tenant_id, component",
      )
      expect(rows).toEqual([
        { period: '2026-12', tenant_id: alpha, component: 'openai.chat', amount: '3' },
        { period: '2026-12', tenant_id: alpha, component: 'pinecone.read', amount: '2' },
        { period: '2026-12', tenant_id: beta, component: 'openai.chat', amount: '-7' },
      ])
      expect(await readOwnLedger(db.database, alpha, '2026-10')).toEqual([
        {
          component: 'openai.chat',
          method: 'direct',
          amount: 12345678901234567890123456789012345681n,
        },
        { component: 'pinecone.read', method: 'direct', amount: 2n },
      ])
      expect(await readOwnLedger(db.database, beta, '2026-10')).toEqual([
        { component: 'openai.chat', method: 'direct', amount: 0n },
      ])
      expect(await outcomeOf(readOwnLedger(db.database, parseTenantId('gamma'), '2026-10'))).toBe(
        'TB_TENANT_UNKNOWN',
      )
      expect(await readBalance(db.operator, '2026-10')).toBe(vast + 3n + 2n + 4n)
      expect(await readBalance(db.operator, '1999-01')).toBe(0n)
      const {
        rows: [sum],
      } = await db.operator.query<{ sum: string }>(
        'select (select sum(amount_pico_usd) from ledger) + (select sum(amount_pico_usd) from ' +
          'ledger_counterparts) as sum',
      )
      expect(sum?.sum).toBe('0')
    },
  )

  test('ten that post at once post it once', async () => {
    const posting = postingOf('2026-09', [
      [alpha, 'openai.chat', 11n],
      [beta, 'openai.chat', 4n],
    ])
    const results = await Promise.all(
      Array.from({ length: 10 }, () => postMonth(db.operator, posting)),
    )
    expect(results.filter((each) => each !== null)).toHaveLength(1)
    expect(await readOwnLedger(db.database, beta, '2026-09')).toEqual([
      { component: 'openai.chat', method: 'direct', amount: 4n },
    ])
  })

  test(
    'a posting that does not balance is refused by the database, and so is a line for a ' +
      'posting of before',
    async () => {
      await postMonth(db.operator, postingOf('2026-08', [[alpha, 'openai.chat', 1n]]))
      const posting =
        'insert into postings (posting_id, usage_month, period, kind, price_book, ' +
        "price_book_sha256, posted_at) values ('odd', '2026-08', '2026-08', 'correction', 'b', " +
        "'c', '2026-09-01')"
      expect(
        await outcomeOf(
          db.operator.query(
            `begin; ${posting}; insert into ledger_counterparts values ('odd', 'provider', 'openai.chat', 1); commit`,
          ),
        ),
      ).toBe('23514')
      await db.operator.query('rollback').catch(() => undefined)
      expect(
        await outcomeOf(
          db.operator.query(
            "insert into ledger_counterparts values ('2026-08#1', 'unallocated', 'x', 0)",
          ),
        ),
      ).toBe('42501')
      expect(
        await outcomeOf(
          db.operator.query(
            "insert into ledger select tenant_id, posting_id, month, 'x', method, 1, 1, 1, " +
              "posted_at from ledger where posting_id = '2026-08#1'",
          ),
        ),
      ).toBe('42501')
      for (const table of ['ledger', 'charges', 'postings', 'ledger_counterparts']) {
        expect(await outcomeOf(db.operator.query(`delete from ${table}`)), table).toBe('42501')
        expect(
          await outcomeOf(db.operator.query(`update ${table} set posting_id = posting_id`)),
          table,
        ).toBe('42501')
      }
    },
  )

  test('no tenant sees postings or the other side of the ledger', async () => {
    for (const table of ['postings', 'ledger_counterparts'])
      expect(
        await outcomeOf(
          withTenant(db.database, alpha, (session) => session.query(`select * from ${table}`)),
        ),
      ).toBe('42501')
  })

  test('the operator reads what each namespace weighs', async () => {
    await withTenant(db.database, beta, (session) =>
      session.query("insert into namespace_sizes values ('beta', 1, 9007199254740991)"),
    )
    expect(await readStoredBytes(db.operator)).toEqual(new Map([[beta, Number.MAX_SAFE_INTEGER]]))
    await withTenant(db.database, alpha, (session) =>
      session.query("insert into namespace_sizes values ('alpha', 1, 9007199254740992)"),
    )
    expect(await outcomeOf(readStoredBytes(db.operator))).toBe('TB_BUG')
  })
})

function groupText(group: UsageGroup): string {
  return JSON.stringify({
    ...group,
    events: String(group.events),
    retried: String(group.retried),
    estimated: String(group.estimated),
    quantities: Object.entries(group.quantities)
      .map(([unit, count]) => `${unit}=${count}`)
      .sort(),
  })
}
