/**
 * A connection on which code of an audited database runs. The server's own time limit can be set
 * off by that code, so each statement has a second one on our side, and a limit to what is read of
 * its answer; beyond either the connection is cut and its backend ended.
 */
import pg from 'pg'
import type { Clock } from '../../base/clock.ts'

/** What a statement gave, its last result where there are several. */
export interface GuardedResult {
  readonly rows: readonly (readonly unknown[])[]
  readonly rowCount: number
}

/** A guarded connection. */
export interface GuardedConnection {
  /**
   * Runs SQL, several statements too. Throws the server's error, or one without a code when the
   * connection was cut.
   */
  run(sql: string): Promise<GuardedResult>
  /** What a statement said aloud, in the order it was said; at most 200 lines. */
  onNotice(listener: (text: string) => void): void
  readonly isLost: boolean
  /**
   * Whether a transaction is open, as the server last said: `I` is none, `T` one, `E` one that
   * failed.
   */
  readonly transaction: 'I' | 'T' | 'E'
  /** Cuts the connection and ends its backend: it is not what it was any more. */
  cut(): void
  end(): Promise<void>
}

/** How a connection is made and ended. */
export interface GuardOptions {
  readonly config: pg.ClientConfig
  readonly statementMs: number
  readonly clock: Clock
  /** Ends a backend from another connection. */
  terminate(processId: number): Promise<void>
}

/** How much longer than the server's limit we wait for it to keep it. */
const graceMs = 1_500
const maxAnswerBytes = 32 * 1024 * 1024
const maxNotices = 200
const connectTimeoutMs = 10_000

/** Connects. Throws the driver's error. */
export async function openGuarded(options: GuardOptions): Promise<GuardedConnection> {
  const { config, statementMs, clock, terminate } = options
  const client = new pg.Client({
    ...config,
    statement_timeout: statementMs,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'tenantbench audit',
    types: plainTypes,
  })
  client.on('error', () => undefined)
  await client.connect()
  const guard = guardOf(client, terminate)
  const guarded = async (sql: string): Promise<GuardedResult> => {
    guard.bytes = 0
    guard.notices = 0
    const waiting = new AbortController()
    const late = clock.sleep(statementMs + graceMs, waiting.signal).then(guard.cut, () => undefined)
    try {
      const result = await client.query({ text: sql, rowMode: 'array' })
      const last = Array.isArray(result) ? (result.at(-1) as typeof result | undefined) : result
      return { rows: (last?.rows ?? []) as unknown[][], rowCount: last?.rowCount ?? 0 }
    } finally {
      waiting.abort()
      await late
    }
  }
  return {
    run: guarded,
    onNotice: (listener) =>
      void client.on('notice', ({ message, detail, hint }) => {
        if (guard.notices++ < maxNotices)
          listener([message, detail, hint].filter((text) => text !== undefined).join(' '))
      }),
    get isLost() {
      return guard.isLost
    },
    get transaction() {
      return guard.transaction
    },
    cut: guard.cut,
    async end() {
      if (guard.isLost) return
      await client.end().catch(() => undefined)
    },
  }
}

/**
 * What is kept of a connection: how much the present statement answered, and what the server last
 * said.
 */
interface Guard {
  isLost: boolean
  transaction: GuardedConnection['transaction']
  bytes: number
  notices: number
  cut(): void
}

function guardOf(client: pg.Client, terminate: GuardOptions['terminate']): Guard {
  const { processID, connection } = internals(client)
  const guard: Guard = {
    isLost: false,
    transaction: 'I',
    bytes: 0,
    notices: 0,
    cut() {
      if (guard.isLost) return
      guard.isLost = true
      connection.stream.destroy()
      void terminate(processID).catch(() => undefined)
    },
  }
  connection.stream.on('data', (piece: Buffer) => {
    guard.bytes += piece.length
    if (guard.bytes > maxAnswerBytes) guard.cut()
  })
  connection.stream.on('close', () => (guard.isLost = true))
  connection.on('readyForQuery', ({ status }) => void (guard.transaction = status))
  // Under another encoding a byte of a name may swallow the backslash or the quote after it.
  // Nothing is sent after such a change.
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName === 'client_encoding' && parameterValue !== 'UTF8') guard.cut()
  })
  return guard
}

/**
 * Truth values and small numbers are parsed; what else comes back stays the text that the server
 * sent, however deep or odd it is.
 */
const plainTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    [16, 21, 23].includes(oid)
      ? (pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown)
      : (text: string) => text,
}

interface Internals {
  readonly processID: number
  readonly connection: {
    readonly stream: import('node:stream').Duplex
    on(
      event: 'readyForQuery',
      listener: (message: { readonly status: 'I' | 'T' | 'E' }) => void,
    ): void
    on(
      event: 'parameterStatus',
      listener: (message: {
        readonly parameterName: string
        readonly parameterValue: string
      }) => void,
    ): void
  }
}

/** The driver's socket and its backend's number, which its types leave out. */
function internals(client: pg.Client): Internals {
  return client as unknown as Internals
}
