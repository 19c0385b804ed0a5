/**
 * The check on capacity: it passes a system that alerts and makes room in time, and names what
 * another one did wrong.
 */
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { checkCapacity, type CapacityOptions } from '../../harness/readiness/checks/capacity.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import {
  placeTenant,
  type CapacityEvent,
  type CapacityLimits,
  type PlacementOptions,
} from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openAdmin } from './isolation-helpers.ts'

const limits: CapacityLimits = { namespaceLimit: 10, operatingLimit: 9, alertAt: 7 }

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  const placeIn = async (
    { placement }: TestDatabase,
    ordinal: number,
    change: Partial<PlacementOptions> = {},
  ): Promise<void> =>
    void (await placeTenant(
      { ...placement, ...change },
      { id: parseTenantId(`tenant-${ordinal}`), name: `Tenant ${ordinal}`, tier: 'test' },
    ))

  function checkOn(db: TestDatabase, change: Partial<CapacityOptions> = {}): Promise<CheckResult> {
    return checkCapacity({
      limits,
      operator: db.operator,
      events: db.capacityEvents,
      present: 0,
      signUp: (ordinal) => placeIn(db, ordinal),
      ...change,
    })
  }

  describe('a system within its limits', () => {
    let db: TestDatabase
    beforeEach(async () => {
      db = await freshDatabase(serverUrl, { limits })
      return () => db[Symbol.asyncDispose]()
    })

    test('passes, with one tenant more than an index can hold', async () => {
      expect(await checkOn(db)).toEqual({
        id: 'namespaces.capacity-alert',
        verdict: 'pass',
        evidence:
          '11 tenants signed up and fed, 9 + 2 namespaces: alert at 7 of 9 (a row and an ' +
          'event), the next index ready before 9, nobody refused.',
      })
    })

    test.each([1, 6, 7, 9])(
      'passes with %i tenants there already, and signs up the rest alone',
      async (present) => {
        for (let ordinal = 1; ordinal <= present; ordinal++) await placeIn(db, ordinal)
        const signedUp: number[] = []
        const { verdict, evidence } = await checkOn(db, {
          present,
          signUp: (ordinal) => (signedUp.push(ordinal), placeIn(db, ordinal)),
        })
        expect(verdict).toBe('pass')
        expect(evidence).toMatch(/^11 tenants .* 9 \+ 2 namespaces/)
        expect(signedUp).toEqual(
          Array.from({ length: 11 - present }, (_each, at) => present + 1 + at),
        )
      },
    )

    test('fails when the second index cannot be made, with the signup that was refused', async () => {
      const ensureIndex = (name: string): Promise<void> =>
        name === 'test-2'
          ? Promise.reject(new RangeError('index quota reached'))
          : Promise.resolve()
      const { verdict, evidence } = await checkOn(db, {
        signUp: (ordinal) => placeIn(db, ordinal, { ensureIndex }),
      })
      expect(verdict).toBe('fail')
      expect(evidence).toMatch(
        /^signup 10 of 11 was refused: .*tenant-10: index quota reached; no second index was made\.$/,
      )
    })

    test('goes no further once a signup was refused', async () => {
      const tried: number[] = []
      const { verdict, evidence } = await checkOn(db, {
        signUp: (ordinal) => (
          tried.push(ordinal),
          ordinal === 3 ? Promise.reject(new RangeError('not now')) : placeIn(db, ordinal)
        ),
      })
      expect([verdict, tried]).toEqual(['fail', [1, 2, 3]])
      expect(evidence).toMatch(
        /^signup 3 of 11 was refused: not now; no alert was raised; it is due at 7 of 9; no second index was made\.$/,
      )
    })

    test('fails when the alert is no row', async () => {
      await using admin = openAdmin(db)
      const signUp = async (ordinal: number): Promise<void> => {
        await placeIn(db, ordinal)
        if (ordinal === 11) await admin.query("delete from capacity_events where event = 'alert'")
      }
      expect(await checkOn(db, { signUp })).toMatchObject({
        verdict: 'fail',
        evidence: 'the alert is an event but no row in capacity_events.',
      })
    })

    test('fails when the row of the alert says another number', async () => {
      await using admin = openAdmin(db)
      const signUp = async (ordinal: number): Promise<void> => {
        await placeIn(db, ordinal)
        if (ordinal === 11)
          await admin.query("update capacity_events set namespaces = 8 where event = 'alert'")
      }
      expect(await checkOn(db, { signUp })).toMatchObject({
        verdict: 'fail',
        evidence: 'the alert is an event but no row in capacity_events.',
      })
    })

    test('fails when nobody is told of the alert', async () => {
      const heard: CapacityEvent[] = []
      const onEvent = (event: CapacityEvent): void => {
        if (event.event !== 'alert') heard.push(event)
      }
      const { verdict, evidence } = await checkOn(db, {
        signUp: (ordinal) => placeIn(db, ordinal, { onEvent }),
        events: heard,
      })
      expect(verdict).toBe('fail')
      expect(evidence).toMatch(/^no alert was raised; it is due at 7 of 9/)
    })

    test('fails when an index is filled over its operating limit behind the back of the placement', async () => {
      await using admin = openAdmin(db)
      const signUp = async (ordinal: number): Promise<void> => {
        await placeIn(db, ordinal)
        if (ordinal === 11) await admin.query("update placements set index_name = 'test-1'")
      }
      expect(await checkOn(db, { signUp })).toMatchObject({
        verdict: 'fail',
        evidence: 'test-1 holds 11 namespaces, over the operating limit of 9.',
      })
    })
  })

  test.each([
    [
      'alerts later',
      { namespaceLimit: 10, operatingLimit: 9, alertAt: 8 },
      /^the alert came at 8 namespaces; it is due at 7\.$/,
    ],
    [
      'alerts earlier',
      { namespaceLimit: 10, operatingLimit: 9, alertAt: 6 },
      /^the alert came at 6 namespaces; it is due at 7\.$/,
    ],
    [
      'alerts at its limit alone',
      { namespaceLimit: 10, operatingLimit: 9, alertAt: 9 },
      /^the alert came at 9 namespaces; it is due at 7; the next index was there only when the first held 9, at its limit of 9\.$/,
    ],
    [
      'fills its indexes to the last place',
      { namespaceLimit: 10, operatingLimit: 10, alertAt: 7 },
      /^test-1 holds 10 namespaces, over the operating limit of 9\.$/,
    ],
    [
      'fills its indexes beyond what they hold',
      { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
      /^no alert was raised; it is due at 7 of 9; no second index was made; test-1 holds 11 namespaces, over the operating limit of 9\.$/,
    ],
  ] as const)(
    'a system that %s fails, whatever it thinks of itself',
    async (_case, its, evidence) => {
      await using db = await freshDatabase(serverUrl, { limits: its })
      const found = await checkOn(db)
      expect(found.verdict).toBe('fail')
      expect(found.evidence).toMatch(evidence)
    },
  )
})
