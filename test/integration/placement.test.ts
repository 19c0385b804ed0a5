/**
 * Where tenants go: the alert before the limit, the next index in time, and no signup refused while
 * room can be made.
 */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import {
  placeTenant,
  type CapacityLimits,
  type Placement,
  type PlacementOptions,
} from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { outcomeOf } from './isolation-helpers.ts'

const small: CapacityLimits = { namespaceLimit: 10, operatingLimit: 9, alertAt: 7 }
const signup = (
  ordinal: number,
): {
  readonly id: ReturnType<typeof parseTenantId>
  readonly name: string
  readonly tier: string
} => ({ id: parseTenantId(`tenant-${ordinal}`), name: `Tenant ${ordinal}`, tier: 'test' })

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await freshDatabase(serverUrl, { limits: small })
    return () => db[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    const { rows } = await db.operator.query<{ tenants: number; placed: number; distinct: number }>(
      'select (select count(*) from tenants) as tenants, (select count(*) from placements) as ' +
        'placed, (select count(distinct namespace) from placements) as distinct',
    )
    expect(rows).toEqual([
      { tenants: rows[0]?.tenants, placed: rows[0]?.tenants, distinct: rows[0]?.tenants },
    ])
  })

  const place = (ordinal: number, changes: Partial<PlacementOptions> = {}): Promise<Placement> =>
    placeTenant({ ...db.placement, ...changes }, signup(ordinal))

  async function placeInTurn(
    from: number,
    to: number,
    changes: Partial<PlacementOptions> = {},
  ): Promise<readonly string[]> {
    const indexes: string[] = []
    for (let ordinal = from; ordinal <= to; ordinal++)
      indexes.push((await place(ordinal, changes)).indexName)
    return indexes
  }

  async function loads(): Promise<Readonly<Record<string, number>>> {
    const { rows } = await db.operator.query<{ index: string; tenants: number }>(
      'select index_name as index, count(*) as tenants from placements group by 1 order by length(index_name), 1',
    )
    return Object.fromEntries(rows.map(({ index, tenants }) => [index, tenants]))
  }

  /** The events as recorded; what was announced must be the same ones. */
  async function events(): Promise<readonly string[]> {
    const { rows } = await db.operator.query<{ index: string; namespaces: number; event: string }>(
      'select index_name as index, namespaces, event from capacity_events order by event_id',
    )
    const recorded = rows.map(({ index, namespaces, event }) => `${event} ${index} ${namespaces}`)
    expect(
      db.capacityEvents
        .map(({ indexName, namespaces, event }) => `${event} ${indexName} ${namespaces}`)
        .sort(),
    ).toEqual([...recorded].sort())
    return recorded
  }

  test('the alert comes once, at the mark, and the next index with it', async () => {
    await placeInTurn(1, 6)
    expect(await events()).toEqual(['index-ready test-1 0'])
    await placeInTurn(7, 7)
    const afterAlert = [
      'index-ready test-1 0',
      'alert test-1 7',
      'provision-started test-1 7',
      'index-ready test-2 0',
    ]
    expect(await events()).toEqual(afterAlert)
    expect(await placeInTurn(8, 10)).toEqual(['test-1', 'test-1', 'test-2'])
    expect(await events()).toEqual(afterAlert)
  })

  test('at 72 of 90 the alert fires once, and the 101st tenant is placed', async () => {
    const limits = { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 }
    await using big = await freshDatabase(serverUrl, { limits })
    for (let ordinal = 1; ordinal <= 71; ordinal++)
      await placeTenant(big.placement, signup(ordinal))
    expect(big.capacityEvents.map(({ event }) => event)).toEqual(['index-ready'])
    for (let ordinal = 72; ordinal <= 101; ordinal++)
      await placeTenant(big.placement, signup(ordinal))
    expect(
      big.capacityEvents.map(({ event, indexName, namespaces }) => [event, indexName, namespaces]),
    ).toEqual([
      ['index-ready', 'test-1', 0],
      ['alert', 'test-1', 72],
      ['provision-started', 'test-1', 72],
      ['index-ready', 'test-2', 0],
    ])
    const { rows } = await big.operator.query(
      'select index_name as index, count(*) as tenants from placements group by 1 order by 1',
    )
    expect(rows).toEqual([
      { index: 'test-1', tenants: 90 },
      { index: 'test-2', tenants: 11 },
    ])
  })

  test('40 signups at once overfill no index, place nobody twice and alert once an index', async () => {
    const placements = await Promise.all(
      Array.from({ length: 40 }, (_none, ordinal) => place(ordinal)),
    )
    expect(new Set(placements.map(({ namespace }) => namespace)).size).toBe(40)
    expect(await loads()).toEqual({
      'test-1': 9,
      'test-2': 9,
      'test-3': 9,
      'test-4': 9,
      'test-5': 4,
    })
    expect((await events()).filter((event) => event.startsWith('alert'))).toEqual([
      'alert test-1 7',
      'alert test-2 7',
      'alert test-3 7',
      'alert test-4 7',
    ])
  })

  test('signups at once are not refused though each fills an index', async () => {
    await using tight = await freshDatabase(serverUrl, {
      limits: { namespaceLimit: 1, operatingLimit: 1, alertAt: 1 },
    })
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_none, ordinal) =>
        outcomeOf(placeTenant(tight.placement, signup(ordinal))),
      ),
    )
    expect(outcomes).toEqual(outcomes.map(() => 'done'))
    const { rows } = await tight.operator.query(
      'select count(distinct index_name) as indexes, count(*) as tenants from placements',
    )
    expect(rows).toEqual([{ indexes: 12, tenants: 12 }])
  })

  test('a tenant signs up once, also when two try at the same time', async () => {
    await place(1)
    expect(await outcomeOf(place(1))).toBe('TB_TENANT_EXISTS')
    const outcomes = await Promise.all([2, 2, 2].map((ordinal) => outcomeOf(place(ordinal))))
    expect(outcomes.sort()).toEqual(['TB_TENANT_EXISTS', 'TB_TENANT_EXISTS', 'done'])
    expect(await loads()).toEqual({ 'test-1': 2 })
  })

  describe('when the store cannot create an index', () => {
    const broken: Partial<PlacementOptions> = {
      ensureIndex: async () => Promise.reject(new RangeError('index quota reached')),
    }

    test('the signup that meets the alert mark goes through', async () => {
      await placeInTurn(1, 6, broken)
      expect(await outcomeOf(place(7, broken))).toBe('done')
      expect(await loads()).toEqual({ 'test-1': 7 })
    })

    test('signups go through while there is room, and later ones try again', async () => {
      for (let ordinal = 1; ordinal <= 8; ordinal++) await outcomeOf(place(ordinal, broken))
      expect(await loads()).toEqual({ 'test-1': 8 })
      expect(await placeInTurn(9, 10)).toEqual(['test-1', 'test-2'])
      expect((await events()).filter((event) => event.startsWith('alert'))).toEqual([
        'alert test-1 7',
      ])
    })

    test(
      'without room a signup is refused by name, the refusal is recorded, and nothing of ' +
        'the tenant remains',
      async () => {
        for (let ordinal = 1; ordinal <= 9; ordinal++) await outcomeOf(place(ordinal, broken))
        expect(await loads()).toEqual({ 'test-1': 9 })
        expect(await outcomeOf(place(10, broken))).toBe('TB_PLACEMENT_REFUSED')
        expect(
          (await events()).filter((event) => event.startsWith('placement-refused')),
        ).toHaveLength(1)
        expect(await outcomeOf(place(10))).toBe('done')
        expect(await loads()).toEqual({ 'test-1': 9, 'test-2': 1 })
      },
    )
  })
})
