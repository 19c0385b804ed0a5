/**
 * The audit against the labelled corpus: every hole with the right vector, nothing of medium or
 * more on a safe twin. A sample drawn from the commit, on the oldest and the newest server; all of
 * it on four with TENANTBENCH_CORPUS=full, written to TENANTBENCH_CORPUS_OUT.
 */
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import { corpusVersions, readCorpus, type CorpusCase } from '../support/audit-corpus.ts'
import { auditCase, type CorpusOutcome } from '../support/audit-corpus-run.ts'
import { drawn } from '../support/drawn.ts'
import { openSharedCloneServer, type SharedCloneServer } from '../support/clone-server.ts'

const isFull = process.env['TENANTBENCH_CORPUS'] === 'full'
const outFile = process.env['TENANTBENCH_CORPUS_OUT']
const sampleSizes: Readonly<Record<number, number>> = { 15: 4, 18: 10 }
const versions = corpusVersions.filter((version) => isFull || sampleSizes[version] !== undefined)
const outcomes: (CorpusOutcome & { readonly version: number })[] = []

const holdsOn = (version: number): readonly CorpusCase[] => {
  const cases = readCorpus().cases.filter(
    ({ postgres }) => postgres.from <= version && version <= postgres.to,
  )
  return isFull ? cases : drawn(`corpus on ${version}`, cases, sampleSizes[version] ?? 0)
}

afterAll(async () => {
  if (outFile !== undefined) await writeFile(outFile, JSON.stringify(outcomes))
})

describe.each(versions)('on PostgreSQL %i', (version) => {
  let folder = ''
  let cluster: PostgresCluster
  let clone: SharedCloneServer

  beforeAll(async () => {
    folder = await takeLease(null)
    cluster = await startCluster(folder, systemClock, { majorVersion: version })
    clone = await openSharedCloneServer({ majorVersion: version })
  })

  afterAll(async () => {
    await clone[Symbol.asyncDispose]()
    await cluster.stop()
    await releaseLease(folder)
  })

  it.each(holdsOn(version).map((parsed) => [parsed.path, parsed] as const))(
    '%s',
    async (_path, parsed) => {
      const outcome = await auditCase({ subjectUrl: cluster.adminUrl, clone }, parsed)
      outcomes.push({ ...outcome, version })
      expect({ missed: outcome.missed, alarms: outcome.alarms }).toEqual({ missed: [], alarms: [] })
      expect(outcome.verdict === 'leak' || [0, 3].includes(outcome.exitCode)).toBe(true)
      if (outcome.kind === 'safe') expect(outcome.verdict).not.toBe('leak')
    },
  )
})
