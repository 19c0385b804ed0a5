/**
 * `rls.wrong-tenant-is-empty`: whoever asks with a wrong tenant id gets an empty set, with the application's filter and without it,
 * by every command, in every role. Each attempt is a transaction that is rolled back. Only "permission denied" (SQLSTATE 42501)
 * counts as blocked; any other error says nothing. A table in which not even the right tenant sees a row is not covered.
 */
import { messageOf } from '../../../src/base/errors.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import type { Database, Row } from '../../../src/index.ts'

/** A login, or a role that a login can become. */
export interface RoleUnderTest {
  readonly role: 'app' | 'operator' | 'owner'
  readonly database: Database
  /** The role to become, where nobody logs in as it. */
  readonly become: string | null
}

/** Two tenants with rows, and the roles to try. */
export interface WrongTenantOptions {
  readonly roles: readonly RoleUnderTest[]
  /** Whose rows must not be seen, and who tries to. */
  readonly owner: string
  readonly other: string
}

const commands = ['select', 'insert', 'update', 'delete'] as const
type Command = (typeof commands)[number]

/** What the operator sees of all tenants by design (DESIGN law 10): accounts and placements. Everything else is content. */
const operatorReads = new Set(['tenants', 'placements', 'namespace_sizes', 'usage_events', 'charges', 'ledger', 'tenant_configs', 'tenant_config_history', 'effective_tenant_configs'])

interface Relation {
  readonly name: string
  readonly isView: boolean
  /** A row of the owner, as JSON: what an insert tries to write. */
  readonly sample: string | null
}

interface Attempt {
  readonly role: RoleUnderTest['role']
  readonly relation: Relation
  readonly command: Command
  /** The tenant id that the session says it is; null says nothing. */
  readonly context: string | null
  /** Whether the application's own `where tenant_id = ...` is there. */
  readonly filtered: boolean
}

type Outcome = { readonly kind: 'empty' | 'blocked' } | { readonly kind: 'crossed'; readonly rows: number } | { readonly kind: 'error'; readonly message: string }

/** Tries everything. */
export async function checkWrongTenant(options: WrongTenantOptions): Promise<CheckResult> {
  const id = 'rls.wrong-tenant-is-empty'
  const app = options.roles.find(({ role }) => role === 'app')
  if (app === undefined) return { id, verdict: 'inconclusive', evidence: 'There is no application role to try.' }
  const relations = await relationsOf(options)
  const results: { attempt: Attempt; outcome: Outcome }[] = []
  for (const role of options.roles) {
    for (const attempt of attemptsOf(role, relations, options)) results.push({ attempt, outcome: await tryOut(role, attempt, options) })
  }
  return judge(results, relations)
}

function attemptsOf({ role }: RoleUnderTest, relations: readonly Relation[], { other }: WrongTenantOptions): readonly Attempt[] {
  // The operator is no tenant: a context changes nothing for it, and its accounts are its to read.
  const contexts = role === 'operator' ? [null] : [other, 'nobody-of-that-name', '', "' or true --", null]
  return relations
    .filter(({ name }) => role !== 'operator' || !operatorReads.has(name))
    .flatMap((relation) =>
      commands.filter((command) => command === 'select' || !relation.isView).flatMap((command) => contexts.flatMap((context) => [true, false].map((filtered): Attempt => ({ role, relation, command, context, filtered })))),
    )
    .filter(({ command, filtered }) => command !== 'insert' || filtered)
}

/** Every table and view with a tenant_id, with a row of the owner's as the application sees it. */
async function relationsOf({ roles, owner }: WrongTenantOptions): Promise<readonly Relation[]> {
  const reader = roles.find(({ role }) => role === 'operator') ?? roles[0]
  const app = roles.find(({ role }) => role === 'app')
  if (reader === undefined || app === undefined) return []
  const { rows } = await reader.database.query<{ name: string; isView: boolean }>(
    `select relname as name, relkind in ('v', 'm') as "isView" from pg_class join pg_attribute on attrelid = pg_class.oid
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and attname = 'tenant_id' order by relname`,
  )
  const samples = rows.map(async ({ name, isView }): Promise<Relation> => {
    const found = await inContext(app, owner, { text: `select to_jsonb(found)::text as sample from ${quoted(name)} as found limit 1`, values: [] })
    const first = found.rows[0]?.['sample']
    return { name, isView, sample: typeof first === 'string' ? first : null }
  })
  return Promise.all(samples)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** With the filter the owner's rows are asked for by name; without it everything that is not the asker's own. */
function statementOf({ relation, command, context, filtered }: Attempt, { owner }: WrongTenantOptions): { readonly text: string; readonly values: readonly string[] } {
  const table = quoted(relation.name)
  const where = filtered ? 'where tenant_id = $1' : context === null ? '' : 'where tenant_id <> $1'
  const values = filtered ? [owner] : context === null ? [] : [context]
  switch (command) {
    case 'select':
      return { text: `select tenant_id from ${table} ${where} limit 100`, values }
    case 'update':
      return { text: `update ${table} set tenant_id = tenant_id ${where}`, values }
    case 'delete':
      return { text: `delete from ${table} ${where}`, values }
    case 'insert':
      return { text: `insert into ${table} select * from jsonb_populate_record(null::${table}, $1::jsonb)`, values: [relation.sample ?? '{}'] }
  }
}

async function tryOut(role: RoleUnderTest, attempt: Attempt, options: WrongTenantOptions): Promise<Outcome> {
  if (attempt.command === 'insert' && attempt.relation.sample === null) return { kind: 'empty' }
  try {
    const { rowCount } = await inContext(role, attempt.context, statementOf(attempt, options))
    return rowCount === 0 ? { kind: 'empty' } : { kind: 'crossed', rows: rowCount }
  } catch (error) {
    const state = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
    if (state === '42501') return { kind: 'blocked' }
    // A row that breaks a rule of the table was let through by row security first.
    return state.startsWith('23') ? { kind: 'crossed', rows: 1 } : { kind: 'error', message: messageOf(error) }
  }
}

async function inContext({ database, become }: RoleUnderTest, context: string | null, { text, values }: { readonly text: string; readonly values: readonly string[] }): Promise<{ readonly rows: readonly Row[]; readonly rowCount: number }> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    if (become !== null) await client.query(`set local role ${quoted(become)}`)
    if (context !== null) await client.query("select set_config('tenantbench.tenant_id', $1, true)", [context])
    const { rows, rowCount } = await client.query<Row>(text, [...values])
    return { rows, rowCount: rowCount ?? 0 }
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}

const mostNamed = 4

function judge(results: readonly { readonly attempt: Attempt; readonly outcome: Outcome }[], relations: readonly Relation[]): CheckResult {
  const id = 'rls.wrong-tenant-is-empty'
  const crossed = results.flatMap(({ attempt, outcome }) => (outcome.kind === 'crossed' ? [attempt] : []))
  const errors = results.flatMap(({ attempt, outcome }) => (outcome.kind === 'error' ? [`${said(attempt)}: ${outcome.message}`] : []))
  const uncovered = relations.filter(({ sample }) => sample === null).map(({ name }) => name)
  const list = (all: readonly string[]): string => `${all.slice(0, mostNamed).join('; ')}${all.length > mostNamed ? `; and ${all.length - mostNamed} more` : ''}`
  if (crossed.length > 0) {
    const read = crossed.filter(({ command }) => command === 'select')
    return { id, verdict: read.length > 0 ? 'leak' : 'fail', evidence: `${crossed.length} of ${results.length} attempts with a wrong tenant id got through: ${list((read.length > 0 ? read : crossed).map(said))}.` }
  }
  if (errors.length > 0) return { id, verdict: 'inconclusive', evidence: `${errors.length} of ${results.length} attempts ended in an error, which proves nothing: ${list(errors)}.` }
  if (relations.length === 0 || uncovered.length > 0) return { id, verdict: 'inconclusive', evidence: `Not even the right tenant sees a row in ${uncovered.length === 0 ? 'any table' : uncovered.join(', ')}: an empty set proves nothing there.` }
  const blocked = results.filter(({ outcome }) => outcome.kind === 'blocked').length
  const roles = [...new Set(results.map(({ attempt }) => attempt.role))]
  return { id, verdict: 'pass', evidence: `${results.length} attempts with a wrong tenant id (other, unknown, empty, garbage, none; with the application's filter and without; ${commands.join(', ')}) on ${relations.length} tables and views as ${roles.join(', ')}: ${results.length - blocked} empty sets, ${blocked} denied, 0 rows. The right tenant saw rows in all ${relations.length}.` }
}

function said({ role, relation, command, context, filtered }: Attempt): string {
  const as = context === null ? 'without a tenant id' : `as ${JSON.stringify(context)}`
  return `${role} ${command} ${relation.name} ${as}${command === 'insert' ? '' : filtered ? ' with the filter' : ' without the filter'}`
}
