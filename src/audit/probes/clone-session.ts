/**
 * A session of a login on a stage: connected as that role, so that nothing which its code does can
 * lead back to more. What it did is seen by an observer in the same transaction
 * (`clone/helpers.ts`).
 */
import { messageOf } from '../../base/errors.ts'
import { sqlState } from '../../db/pool.ts'
import type { StoredSetting } from '../catalogue/catalogue.ts'
import type { GuardedConnection } from '../clone/guarded.ts'
import type { Helpers, Observation } from '../clone/helpers.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { Source } from '../sql/lineage.ts'
import { literal, quoted } from '../sql/quote.ts'
import { stepsOut } from './steps-out.ts'

/** In a few rows an index would hide what a scan of many shows. */
export const plainScans =
  'set local enable_indexscan to off; set local enable_bitmapscan to off; set local enable_indexonlyscan to off'

/** A value for each source of the session's state. */
export type Context = readonly { readonly source: Source; readonly value: string }[]

/** What a statement gave. */
export interface Outcome {
  readonly rows: readonly (readonly unknown[])[]
  readonly rowCount: number
  /** SQLSTATE and message with detail and hint, or null. */
  readonly error: {
    readonly state: string
    readonly text: string
    readonly stepsOut: boolean
  } | null
  readonly notices: readonly string[]
}

/** A session that takes on contexts. */
export interface CloneSession {
  /** Takes on a context, for the connection. */
  become(context: Context): Promise<void>
  /** Without a context again, as COMMIT leaves a connection that had a local one. */
  reset(): Promise<void>
  run(sql: string): Promise<Outcome>
  /**
   * Runs work that is taken back whatever happens: in a transaction, or in a savepoint where one is
   * open.
   */
  rolledBack<T>(work: () => Promise<T>): Promise<T>
  /** What rows there really are now, in this transaction: one text each. */
  observe(wanted: Observation): Promise<Outcome>
  /** Runs SQL as an owner, in this transaction. */
  actAs(owner: string, sql: string): Promise<Outcome>
  /** A condition that tells whatever value it is asked about. */
  look(column: string): string
  end(): Promise<void>
}

/** What a session is opened with. */
export interface SessionOptions {
  readonly session: JudgedSession
  /** Settings that PostgreSQL applies at login. */
  readonly stored: readonly StoredSetting[]
  readonly helpers: Helpers
  readonly signal: AbortSignal
  connect(): Promise<GuardedConnection>
}

/**
 * SQLSTATE of a connection that was cut because of what a statement did: see `clone/guarded.ts`.
 */
export const cutOff = '08006'
const cut: Outcome = {
  rows: [],
  rowCount: 0,
  error: {
    state: cutOff,
    text: 'The session was ended: it took longer than a probe may, answered too much, or changed its encoding.',
    stepsOut: false,
  },
  notices: [],
}

/** Opens a session. A connection that is cut is replaced when the work that cut it is over. */
export async function openCloneSession(options: SessionOptions): Promise<CloneSession> {
  const { session, stored, helpers } = options
  const live = await openLive(options)
  const touched = new Set<string>()
  let context: Context = []
  const setContext = async (): Promise<void> => {
    const settings = settingsOf(context)
    for (const name of settings.keys()) touched.add(name)
    if (settings.size > 0) await live.run(setAll(settings))
  }
  const isStored = (name: string): boolean =>
    stored.some((each) => each.name === name && (each.role ?? session.login) === session.login)
  return {
    run: live.run,
    rolledBack: rollingBack(live, { setContext, signal: options.signal }),
    async become(wanted) {
      context = wanted
      await live.replaceLost()
      await setContext()
    },
    async reset() {
      context = []
      await live.replaceLost()
      const back = [...touched].map((name) =>
        isStored(name)
          ? `reset ${settingName(name)}`
          : `select pg_catalog.set_config(${literal(name)}, '', false)`,
      )
      if (back.length > 0) await live.run(back.join('; '))
    },
    observe: (wanted) => live.run(helpers.observe(wanted)),
    actAs: (owner, sql) => live.run(helpers.actAs(owner, sql)),
    look: helpers.look,
    end: live.end,
  }
}

/** A connection that can be replaced. */
interface Live {
  /** How many transactions and savepoints are open. */
  depth: number
  run(sql: string): Promise<Outcome>
  /**
   * Opens another one where it was cut, unless that would be in the middle of a transaction; true
   * when it did.
   */
  replaceLost(): Promise<boolean>
  end(): Promise<void>
}

async function openLive({ session, connect }: SessionOptions): Promise<Live> {
  const notices: string[] = []
  const open = async (): Promise<GuardedConnection> => {
    const opened = await connect()
    opened.onNotice((text) => notices.push(text))
    if (session.role !== session.login) await opened.run(`set role ${quoted(session.role)}`)
    return opened
  }
  let connection = await open()
  const live: Live = {
    depth: 0,
    async run(sql) {
      notices.length = 0
      if (connection.isLost) return cut
      try {
        const { rows, rowCount } = await connection.run(sql)
        // Whoever got out of the transaction could leave something behind.
        if (live.depth > 0 && connection.transaction === 'I') connection.cut()
        return connection.isLost ? cut : { rows, rowCount, error: null, notices: [...notices] }
      } catch (error) {
        return connection.isLost
          ? cut
          : { rows: [], rowCount: 0, error: errorOf(error), notices: [...notices] }
      }
    },
    async replaceLost() {
      if (!connection.isLost || live.depth > 0) return false
      connection = await open()
      return true
    },
    end: () => connection.end(),
  }
  return live
}

interface Rolling {
  readonly signal: AbortSignal
  setContext(): Promise<void>
}

/**
 * Outermost in a transaction, within another in a savepoint. Nothing goes on in a new connection
 * what was begun in a lost one.
 */
function rollingBack(live: Live, { setContext, signal }: Rolling): CloneSession['rolledBack'] {
  const replaceLost = async (): Promise<void> => {
    if (await live.replaceLost()) await setContext()
  }
  return async (work) => {
    signal.throwIfAborted()
    await replaceLost()
    const name = `tenantbench_${live.depth}`
    await live.run(live.depth === 0 ? 'begin' : `savepoint ${name}`)
    live.depth++
    try {
      return await work()
    } finally {
      live.depth--
      await live.run(live.depth === 0 ? 'rollback' : `rollback to savepoint ${name}`)
      await replaceLost()
    }
  }
}

function setAll(settings: ReadonlyMap<string, string>): string {
  const calls = [...settings].map(
    ([name, value]) => `pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`,
  )
  return `select ${calls.join(', ')}`
}

function settingName(name: string): string {
  return name.split('.').map(quoted).join('.')
}

function errorOf(error: unknown): Outcome['error'] {
  const { detail, hint, where } = error as {
    readonly detail?: string
    readonly hint?: string
    readonly where?: string
  }
  const text = [messageOf(error), detail, hint, where]
    .filter((each) => each !== undefined)
    .join(' ')
  const state = sqlState(error) ?? 'XX000'
  return { state, text, stepsOut: stepsOut(state, messageOf(error)) }
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

function put(
  object: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  value: string,
): void {
  if (rest.length === 0) object[key] = value
  else {
    const inner = (object[key] ?? {}) as Record<string, unknown>
    object[key] = inner
    put(inner, rest, value)
  }
}
