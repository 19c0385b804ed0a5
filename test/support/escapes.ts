/**
 * Attempts of an audited database to get out: small SQL files in test/corpus/escapes, a watch that
 * notices what they reach, and a positive control that makes each one succeed where nobody holds it
 * back. Tests alone use this; whatever is reached is a file in a folder of the watch, a listener of
 * the watch, or a change of a server that the test started itself.
 */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { access, chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** What shows that an attempt got out: a file, a connection, or a change of a server. */
export type EscapeEffect = 'file' | 'connect' | 'server'

/** What an auditor does that would run the attempt. */
export type EscapeFires = 'build' | 'plant' | 'read' | 'write' | 'call' | 'refresh' | 'connect'

/** One file of test/corpus/escapes. `sql` and `fire` still hold their placeholders. */
export interface EscapeAttempt {
  readonly file: string
  readonly number: number
  readonly name: string
  /** The schema that holds everything the attempt is made of. */
  readonly schema: string
  /** The kind of object that carries it. */
  readonly object: string
  /** How it tries to get out. */
  readonly by: string
  readonly effect: EscapeEffect
  /** What it cannot do without; empty when an ordinary owner is enough. */
  readonly needs: readonly string[]
  readonly fires: EscapeFires
  /** The first major version that has such objects; null when all that matter have them. */
  readonly from: number | null
  readonly sql: string
  /** The statements of the positive control. */
  readonly fire: readonly string[]
}

/** What the placeholders of an attempt stand for. */
export interface EscapeValues {
  /** The file that must not exist afterwards. */
  readonly mark: string
  readonly port: number
  readonly socketdir: string
  /** A word that must not turn up on a server: as a role, a row, a setting or a channel. */
  readonly role: string
  /** How libpq reaches the neighbour database, with user and password. A secret. */
  readonly neighbour: string
  /** The superuser of the server where the attempt is loaded. */
  readonly superuser: string
}

/** What is watched from outside of any server. */
export interface EscapeWatch extends AsyncDisposable {
  readonly folder: string
  readonly port: number
  readonly socketdir: string
  valuesOf(attempt: EscapeAttempt, server: EscapeServer): EscapeValues
  /** Whether the file exists, or anybody connected. Says nothing about effects on a server. */
  seen(attempt: EscapeAttempt): Promise<boolean>
  /** How often anybody connected since the last `clear`. */
  connections(): number
  clear(): Promise<void>
}

/** What of the values depends on the server. */
export type EscapeServer = Pick<EscapeValues, 'neighbour' | 'superuser'>

/** Which databases an observer asks: the audited one and its neighbour, both as superuser. */
export interface ObservedUrls {
  readonly adminUrl: string
  readonly neighbourUrl: string
}

/** What is watched from inside of a server. It hears the channels of all attempts. */
export interface EscapeObserver extends AsyncDisposable {
  effectOf(attempt: EscapeAttempt, values: EscapeValues): Promise<boolean>
  /** Takes back what `effectOf` looks for, so that it can be seen anew. */
  undo(values: EscapeValues): Promise<void>
}

const folder = join(import.meta.dirname, '../corpus/escapes')
const effects: readonly string[] = ['file', 'connect', 'server'] satisfies readonly EscapeEffect[]
const occasions: readonly string[] = [
  'build',
  'plant',
  'read',
  'write',
  'call',
  'refresh',
  'connect',
] satisfies readonly EscapeFires[]

/** The application role of all attempts, and who owns their objects. */
export const escapeRoles = { app: 'esc_app', owner: 'esc_owner', password: 'esc_app' } as const

/** Makes the roles, once for a server. */
export const escapeRolesSql = `
create role ${escapeRoles.owner} nologin;
create role ${escapeRoles.app} login password '${escapeRoles.password}';`

/** Makes the table of the neighbour database that a row must not turn up in. */
export const escapeNeighbourSql = 'create table public.touched (by_whom text)'

/** The name of an observer's sessions; event triggers leave them alone: watching is no effect. */
const observerName = 'escapes observer'

/** The attempts by number. Throws with the name of a file whose head is malformed. */
export function readEscapes(): readonly EscapeAttempt[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((file) => parseEscape(file, readFileSync(join(folder, file), 'utf8')))
}

/** One attempt from the text of its file. */
export function parseEscape(file: string, text: string): EscapeAttempt {
  const malformed = (what: string): Error => new Error(`${file}: ${what}`)
  const [, digits = '', name = ''] = /^(\d\d)-([a-z0-9-]+)\.sql$/.exec(file) ?? []
  if (digits === '') throw malformed('is not called NN-short-name.sql')
  const head = new Map<string, string>()
  for (const [, key = '', value = ''] of text.matchAll(/^-- ([a-z]+): (.+)$/gm)) {
    if (!head.has(key)) head.set(key, value.trim())
  }
  const field = (key: string): string => {
    const value = head.get(key)
    if (value === undefined) throw malformed(`says nothing about ${key}`)
    return value
  }
  const oneOf = (key: string, allowed: readonly string[]): string => {
    if (!allowed.includes(field(key))) throw malformed(`${key} is none of ${allowed.join(', ')}`)
    return field(key)
  }
  const parts = text.split(/^-- @fire$/m)
  const [sql = '', fireText = ''] = parts
  const fire = statementsOf(fireText)
  if (parts.length !== 2 || fire.length === 0) throw malformed('has not one part that fires')
  if (field('attempt') !== name) throw malformed(`calls itself ${field('attempt')}`)
  const from = head.get('from') ?? null
  if (from !== null && !/^\d+$/.test(from)) throw malformed('from is no major version')
  return {
    file,
    name,
    sql,
    fire,
    number: Number(digits),
    schema: `esc_${digits}`,
    object: field('object'),
    by: field('by'),
    effect: oneOf('effect', effects) as EscapeEffect,
    needs: field('needs')
      .split(' ')
      .filter((need) => need !== 'nothing'),
    fires: oneOf('fires', occasions) as EscapeFires,
    from: from === null ? null : Number(from),
  }
}

const piece = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--.*|;|[^'"$;-]+|[\s\S]/g

/** The statements of a text; a semicolon in a literal, a name or a comment ends none. */
function statementsOf(text: string): readonly string[] {
  const statements = ['']
  for (const [part] of text.matchAll(piece)) {
    if (part === ';') statements.push('')
    else statements.push(`${statements.pop()}${part}`)
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '')
}

/** Whether a server of a major version has the objects of an attempt. */
export function isFor(attempt: EscapeAttempt, majorVersion: number): boolean {
  return attempt.from === null || attempt.from <= majorVersion
}

/** The word by which an attempt's change of a server is known. */
function roleOf({ schema }: EscapeAttempt): string {
  return `${schema}_made`
}

/** Opens the watch: a folder that every user may write, and listeners that close what connects. */
export async function openWatch(): Promise<EscapeWatch> {
  // mkdtemp alone makes a folder of mode 0700; the sticky bit of the temp folder is not inherited.
  const top = await mkdtemp(join(tmpdir(), 'tb-esc-'))
  const [marks, socketdir] = [join(top, 'marks'), join(top, 'socket')]
  for (const each of [marks, socketdir]) await mkdir(each)
  for (const each of [top, marks, socketdir]) await chmod(each, 0o777)
  let count = 0
  const onConnection = (socket: Socket): void => {
    count++
    socket.on('error', () => undefined).destroy()
  }
  const [tcp, unix] = [createServer(onConnection), createServer(onConnection)]
  const path = join(socketdir, '.s.PGSQL.5432')
  await Promise.all([
    once(tcp.listen(0, '127.0.0.1'), 'listening'),
    once(unix.listen({ path, readableAll: true, writableAll: true }), 'listening'),
  ])
  const port = portOf(tcp)
  const markOf = (attempt: EscapeAttempt): string => join(marks, attempt.file.replace(/\.sql$/, ''))
  return {
    folder: marks,
    port,
    socketdir,
    valuesOf: (attempt, server) => ({
      ...server,
      port,
      socketdir,
      mark: markOf(attempt),
      role: roleOf(attempt),
    }),
    async seen(attempt) {
      // Who connected before may still wait to be counted: the listeners come first in the queue.
      for (let turn = 0; turn < 3; turn++) await knock(tcp)
      if (attempt.effect === 'connect') return count > 0
      return attempt.effect === 'file' && (await exists(markOf(attempt)))
    },
    connections: () => count,
    async clear() {
      await knock(tcp)
      for (const name of await readdir(marks)) await rm(join(marks, name), { recursive: true })
      count = 0
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([tcp, unix].map((server) => once(server.close(), 'close')))
      await rm(top, { recursive: true, force: true })
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given.')
  return address.port
}

/** Lets the event loop take what waits at the listeners. */
async function knock(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.getConnections(() => resolve()))
  await new Promise<void>((resolve) => setImmediate(resolve))
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Puts values in the place of `{{name}}`. Throws when there is no such value. */
function filled(text: string, values: EscapeValues): string {
  const byName: ReadonlyMap<string, string | number> = new Map(Object.entries(values))
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = byName.get(name)
    if (value === undefined) throw new Error(`There is no value for {{${name}}}.`)
    return String(value)
  })
}

/** Makes the objects of an attempt, as superuser. Throws with the name of the file. */
export async function loadEscape(
  client: pg.Client,
  attempt: EscapeAttempt,
  values: EscapeValues,
): Promise<void> {
  try {
    await client.query(filled(attempt.sql, values))
  } catch (error) {
    throw new Error(`${attempt.file}: ${String(error)}`, { cause: error })
  } finally {
    await client.query('reset role')
  }
}

/** What the positive control met: the statements that failed, in the order of running. */
export interface Fired {
  readonly errors: readonly string[]
}

/**
 * Makes an attempt succeed, in a session that began as superuser and is the application role's for
 * now. An attempt that runs on connecting gets a login of that role besides. Errors are told and
 * otherwise ignored.
 */
export async function fireEscape(
  adminUrl: string,
  attempt: EscapeAttempt,
  values: EscapeValues,
): Promise<Fired> {
  const impersonated = `set session authorization ${escapeRoles.app}`
  const errors = [...(await runAll(adminUrl, [impersonated, ...attempt.fire], values))]
  if (attempt.fires === 'connect') {
    const url = new URL(adminUrl)
    ;[url.username, url.password] = [escapeRoles.app, escapeRoles.password]
    errors.push(...(await runAll(url.href, attempt.fire, values)))
  }
  return { errors }
}

/** Runs statements one by one in a session of their own; gives the errors. */
async function runAll(
  connectionString: string,
  statements: readonly string[],
  values: EscapeValues,
): Promise<readonly string[]> {
  const errors: string[] = []
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  try {
    await client.connect()
    for (const statement of statements) {
      const outcome = client.query(filled(statement, values))
      await outcome.catch((error: unknown) => errors.push(`${statement}: ${String(error)}`))
    }
  } catch (error) {
    errors.push(String(error))
  }
  await client.end().catch(() => undefined)
  return errors
}

/**
 * Opens what looks for changes of a server: a session that asks and listens, and one of the
 * application role for others to end. Only for servers that the test started.
 */
export async function openObserver(urls: ObservedUrls): Promise<EscapeObserver> {
  const admin = await connected(urls.adminUrl)
  const neighbour = await connected(urls.neighbourUrl)
  const heard = new Set<string>()
  admin.on('notification', ({ channel }) => void heard.add(channel))
  for (const attempt of readEscapes()) await admin.query(`listen ${roleOf(attempt)}`)
  let witness = await openWitness(urls.neighbourUrl)
  const found = async (client: pg.Client, sql: string, word: string): Promise<boolean> =>
    (await client.query(sql, [word])).rows.length > 0
  return {
    async effectOf(attempt, { role }) {
      const isTold =
        (await found(admin, traces, role)) ||
        (await found(neighbour, 'select from public.touched where by_whom = $1', role))
      if (attempt.by !== 'terminate') return isTold || heard.has(role)
      return isTold || !(await witness.isAlive())
    },
    async undo({ role }) {
      await neighbour.query('delete from public.touched where by_whom = $1', [role])
      await admin.query(`drop role if exists ${role}`)
      await admin.query('alter system reset all')
      await admin.query('alter role all reset all')
      heard.delete(role)
      if (await witness.isAlive()) return
      witness = await openWitness(urls.neighbourUrl)
    },
    async [Symbol.asyncDispose]() {
      await witness.end()
      await neighbour.end()
      await admin.end()
    },
  }
}

/** A role, the file that ALTER SYSTEM writes, or a setting of a role holds the word. */
const traces = `
select from pg_catalog.pg_roles where rolname = $1
union all select where pg_catalog.strpos(pg_catalog.pg_read_file('postgresql.auto.conf'), $1) > 0
union all select from pg_catalog.pg_db_role_setting
  where pg_catalog.strpos(setconfig::text, $1) > 0`

/** Whether a server holds a word that must not turn up on it. */
export async function leftTraces(client: pg.Client, word: string): Promise<boolean> {
  return (await client.query(traces, [word])).rows.length > 0
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: observerName })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

interface Witness {
  isAlive(): Promise<boolean>
  end(): Promise<void>
}

/** A session of the application role; in the neighbour database nothing hostile runs in it. */
async function openWitness(neighbourUrl: string): Promise<Witness> {
  const url = new URL(neighbourUrl)
  ;[url.username, url.password] = [escapeRoles.app, escapeRoles.password]
  const client = await connected(url.href)
  return {
    isAlive: () =>
      client.query('select').then(
        () => true,
        () => false,
      ),
    end: () => client.end().catch(() => undefined),
  }
}
