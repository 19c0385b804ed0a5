/**
 * The run's handle on the services: starts their process, asks for their account, and makes sure
 * that they end.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { CloneServerAddress } from './postgres/clone-server.ts'
import type {
  FromServices,
  ServiceAccount,
  ServiceAddresses,
  ServiceOptions,
  ToServices,
} from './protocol.ts'

/** Running services. Closing them twice is harmless. */
export interface Services extends AsyncDisposable {
  readonly addresses: ServiceAddresses
  /** Aborted with TB_SERVICE_LOST when the services end without having been told to. */
  readonly lost: AbortSignal
  /** The services' own books and log, of a month. */
  account(month: string): Promise<ServiceAccount>
  close(): Promise<void>
}

const stopTimeoutMs = 10_000

/** Starts the services. Throws what made them fail: TB_SERVICE_START, TB_DATABASE_*. */
export async function startServices(options: ServiceOptions, clock: Clock): Promise<Services> {
  const child = launch()
  const lost = new AbortController()
  child.once('exit', () => lost.abort(new TenantbenchError('TB_SERVICE_LOST')))
  const close = (): Promise<void> => stop(child, clock)
  try {
    const { addresses } = await ask(child, { kind: 'start', options }, 'ready')
    child.on(
      'message',
      (said: FromServices) =>
        said.kind === 'failed' &&
        lost.abort(new TenantbenchError(said.code, { detail: said.detail })),
    )
    return {
      addresses,
      lost: lost.signal,
      account: async (month) => (await ask(child, { kind: 'account', month }, 'account')).account,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The server of a clone, which ends when it is disposed of. `password` is a secret. */
export interface ThrowawayPostgres extends CloneServerAddress, AsyncDisposable {}

/**
 * Starts a clone's server of a major version, in a process that ends with this one. Throws
 * TB_SERVICE_START.
 */
export async function startClonePostgres(
  options: { readonly majorVersion: number; readonly runtimeFolder: string | null },
  clock: Clock,
): Promise<ThrowawayPostgres> {
  const child = launch()
  try {
    const { address } = await ask(
      child,
      { kind: 'start-clone-server', ...options },
      'clone-server-ready',
    )
    return { ...address, [Symbol.asyncDispose]: () => stop(child, clock) }
  } catch (error) {
    await stop(child, clock)
    throw error
  }
}

function launch(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts')
  const host = fileURLToPath(new URL(isSource ? './host.ts' : './host.js', import.meta.url))
  // A process group of its own: Ctrl-C reaches the run, which ends the services in order. No
  // environment beyond what Node needs.
  const environment = { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] }
  return fork(host, [], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'json',
    env: environment,
    execArgv: [],
  })
}

/**
 * Says something and waits for the answer of a kind; a failure or the end of the process rejects.
 */
async function ask<K extends FromServices['kind']>(
  child: ChildProcess,
  message: ToServices,
  kind: K,
): Promise<Extract<FromServices, { kind: K }>> {
  const answer = Promise.withResolvers<Extract<FromServices, { kind: K }>>()
  const onMessage = (said: FromServices): void => {
    if (said.kind === 'failed')
      answer.reject(new TenantbenchError(said.code, { detail: said.detail }))
    else if (said.kind === kind) answer.resolve(said as Extract<FromServices, { kind: K }>)
  }
  const onEnd = (): void => answer.reject(new TenantbenchError('TB_SERVICE_LOST'))
  child.on('message', onMessage).once('exit', onEnd).once('error', onEnd)
  try {
    if (!child.connected) throw new TenantbenchError('TB_SERVICE_LOST')
    child.send(message)
    return await answer.promise
  } finally {
    child.off('message', onMessage).off('exit', onEnd).off('error', onEnd)
  }
}

async function stop(child: ChildProcess, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  if (child.connected) child.send({ kind: 'stop' } satisfies ToServices, () => undefined)
  else child.kill('SIGTERM')
  const waiting = new AbortController()
  const late = clock.sleep(stopTimeoutMs, waiting.signal).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  )
  await ended
  waiting.abort()
  await late
}
