/**
 * A PostgreSQL of the user's: the run makes one database and its roles there, and takes both away
 * on every way out.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import type { Readiness } from '../../harness/readiness/readiness.ts'
import { decodeRecord } from '../../reports/record/codec.ts'
import { systemClock } from '../../src/base/clock.ts'
import { openWorkplace, root, runCli, startCli, until } from '../support/cli.ts'
import { smallScenario } from '../support/run-small.ts'

const binaries = '/usr/lib/postgresql/15/bin'

describe.skipIf(!existsSync(binaries))('a borrowed PostgreSQL 15', () => {
  let server: PostgresCluster
  let folder: string
  beforeAll(async () => {
    folder = await takeLease(null)
    server = await startCluster(folder, systemClock, { binariesFolder: binaries })
    await onServer(
      "create role modest login password 'modest' createdb createrole; create role poor login password 'poor'",
    )
  })
  afterAll(async () => {
    await server.stop()
    await releaseLease(folder)
  })

  async function onServer(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ connectionString: server.adminUrl })
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(text)
    await client.end()
    return rows
  }
  const ours = (): Promise<readonly Record<string, unknown>[]> =>
    onServer(
      "select datname as name from pg_database where datname like 'tenantbench\\_%' union all " +
        "select rolname from pg_roles where rolname like 'tenantbench\\_%'",
    )
  const urlOf = (user: string): string => {
    const url = new URL(server.adminUrl)
    url.username = user
    url.password = user
    return url.href
  }

  it('serves a run of a user with CREATEDB and CREATEROLE, and is left as it was', async () => {
    using place = openWorkplace()
    const { exitCode, stdout, stderr } = await runCli(
      place,
      ['run', smallScenario, '--json', '--out', join(place.folder, 'run')],
      { TENANTBENCH_DATABASE_URL: urlOf('modest') },
    )
    expect(exitCode, stderr).toBe(0)
    expect(decodeRecord(stdout).environment).toMatchObject({
      database: 'borrowed',
      postgres: expect.stringMatching(/^15/) as string,
    })
    expect(await ours()).toEqual([])
  })

  it('is ready there too, planted faults are found there too, and whose it is is said', async () => {
    using place = openWorkplace()
    const judge = async (
      name: string,
      scenario: readonly string[],
    ): Promise<{ readonly exitCode: number | null; readonly said: Readiness }> => {
      const { exitCode, stdout, stderr } = await runCli(place, [
        'readiness',
        ...scenario,
        '--json',
        '--out',
        join(place.folder, name),
        '--database-url',
        urlOf('modest'),
      ])
      expect(stdout, stderr).not.toBe('')
      return { exitCode, said: JSON.parse(stdout) as Readiness }
    }
    const sound = await judge('sound', [])
    expect(sound).toMatchObject({
      exitCode: 0,
      said: {
        verdict: 'ready',
        subject: { kind: 'reference', name: 'the reference system on your PostgreSQL server' },
      },
    })
    expect(sound.said.notExamined).toContain(
      'your PostgreSQL server, with our schema and not your tables',
    )
    expect(
      await judge('faulty', [join(root, 'scenarios/faults/force-dropped.yaml')]),
    ).toMatchObject({ exitCode: 4, said: { verdict: 'not-ready' } })
    expect(await ours()).toEqual([])
  })

  it('names the grants that a user lacks, and ends with 5', async () => {
    using place = openWorkplace()
    const { exitCode, stderr } = await runCli(place, [
      'run',
      smallScenario,
      '--out',
      join(place.folder, 'run'),
      '--database-url',
      urlOf('poor'),
    ])
    expect(exitCode).toBe(5)
    expect(stderr).toContain('User poor lacks CREATEDB and CREATEROLE.')
  })

  it('is left as it was when the run is killed', async () => {
    using place = openWorkplace()
    const { child, ended } = startCli(place, [
      'run',
      smallScenario,
      '--set',
      'timeScale=1',
      '--out',
      join(place.folder, 'run'),
      '--database-url',
      urlOf('modest'),
    ])
    let said = ''
    child.stderr?.on('data', (text: string) => (said += text))
    await until('the run asks', () => said.includes('] asking'), 30_000)
    expect(await ours()).toHaveLength(4)
    child.kill('SIGKILL')
    await ended
    await until(
      'nothing is left',
      () => place.leftProcesses().length === 0 && place.leftFolders().length === 0,
      5_000,
    )
    expect(await ours()).toEqual([])
  })
})
