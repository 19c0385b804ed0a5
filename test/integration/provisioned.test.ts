/**
 * The check that tenants are there: created, fed, and answered from their own documents; what they
 * say of themselves is not enough.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { checkProvisioned, type TenantAnswers } from '../../harness/readiness/checks/provisioned.ts'
import type { Database } from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openAdmin, settle } from './isolation-helpers.ts'

const answers = (tenant: string, change: Partial<TenantAnswers> = {}): TenantAnswers => ({
  tenant,
  chunks: 2,
  answered: 5,
  fromOwn: 4,
  ...change,
})
const three = ['alpha', 'beta', 'gamma'].map((tenant) => answers(tenant))

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    for (const text of ['alpha', 'beta', 'gamma', 'epsilon']) await settle(db, text)
    await db.signUp('unfed')
  })
  afterAll(async () => {
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  test('three tenants that are there, fed and answered from their own documents pass', async () => {
    expect(
      await checkProvisioned(db.operator, [...three.slice(1), answers('alpha', { fromOwn: 1 })]),
    ).toEqual({
      id: 'tenants.three-provisioned',
      verdict: 'pass',
      evidence:
        '3 tenants created, fed and queried: 6 chunks, 15 answers, 9 of them from the document ' +
        'that holds the answer, at least 1 for each tenant.',
    })
    expect((await checkProvisioned(db.operator, [...three, answers('epsilon')])).verdict).toBe(
      'pass',
    )
  })

  test.each([
    ['no tenant', [], '0 of 0'],
    ['two tenants', three.slice(1), '2 of 2'],
  ] as const)('%s are not enough', async (what, tenants, count) => {
    const { verdict, evidence } = await checkProvisioned(db.operator, tenants)
    expect(verdict, what).toBe('fail')
    expect(evidence).toBe(`${count} tenants created, fed and queried; 3 are needed. Lacking: none.`)
  })

  test.each([
    [
      'is not in the database',
      answers('nobody'),
      'nobody (not created, 2 chunks, 5 answers, 4 from its own documents)',
    ],
    [
      'has nothing stored, whatever it says',
      answers('unfed'),
      'unfed (not created, 2 chunks, 5 answers, 4 from its own documents)',
    ],
    [
      'has no chunks',
      answers('epsilon', { chunks: 0 }),
      'epsilon (created, 0 chunks, 5 answers, 4 from its own documents)',
    ],
    [
      'was never answered',
      answers('epsilon', { answered: 0, fromOwn: 0 }),
      'epsilon (created, 2 chunks, 0 answers, 0 from its own documents)',
    ],
    [
      'was answered from no document of its own',
      answers('epsilon', { fromOwn: 0 }),
      'epsilon (created, 2 chunks, 5 answers, 0 from its own documents)',
    ],
  ])(
    'a tenant that %s is named, also beside three that are complete',
    async (_case, tenant, named) => {
      expect(await checkProvisioned(db.operator, [...three, tenant])).toMatchObject({
        verdict: 'fail',
        evidence: `3 of 4 tenants created, fed and queried; 3 are needed. Lacking: ${named}.`,
      })
    },
  )

  test.each(['placements', 'namespace_sizes'])(
    'a tenant that was lost from %s is not there',
    async (table) => {
      await using lost = await freshDatabase(serverUrl)
      await using superuser = openAdmin(lost)
      for (const { tenant } of three) await settle(lost, tenant)
      expect((await checkProvisioned(lost.operator, three)).verdict).toBe('pass')
      await superuser.query(`delete from ${table} where tenant_id = 'beta'`)
      const { verdict, evidence } = await checkProvisioned(lost.operator, three)
      expect(verdict).toBe('fail')
      expect(evidence).toContain('Lacking: beta (not created')
    },
  )
})
