/**
 * The audit against the labelled corpus: every hole with the right vector, nothing of medium or more on a safe twin. A seeded sample
 * on the oldest and the newest server; all of it on four with TENANTBENCH_CORPUS=full, written to TENANTBENCH_CORPUS_OUT.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import { randomFor } from '../../src/base/random.ts'
import { corpusVersions, readCorpus, type CorpusCase } from '../support/audit-corpus.ts'
import { auditCase, type CorpusOutcome } from '../support/audit-corpus-run.ts'

const isFull = process.env['TENANTBENCH_CORPUS'] === 'full'
const outFile = process.env['TENANTBENCH_CORPUS_OUT']
const sampleSizes: Readonly<Record<number, number>> = { 15: 4, 18: 10 }
const versions = corpusVersions.filter((version) => isFull || sampleSizes[version] !== undefined)
const outcomes: (CorpusOutcome & { readonly version: number })[] = []

const holdsOn = (version: number): readonly CorpusCase[] => {
  const cases = readCorpus().cases.filter(({ postgres }) => postgres.from <= version && version <= postgres.to)
  return isFull ? cases : randomFor(['audit corpus run', version]).shuffle(cases).slice(0, sampleSizes[version])
}

afterAll(async () => {
  if (outFile !== undefined) await writeFile(outFile, JSON.stringify(outcomes))
})

describe.each(versions)('on PostgreSQL %i', (version) => {
  const folders: string[] = []
  const clusters: PostgresCluster[] = []

  beforeAll(async () => {
    for (const _ of ['subject', 'clone']) {
      const folder = await takeLease(null)
      await mkdir(folder, { recursive: true })
      folders.push(folder)
      clusters.push(await startCluster(folder, systemClock, { majorVersion: version }))
    }
  })

  afterAll(async () => {
    for (const cluster of clusters) await cluster.stop()
    for (const folder of folders) await releaseLease(folder)
  })

  it.each(holdsOn(version).map((parsed) => [parsed.path, parsed] as const))('%s', async (_path, parsed) => {
    const [subject, clone] = clusters
    const outcome = await auditCase({ subjectUrl: subject?.adminUrl ?? '', cloneUrl: clone?.adminUrl ?? '' }, parsed)
    outcomes.push({ ...outcome, version })
    expect({ missed: outcome.missed, alarms: outcome.alarms }).toEqual({ missed: [], alarms: [] })
    expect(outcome.verdict === 'leak' || outcome.kind === 'safe' || outcome.exitCode === 0).toBe(true)
    if (outcome.kind === 'safe') expect(outcome.verdict).not.toBe('leak')
  })
})
