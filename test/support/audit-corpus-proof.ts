/**
 * Proves the labels of the audit corpus on a cluster of its own: the exploit of a hole returns a
 * row, that of a safe file returns none or is refused, and what a tenant may do works. Roles belong
 * to the whole cluster, so a case is followed by a sweep of them.
 */
import pg from 'pg'
import { messageOf } from '../../src/base/errors.ts'
import type { CorpusCase, CorpusSection } from './audit-corpus.ts'

const database = 'corpus'
const password = 'corpus'

/**
 * Runs one case. Answers what contradicts its label, or null. The cluster must belong to the
 * caller: all its roles are dropped.
 */
export async function refutationOf(adminUrl: string, parsed: CorpusCase): Promise<string | null> {
  await asAdmin(adminUrl, (admin) => admin.query(`create database ${database}`))
  try {
    return await judge(urlOf(adminUrl, {}), parsed)
  } finally {
    await asAdmin(adminUrl, sweep)
  }
}

async function judge(url: string, parsed: CorpusCase): Promise<string | null> {
  try {
    await asAdmin(url, (admin) => prepare(admin, parsed.schema))
  } catch (error) {
    return `the schema fails: ${messageOf(error)}`
  }
  const gucs = [...parsed.schema.matchAll(/current_setting\(\s*'([a-z_]+\.[A-Za-z_.]+)'/g)].map(
    ([, name = '']) => name,
  )
  let outcome: Outcome = { rows: 0, refused: null }
  for (const section of parsed.sections) {
    outcome = await runSection(url, section, gucs)
    const wrong = outcome.refused === null ? null : refusalRefutes(parsed, section, outcome.refused)
    if (wrong !== null) return `line ${section.line}: ${wrong}`
    if (section.kind === 'works' && outcome.rows === 0)
      return `line ${section.line}: what a tenant may do returns no row`
    // A refused step ends the attack.
    if (section.kind === 'exploit' && outcome.refused !== null) return null
  }
  if (parsed.kind === 'hole' && outcome.rows === 0) return 'the exploit returns no row'
  return parsed.kind === 'safe' && outcome.rows > 0
    ? `the exploit returns ${outcome.rows} rows`
    : null
}

/**
 * The schema, and a password for each login, since a file has none and the cluster asks for one.
 */
async function prepare(admin: pg.Client, schema: string): Promise<void> {
  await admin.query(schema)
  const { rows } = await admin.query<{ role: string }>(
    'select quote_ident(rolname) as role from pg_roles where rolcanlogin and rolname <> session_user',
  )
  await admin.query(rows.map(({ role }) => `alter role ${role} password '${password}'`).join(';'))
}

/** Mistakes in the statement itself: they say nothing about isolation. */
const mistakes = new Set([
  '42601',
  '42P01',
  '42703',
  '42883',
  '42704',
  '42P02',
  '28P01',
  '3D000',
  '22P02',
])

function refusalRefutes(
  parsed: CorpusCase,
  section: CorpusSection,
  refused: Refusal,
): string | null {
  const words = `${refused.code} ${refused.message}`
  if (section.kind !== 'exploit') return `${section.kind} fails: ${words}`
  if (parsed.kind === 'hole') return `the exploit fails: ${words}`
  return mistakes.has(refused.code) ? `the exploit is mistyped: ${words}` : null
}

interface Refusal {
  readonly code: string
  readonly message: string
}

interface Outcome {
  readonly rows: number
  readonly refused: Refusal | null
}

async function runSection(
  url: string,
  section: CorpusSection,
  gucs: readonly string[],
): Promise<Outcome> {
  const client = new pg.Client({
    connectionString: section.role === 'superuser' ? url : urlOf(url, { role: section.role }),
    application_name: 'corpus',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    if (section.state === 'recycled') await recycle(client, gucs)
    const results = [await client.query(section.sql)].flat()
    return { rows: results.at(-1)?.rows.length ?? 0, refused: null }
  } catch (error) {
    return {
      rows: 0,
      refused: {
        code: error instanceof pg.DatabaseError ? (error.code ?? '') : '',
        message: messageOf(error),
      },
    }
  } finally {
    await client.end()
  }
}

/**
 * After a transaction that had a context, a custom setting reads as the empty string for the rest
 * of the connection.
 */
async function recycle(client: pg.Client, gucs: readonly string[]): Promise<void> {
  await client.query('begin')
  for (const name of new Set(gucs))
    await client.query('select set_config($1, $2, true)', [name, '0'])
  await client.query('commit')
}

function urlOf(adminUrl: string, { role }: { readonly role?: string }): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  if (role !== undefined) Object.assign(url, { username: encodeURIComponent(role), password })
  return url.href
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

async function sweep(admin: pg.Client): Promise<void> {
  await admin.query(`drop database ${database} with (force)`)
  const { rows } = await admin.query<{ role: string }>(
    `select quote_ident(rolname) as role from pg_roles where rolname !~ '^pg_' and rolname <> current_user`,
  )
  for (const { role } of rows) await admin.query(`drop owned by ${role}; drop role ${role}`)
}
