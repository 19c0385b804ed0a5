/**
 * A large schema is judged whole: no table is left out, and each is probed. 40 tables; 500 by `npm
 * run proof -- audit-wide`.
 */
import { writeFile } from 'node:fs/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster } from '../../harness/services/postgres/cluster.ts'
import { startClonePostgres } from '../../harness/services/services.ts'
import { systemClock } from '../../src/base/clock.ts'
import { audit, type AuditOptions } from '../../src/index.ts'
import { wideSchema } from '../support/wide-schema.ts'

const tables = Number(process.env['TENANTBENCH_TABLES'] ?? 40)
const functions = Math.round(tables * 0.6)
const outFile = process.env['TENANTBENCH_OUT']

it(
  `${tables} tables, ${tables * 4} policies, ${functions} functions`,
  { timeout: 600_000 },
  async () => {
    const folder = await takeLease(null)
    const cluster = await startCluster(folder, systemClock)
    const client = new pg.Client({ connectionString: cluster.adminUrl })
    await client.connect()
    await client.query(wideSchema({ tables, functions }))
    await client.end()
    const stages: string[] = []
    const startedMs = systemClock.monotonicMs()
    const options: AuditOptions = {
      databaseUrl: cluster.adminUrl,
      roles: [{ role: 'wide_app', how: 'impersonation' }],
      probe: 'clone',
      threatModel: 'M2',
      stated: { context: [], axis: [] },
      exceptions: [],
      fixCheck: false,
      signal: new AbortController().signal,
      clock: systemClock,
      openServer: (majorVersion) =>
        startClonePostgres({ majorVersion, runtimeFolder: null }, systemClock),
      onStage: (stage) =>
        void stages.push(
          `${stage} at ${((systemClock.monotonicMs() - startedMs) / 1_000).toFixed(1)} s`,
        ),
    }
    const { coverage, abstained } = await audit(options)
    const seconds = (systemClock.monotonicMs() - startedMs) / 1_000
    await cluster.stop()
    await releaseLease(folder)
    expect(abstained).toEqual([])
    expect(coverage.tables.tenant).toBe(tables)
    expect(coverage.probes).toBeGreaterThan(tables * 15)
    if (outFile !== undefined)
      await writeFile(
        outFile,
        JSON.stringify({
          tables,
          functions,
          auditSeconds: seconds,
          stages,
          probes: coverage.probes,
          notes: coverage.notes,
        }),
      )
  },
)
