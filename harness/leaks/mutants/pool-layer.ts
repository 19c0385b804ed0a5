/**
 * A layer over the tenants' pool: statements rewritten, other tenants bound, answers given in place
 * of the database, clients kept.
 */
import type pg from 'pg'
import type { Row, TenantDatabase } from '../../../src/index.ts'

/** What the layer changes. Every part is optional and sees all statements of the pool. */
export interface PoolLayer {
  rewrite?(text: string): string
  /**
   * The tenant that is bound in place of the one that should be; `text` is the statement that
   * follows.
   */
  context?(tenantId: string, text: string): string
  values?(text: string, values: readonly unknown[], tenantId: string): readonly unknown[]
  /** Rows in place of the database's; null leaves it to the database. */
  instead?(text: string, values: readonly unknown[]): Promise<readonly Row[]> | null
  answered?(text: string, values: readonly unknown[], rows: readonly Row[]): void
  failed?(error: Error, tenantId: string): void
  /** A client that should be thrown away goes back to the pool. */
  readonly keepsDirty?: boolean
}

interface Submitted {
  text: string
  values: readonly unknown[]
  callback?: (error: Error | null, result: { readonly rows: readonly Row[] }) => void
  readonly submit?: unknown
}
interface Bound {
  readonly statement: string
  values: readonly unknown[]
}
type Wire = { readonly connection: { bind(config: Bound): void } }
type AnyQuery = (config: unknown, ...rest: readonly unknown[]) => unknown

const contextName = 'tenantbench_context'

/** Lays it over; clients are changed as the pool opens them. */
export function layeredPool(database: TenantDatabase, layer: PoolLayer): TenantDatabase {
  database.app.pool.on('connect', (client) => changeClient(client as pg.PoolClient, layer))
  if (layer.keepsDirty === true) keepClients(database.app.pool)
  return database
}

function changeClient(client: pg.PoolClient, layer: PoolLayer): void {
  const state = { text: '', tenantId: '' }
  const { connection } = client as unknown as Wire
  const bind = connection.bind.bind(connection)
  connection.bind = (config) => {
    if (config.statement === contextName && config.values[0] !== '') {
      state.tenantId = String(config.values[0])
      config.values = [layer.context?.(state.tenantId, state.text) ?? state.tenantId]
    }
    bind(config)
  }
  const query = client.query.bind(client) as AnyQuery
  const changed: AnyQuery = (config, ...rest) => {
    const isText = typeof config === 'string'
    const given = (
      isText ? { text: config, values: Array.isArray(rest[0]) ? rest[0] : [] } : config
    ) as Submitted
    state.text = given.text
    const answer = layer.instead?.(given.text, given.values ?? []) ?? null
    if (answer !== null) return answerWith(given, answer)
    const text = layer.rewrite?.(given.text) ?? given.text
    const values = layer.values?.(given.text, given.values ?? [], state.tenantId) ?? given.values
    if (given.submit !== undefined)
      return query(
        listening(Object.assign(given, { text, values }), { layer, state, text: given.text }),
      )
    const result = isText
      ? query(text, ...(Array.isArray(rest[0]) ? [values, ...rest.slice(1)] : rest))
      : query({ ...given, text, values }, ...rest)
    return heard(result, { layer, state, given })
  }
  Object.assign(client, { query: changed })
}

interface Hearing {
  readonly layer: PoolLayer
  readonly state: { readonly tenantId: string }
}

/** The answer to a query object of the driver's comes by its callback. */
function listening(
  submitted: Submitted,
  { layer, state, text }: Hearing & { readonly text: string },
): Submitted {
  const { callback, values } = submitted
  submitted.callback = (error, result) => {
    if (error === null) layer.answered?.(text, values, result.rows)
    else layer.failed?.(error, state.tenantId)
    callback?.(error, result)
  }
  return submitted
}

function heard(
  result: unknown,
  { layer, state, given }: Hearing & { readonly given: Submitted },
): unknown {
  if (!(result instanceof Promise)) return result
  return result.then(
    (found: { readonly rows?: readonly Row[] }) => {
      layer.answered?.(given.text, given.values, found.rows ?? [])
      return found
    },
    (error: Error) => {
      layer.failed?.(error, state.tenantId)
      throw error
    },
  )
}

function answerWith(given: Submitted, answer: Promise<readonly Row[]>): unknown {
  if (given.submit === undefined) return answer.then((rows) => ({ rows, rowCount: rows.length }))
  answer.then(
    (rows) => given.callback?.(null, { rows }),
    (error: Error) => given.callback?.(error, { rows: [] }),
  )
  return given
}

function keepClients(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as unknown as (
    callback?: unknown,
  ) => Promise<pg.PoolClient>
  const keeping = (callback?: unknown): unknown => {
    if (callback !== undefined) return connect(callback)
    return connect().then((client) => {
      const release = client.release.bind(client)
      return Object.assign(client, { release: () => release(false) })
    })
  }
  Object.assign(pool, { connect: keeping })
}
