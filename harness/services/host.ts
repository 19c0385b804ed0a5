/**
 * The process that holds everything a run starts: PostgreSQL, the local vendors, the private
 * folder. It lives in a process group of its own and ends by itself when the run says so, when the
 * run's process is gone (the channel closes), or on a signal; it always cleans up behind itself.
 * The run may be killed without warning; this process is what remains to tidy.
 */
import { systemClock } from '../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { clearLeftovers, releaseLease, takeLease, type BorrowedDatabase } from './lease.ts'
import { createRunDatabase, dropRunDatabase } from './postgres/borrowed.ts'
import { startCloneServer, type CloneServerOptions } from './postgres/clone-server.ts'
import { startCluster, type PostgresCluster } from './postgres/cluster.ts'
import type { FromServices, ServiceOptions, ToServices } from './protocol.ts'
import { startVendors, type Vendors } from './vendors/server.ts'

interface Held {
  folder: string | null
  cluster: Pick<PostgresCluster, 'stop'> | null
  borrowed: BorrowedDatabase | null
  vendors: Vendors | null
}

const held: Held = { folder: null, cluster: null, borrowed: null, vendors: null }
let starting: Promise<void> = Promise.resolve()
let ending: Promise<void> | null = null

function say(message: FromServices): void {
  if (process.connected) process.send?.(message)
}

async function start(options: ServiceOptions): Promise<void> {
  await clearLeftovers()
  const borrowed =
    options.databaseUrl === null
      ? null
      : { serverUrl: options.databaseUrl, name: `tenantbench_${options.runId}` }
  held.folder = await takeLease(borrowed)
  const adminUrl = await startDatabase(held.folder, borrowed)
  const {
    seed,
    timeScale,
    faults,
    namespacesPerIndex,
    indexQuota = null,
    terms = 'list',
    journal = null,
    slowdown = 1,
  } = options
  held.vendors = await startVendors({
    seed,
    timeScale,
    faults,
    namespacesPerIndex,
    indexQuota,
    terms,
    clock: systemClock,
    journal,
    slowdown,
    onJournalLost: failed,
  })
  say({ kind: 'ready', addresses: { adminUrl, ...held.vendors.endpoints } })
}

/** The server of an audit's clone, alone. */
async function startClone(options: CloneServerOptions): Promise<void> {
  await clearLeftovers()
  held.folder = await takeLease(null)
  const server = await startCloneServer(held.folder, systemClock, options)
  held.cluster = server
  const { host, port, superuser, password, unconfined } = server
  say({ kind: 'clone-server-ready', address: { host, port, superuser, password, unconfined } })
}

async function startDatabase(folder: string, borrowed: BorrowedDatabase | null): Promise<string> {
  if (borrowed === null) {
    const cluster = await startCluster(folder, systemClock)
    held.cluster = cluster
    return cluster.adminUrl
  }
  const adminUrl = await createRunDatabase(borrowed.serverUrl, borrowed.name)
  // Only now is it ours to drop: a database of that name that was there before made the line above
  // fail.
  held.borrowed = borrowed
  return adminUrl
}

function account(month: string): void {
  const { vendors } = held
  if (vendors === null) return
  const bill = vendors.world.books.bill(month, vendors.indexes.totalBytes())
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1_024
  say({
    kind: 'account',
    account: {
      served: vendors.world.served,
      bill,
      incidents: vendors.world.incidents,
      peakMemoryBytes,
    },
  })
}

/**
 * Takes everything down, once, in the reverse order; a part that fails does not keep the others.
 */
async function end(): Promise<void> {
  await starting.catch(() => undefined)
  const { folder, cluster, borrowed, vendors } = held
  const steps = [
    () => vendors?.close(),
    () => cluster?.stop(),
    () => (borrowed === null ? undefined : dropRunDatabase(borrowed.serverUrl, borrowed.name)),
    () => (folder === null ? undefined : releaseLease(folder)),
  ]
  for (const step of steps)
    await Promise.resolve()
      .then(step)
      .catch((error: unknown) => console.error(`tenantbench services: ${messageOf(error)}`))
}

function endAndExit(): void {
  ending ??= end().then(() => {
    say({ kind: 'stopped' })
    process.exit(0)
  })
}

function failed(error: unknown): void {
  const named =
    error instanceof TenantbenchError
      ? { code: error.code, detail: error.detail ?? '' }
      : { code: 'TB_SERVICE_START' as const, detail: messageOf(error) }
  say({ kind: 'failed', ...named })
  endAndExit()
}

process.on('message', (message: ToServices) => {
  switch (message.kind) {
    case 'start':
      starting = start(message.options)
      starting.catch(failed)
      break
    case 'start-clone-server':
      starting = startClone(message)
      starting.catch(failed)
      break
    case 'account':
      account(message.month)
      break
    case 'stop':
      endAndExit()
      break
  }
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endAndExit)
process.on('disconnect', endAndExit)
