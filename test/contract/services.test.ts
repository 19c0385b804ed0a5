/**
 * The services as a run holds them: private, on loopback, gone when they are closed or cannot
 * start.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createRunDatabase, dropRunDatabase } from '../../harness/services/postgres/borrowed.ts'
import { startServices, type Services } from '../../harness/services/services.ts'
import { monthOf, systemClock } from '../../src/base/clock.ts'
import { clearLeftovers } from '../../harness/services/lease.ts'
import {
  holderOf,
  isRunning,
  ownTemporaryFolder,
  postmasterOf,
  processesIn,
  serviceOptions,
  untilEmpty,
  type OwnTemporaryFolder,
} from './support/processes.ts'
import { failureOf } from './support/vendors.ts'

const deadlineMs = 5_000

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Local addresses of listening TCP sockets on a port, as the kernel writes them. */
async function listenersOn(port: number): Promise<readonly string[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
  return rows
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${wanted}`))
    .map(([, local]) => local?.split(':')[0] ?? '')
}

const loopback = '0100007F'

describe('embedded services', () => {
  let temporary: OwnTemporaryFolder
  let services: Services
  let lease: string

  beforeAll(async () => {
    temporary = await ownTemporaryFolder()
    services = await startServices(serviceOptions(), systemClock)
    lease = (await temporary.leases())[0] ?? ''
  })
  afterAll(async () => {
    await services.close()
    await temporary[Symbol.asyncDispose]()
  })

  it.each([
    ['.', 0o700],
    ['lock.json', 0o600],
    ['postgres', 0o700],
    ['postgres/password', 0o600],
    ['postgres/data', 0o700],
  ])('keep %s to their user (mode %o)', async (path, mode) => {
    expect((await stat(join(lease, path))).mode & 0o777).toBe(mode)
  })

  it.runIf(process.platform === 'linux')('listen on 127.0.0.1 only', async () => {
    for (const url of [services.addresses.adminUrl, services.addresses.openai.baseUrl]) {
      const { hostname, port } = new URL(url)
      expect(hostname).toBe('127.0.0.1')
      expect(await listenersOn(Number(port))).toEqual([loopback])
    }
  })

  it('let nobody in without the password, by TCP or by socket', async () => {
    const { adminUrl } = services.addresses
    const wrong = new URL(adminUrl)
    wrong.password = 'wrong'
    await expect(onDatabase(wrong.href, async () => 'in')).rejects.toMatchObject({ code: '28P01' })
    const { username: user, port } = new URL(adminUrl)
    const bySocket = new pg.Client({
      host: join(lease, 'postgres'),
      port: Number(port),
      user,
      password: 'wrong',
      database: 'postgres',
    })
    await expect(bySocket.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(
      await onDatabase(adminUrl, async (client) => (await client.query('select 1 as one')).rows),
    ).toEqual([{ one: 1 }])
  })

  it('give each vendor a key of its own, and none on the command line', async () => {
    const { openai, anthropic, pinecone } = services.addresses
    expect(new Set([openai.apiKey, anthropic.apiKey, pinecone.apiKey]).size).toBe(3)
    const host = await holderOf(lease)
    const seen = await Promise.all(
      ['cmdline', 'environ'].map((name) =>
        readFile(`/proc/${host}/${name}`, 'utf8').catch(() => ''),
      ),
    )
    for (const { apiKey } of [openai, anthropic, pinecone])
      expect(seen.join('')).not.toContain(apiKey)
  })

  it('give their account of the month', async () => {
    const account = await services.account(monthOf(systemClock.nowMs()))
    expect(account.served).toEqual([])
    expect(account.bill.map(({ component }) => component)).toEqual(['pinecone.minimum'])
  })

  it('leave nothing when they are closed, twice if need be', async () => {
    const postmaster = await postmasterOf(lease)
    await services.close()
    await services.close()
    expect(await temporary.leases()).toEqual([])
    expect(await isRunning(postmaster)).toBe(false)
    expect(await processesIn(temporary.path)).toEqual([])
    expect((await failureOf(services.account('2026-01'))).code).toBe('TB_SERVICE_LOST')
  })
})

describe('services on a borrowed server', () => {
  it('make one database and drop it at the end', async () => {
    const serverUrl = inject('services').adminUrl
    await using temporary = await ownTemporaryFolder()
    const options = serviceOptions({ databaseUrl: serverUrl })
    const names = (): Promise<unknown> =>
      onDatabase(
        serverUrl,
        async (client) =>
          (
            await client.query('select 1 from pg_database where datname = $1', [
              `tenantbench_${options.runId}`,
            ])
          ).rowCount,
      )
    const services = await startServices(options, systemClock)
    expect(await names()).toBe(1)
    expect(
      await onDatabase(
        services.addresses.adminUrl,
        async (client) => (await client.query('select current_database() as name')).rows,
      ),
    ).toEqual([{ name: `tenantbench_${options.runId}` }])
    await services.close()
    expect(await names()).toBe(0)
    expect(await temporary.leases()).toEqual([])
  })

  it('are refused when it cannot be reached, once said, and leave nothing', async () => {
    await using temporary = await ownTemporaryFolder()
    const databaseUrl = 'postgres://someone:s3cr3t-word@127.0.0.1:1/postgres'
    const error = await failureOf(startServices(serviceOptions({ databaseUrl }), systemClock))
    expect(error.code).toBe('TB_DATABASE_UNREACHABLE')
    expect(error.message).not.toContain('s3cr3t-word')
    expect(error.message.match(/cannot be reached/g)).toHaveLength(1)
    expect(await temporary.leases()).toEqual([])
  })

  it('never touch a database that was there before, also when the names collide', async () => {
    const serverUrl = inject('services').adminUrl
    await using temporary = await ownTemporaryFolder()
    const options = serviceOptions({ databaseUrl: serverUrl })
    const name = `tenantbench_${options.runId}`
    const theirs = await createRunDatabase(serverUrl, name)
    await onDatabase(theirs, (client) => client.query('create table theirs as select 42 as answer'))
    const error = await failureOf(startServices(options, systemClock))
    expect(error.message).toContain('already exists')
    expect(await temporary.leases()).toEqual([])
    expect(
      await onDatabase(
        theirs,
        async (client) => (await client.query('select answer from theirs')).rows,
      ),
    ).toEqual([{ answer: 42 }])
    await dropRunDatabase(serverUrl, name)
  })
})

describe('services whose process is lost', () => {
  it('say so, and what they left is cleared', async () => {
    await using temporary = await ownTemporaryFolder()
    const services = await startServices(
      serviceOptions({ databaseUrl: inject('services').adminUrl }),
      systemClock,
    )
    const [lease = ''] = await temporary.leases()
    const host = await holderOf(lease)
    process.kill(host, 'SIGKILL')
    expect((await failureOf(services.account('2026-01'))).code).toBe('TB_SERVICE_LOST')
    expect(
      await untilEmpty(async () => ((await isRunning(host)) ? [host] : []), deadlineMs),
    ).toEqual([])
    await services.close()
    expect(await clearLeftovers()).toEqual([lease])
  })
})
