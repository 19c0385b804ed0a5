/**
 * What a killed run leaves is cleared away, and nothing else is. Every test has a folder for
 * temporary files of its own.
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import {
  clearLeftovers,
  releaseLease,
  startTimeOf,
  takeLease,
} from '../../harness/services/lease.ts'
import { createRunDatabase, dropRunDatabase } from '../../harness/services/postgres/borrowed.ts'
import { newSuffix } from '../../src/base/random.ts'
import {
  holderOf,
  isRunning,
  killed,
  ownTemporaryFolder,
  postmasterOf,
  processesIn,
  serviceOptions,
  startRunProcess,
  untilEmpty,
  type RunProcess,
} from './support/processes.ts'

const deadlineMs = 5_000

async function plantLease(folder: string, lock: object | string): Promise<string> {
  const lease = join(folder, `tenantbench-services-${newSuffix()}`)
  await mkdir(lease, { mode: 0o700 })
  await writeFile(
    join(lease, 'lock.json'),
    typeof lock === 'string' ? lock : JSON.stringify(lock),
    { mode: 0o600 },
  )
  return lease
}

async function databasesOn(serverUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
    return rows.map(({ datname }) => datname)
  } finally {
    await client.end()
  }
}

/** The host of the services first: it would tidy up when it sees its parent gone. */
async function killWithHost(run: RunProcess, lease: string): Promise<void> {
  const host = await holderOf(lease)
  process.kill(host, 'SIGKILL')
  await killed(run.child)
  expect(await untilEmpty(async () => ((await isRunning(host)) ? [host] : []), deadlineMs)).toEqual(
    [],
  )
}

describe('the lease', () => {
  it('is a folder only we may enter, with a lock only we may read', async () => {
    await using temporary = await ownTemporaryFolder()
    const lease = await takeLease({
      serverUrl: 'postgres://someone:secret@db.example/postgres',
      name: 'tenantbench_x',
    })
    expect(await temporary.leases()).toEqual([lease])
    expect((await stat(lease)).mode & 0o777).toBe(0o700)
    expect((await stat(join(lease, 'lock.json'))).mode & 0o777).toBe(0o600)
    await releaseLease(lease)
    await releaseLease(lease)
    expect(await temporary.leases()).toEqual([])
  })

  it('is not touched while its process lives', async () => {
    await using temporary = await ownTemporaryFolder()
    const lease = await takeLease(null)
    expect(await clearLeftovers()).toEqual([])
    expect(await temporary.leases()).toEqual([lease])
    expect(await holderOf(lease)).toBe(process.pid)
  })

  it('is cleared when its process is gone, or its pid is another process by now', async () => {
    await using temporary = await ownTemporaryFolder()
    const living = await takeLease(null)
    const gone = await plantLease(temporary.path, {
      pid: 2 ** 22 + 1,
      startTime: '1',
      borrowed: null,
    })
    const other = await plantLease(temporary.path, {
      pid: process.pid,
      startTime: '1',
      borrowed: null,
    })
    expect(startTimeOf(process.pid)).not.toBe('1')
    expect((await clearLeftovers()).toSorted()).toEqual([gone, other].toSorted())
    expect(await temporary.leases()).toEqual([living])
  })

  it('is not judged without a lock that can be read, and other folders are none of ours', async () => {
    await using temporary = await ownTemporaryFolder()
    await plantLease(temporary.path, '{"pid":')
    await mkdir(join(temporary.path, `tenantbench-services-${newSuffix()}`))
    await mkdir(join(temporary.path, 'tenantbench-something-else'))
    expect(await clearLeftovers()).toEqual([])
    expect(await temporary.leases()).toHaveLength(3)
  })
})

describe('what a killed run leaves', () => {
  it('is nothing 5 s later when its parent alone was killed', async () => {
    await using temporary = await ownTemporaryFolder()
    await using run = await startRunProcess(serviceOptions())
    const [lease = ''] = await temporary.leases()
    const watched = [await holderOf(lease), await postmasterOf(lease)]
    expect(await processesIn(temporary.path)).toContain(watched[1])
    await killed(run.child)
    const left = async (): Promise<readonly unknown[]> => {
      const running = await Promise.all(watched.map(isRunning))
      return [
        ...(await temporary.leases()),
        ...(await processesIn(temporary.path)),
        ...watched.filter((_, at) => running[at]),
      ]
    }
    expect(await untilEmpty(left, deadlineMs)).toEqual([])
  })

  it('is cleared by the next run when the host of its services was killed too: folder and server', async () => {
    await using temporary = await ownTemporaryFolder()
    await using run = await startRunProcess(serviceOptions())
    const [lease = ''] = await temporary.leases()
    const postmaster = await postmasterOf(lease)
    await killWithHost(run, lease)
    expect(await isRunning(postmaster)).toBe(true)
    expect(await databasesOn(run.addresses.adminUrl)).toContain('postgres')
    expect(await clearLeftovers()).toEqual([lease])
    expect(await temporary.leases()).toEqual([])
    expect(await untilEmpty(() => processesIn(temporary.path), deadlineMs)).toEqual([])
    await expect.poll(() => isRunning(postmaster), { timeout: deadlineMs }).toBe(false)
  })

  it('is cleared from a borrowed server too: its own database, and no other', async () => {
    const serverUrl = inject('services').adminUrl
    await using temporary = await ownTemporaryFolder()
    const [options, neighbour] = [
      serviceOptions({ databaseUrl: serverUrl }),
      `tenantbench_contract_${newSuffix()}`,
    ]
    await createRunDatabase(serverUrl, neighbour)
    await using run = await startRunProcess(options)
    const [lease = ''] = await temporary.leases()
    expect(await databasesOn(serverUrl)).toEqual(
      expect.arrayContaining([`tenantbench_${options.runId}`, neighbour]),
    )
    await killWithHost(run, lease)
    expect(await clearLeftovers()).toEqual([lease])
    const left = await databasesOn(serverUrl)
    expect(left).not.toContain(`tenantbench_${options.runId}`)
    expect(left).toContain(neighbour)
    await dropRunDatabase(serverUrl, neighbour)
  })

  it('keeps the password of a borrowed server in the lock alone', async () => {
    const serverUrl = inject('services').adminUrl
    await using temporary = await ownTemporaryFolder()
    await using run = await startRunProcess(serviceOptions({ databaseUrl: serverUrl }))
    const [lease = ''] = await temporary.leases()
    const host = await holderOf(lease)
    expect(await readFile(join(lease, 'lock.json'), 'utf8')).toContain(new URL(serverUrl).password)
    const seen = await Promise.all(
      ['cmdline', 'environ'].map((name) =>
        readFile(`/proc/${host}/${name}`, 'utf8').catch(() => ''),
      ),
    )
    expect(seen.join('')).not.toContain(new URL(serverUrl).password)
    await killed(run.child)
    expect(await untilEmpty(temporary.leases, deadlineMs)).toEqual([])
  })
})
