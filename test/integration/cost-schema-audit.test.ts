/**
 * Our own auditor on the schema of ours: of usage, charges and ledger it finds nothing, and what is
 * planted there it finds.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { startClonePostgres } from '../../harness/services/services.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Finding } from '../../src/base/finding.ts'
import { audit, openDatabase } from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { settle } from './isolation-helpers.ts'

// A server of its own: an audit looks at all of a server's roles.
let folder = ''
let cluster: PostgresCluster
let db: TestDatabase
beforeAll(async () => {
  folder = await takeLease(null)
  cluster = await startCluster(folder, systemClock)
  db = await freshDatabase(cluster.adminUrl)
  for (const id of ['alpha', 'beta']) await settle(db, id)
})
afterAll(async () => {
  await db[Symbol.asyncDispose]()
  await cluster.stop()
  await releaseLease(folder)
})

const costTables = /\.(usage_events|charges|ledger|ledger_counterparts|postings)\b/

async function costFindings(): Promise<readonly Finding[]> {
  const { findings, verdict } = await audit({
    databaseUrl: db.adminUrl,
    roles: [],
    probe: 'clone',
    threatModel: 'M2',
    stated: { context: [], axis: [] },
    exceptions: [],
    fixCheck: false,
    signal: new AbortController().signal,
    clock: systemClock,
    openServer: (majorVersion) =>
      startClonePostgres({ majorVersion, runtimeFolder: null }, systemClock),
    onStage: () => undefined,
  })
  expect(verdict).not.toBe('inconclusive')
  return findings.filter(({ object, severity }) => costTables.test(object) && severity !== 'info')
}

it('finds nothing on the cost schema', { timeout: 60_000 }, async () =>
  expect(await costFindings()).toEqual([]),
)

it('finds a policy that opens charges to everybody', { timeout: 60_000 }, async () => {
  await using admin = openDatabase({ connectionString: db.adminUrl, maxConnections: 1 })
  await admin.query('create policy opened on charges for select using (true)')
  expect(
    (await costFindings()).some(
      ({ object, status, severity }) =>
        object === 'public.charges' && status === 'proven' && severity === 'critical',
    ),
  ).toBe(true)
})
