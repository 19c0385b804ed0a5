/**
 * Sessions on the clone. One connection of the superuser becomes whoever is judged (SET SESSION AUTHORIZATION, with that role's
 * stored settings replayed), and can become the superuser again in the same transaction to see what really happened.
 */
import type { Client } from 'pg'
import { messageOf } from '../../base/errors.ts'
import { sqlState } from '../../db/pool.ts'
import type { Source } from '../sql/lineage.ts'
import { literal, quoted } from '../sql/quote.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { StoredSetting } from '../catalogue/catalogue.ts'

/** In a few rows an index would hide what a scan of many shows. */
export const plainScans = 'set local enable_indexscan to off; set local enable_bitmapscan to off; set local enable_indexonlyscan to off'

/** A value for each source of the session's state. */
export type Context = readonly { readonly source: Source; readonly value: string }[]

/** What a statement gave. */
export interface Outcome {
  readonly rows: readonly (readonly unknown[])[]
  readonly rowCount: number
  /** SQLSTATE and message with detail and hint, or null. */
  readonly error: { readonly state: string; readonly text: string } | null
  readonly notices: readonly string[]
}

/** A connection that can become anybody. */
export interface CloneSession {
  /** Becomes a session in a context, for the connection. */
  become(session: JudgedSession, context: Context): Promise<void>
  /** The superuser again; the context is emptied, as COMMIT empties a local one. */
  reset(): Promise<void>
  run(sql: string): Promise<Outcome>
  /** Runs work in a transaction that is rolled back whatever happens. */
  rolledBack<T>(work: () => Promise<T>): Promise<T>
  /** As the superuser, within the same transaction, then as before. */
  asSuperuser(sql: string): Promise<Outcome>
}

/** Opens a session over a connected client. `stored` are settings that PostgreSQL applies at login. */
export function cloneSession(client: Client, stored: readonly StoredSetting[]): CloneSession {
  const notices: string[] = []
  client.on('notice', (notice) => notices.push([notice.message, notice.detail, notice.hint].filter((text) => text !== undefined).join(' ')))
  const touched = new Set<string>()
  let current: string[] = []
  const run = async (sql: string): Promise<Outcome> => {
    notices.length = 0
    try {
      const result = await client.query({ text: sql, rowMode: 'array' })
      const last = Array.isArray(result) ? result.at(-1) : result
      return { rows: (last?.rows ?? []) as unknown[][], rowCount: last?.rowCount ?? 0, error: null, notices: [...notices] }
    } catch (error) {
      return { rows: [], rowCount: 0, error: { state: sqlState(error) ?? 'XX000', text: errorText(error) }, notices: [...notices] }
    }
  }
  const become = async (session: JudgedSession, context: Context): Promise<void> => {
    const settings = settingsOf(context)
    for (const name of settings.keys()) touched.add(name)
    const replayed = stored.filter(({ role, name }) => (role === null || role === session.login) && !settings.has(name))
    for (const { name } of replayed) if (name.includes('.')) touched.add(name)
    current = [
      ...replayed.map(({ name, value }) => (name === 'search_path' ? `set search_path to ${value === '' ? "''" : value}` : `select set_config(${literal(name)}, ${literal(value)}, false)`)),
      `set session authorization ${quoted(session.login)}`,
      ...(session.role === session.login ? [] : [`set role ${quoted(session.role)}`]),
      ...[...settings].map(([name, value]) => `select set_config(${literal(name)}, ${literal(value)}, false)`),
    ]
    for (const sql of current) await run(sql)
  }
  return {
    run,
    become,
    async reset() {
      await run('reset session authorization')
      await run('reset role')
      await run('reset search_path')
      for (const name of touched) await run(`select set_config(${literal(name)}, '', false)`)
    },
    async rolledBack(work) {
      await run('begin')
      try {
        return await work()
      } finally {
        await run('rollback')
      }
    },
    async asSuperuser(sql) {
      await run('reset session authorization')
      await run('set row_security to on')
      const outcome = await run(sql)
      for (const each of current.filter((text) => text.startsWith('set session') || text.startsWith('set role'))) await run(each)
      return outcome
    },
  }
}

function errorText(error: unknown): string {
  const fields = error as { readonly detail?: string; readonly hint?: string; readonly where?: string }
  return [messageOf(error), fields.detail, fields.hint, fields.where].filter((text) => text !== undefined).join(' ')
}

/** Settings with their values: claims of one setting together as a JSON object. */
export function settingsOf(context: Context): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  const claims = new Map<string, Record<string, unknown>>()
  for (const { source, value } of context) {
    if (source.setting === 'role') continue
    if (source.path.length === 0) settings.set(source.setting, value)
    else {
      const object = claims.get(source.setting) ?? {}
      claims.set(source.setting, object)
      put(object, source.path, value)
    }
  }
  for (const [name, object] of claims) settings.set(name, JSON.stringify(object))
  return settings
}

function put(object: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) object[key] = value
  else {
    const inner = (object[key] ?? {}) as Record<string, unknown>
    object[key] = inner
    put(inner, rest, value)
  }
}
