/**
 * `rls.wrong-tenant-is-empty`: whoever asks with a wrong tenant id gets an empty set, with the
 * application's filter and without it, by every command, in every role. Each attempt is a
 * transaction that is rolled back. Only "permission denied" (SQLSTATE 42501) counts as blocked; any
 * other error says nothing. A table in which not even the right tenant sees a row is not covered.
 * Writes are tried blind as well: a statement that reads a column is held to the policies for
 * reading, which can hide a hole in those for writing.
 */
import pg from 'pg'
import { messageOf } from '../../src/base/errors.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import type { Database, Row } from '../../src/index.ts'

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
  readonly signal?: AbortSignal
}

const commands = ['select', 'insert', 'update', 'delete', 'truncate'] as const
type Command = (typeof commands)[number]

/**
 * What the operator may do to all tenants by design (DESIGN law 10): keep accounts and placements.
 * Everything else is tried.
 */
const operatorMay: Readonly<Record<string, readonly Command[]>> = {
  tenants: ['select', 'insert', 'update'],
  placements: ['select', 'insert', 'update'],
  tenant_configs: ['select', 'insert', 'update'],
  tenant_config_history: ['select', 'insert'],
  effective_tenant_configs: ['select'],
  namespace_sizes: ['select'],
  usage_events: ['select'],
  charges: ['select', 'insert'],
  ledger: ['select', 'insert'],
  postings: ['select', 'insert'],
  ledger_counterparts: ['select', 'insert'],
}

interface Relation {
  readonly name: string
  readonly isView: boolean
  /**
   * Columns outside every key: what a blind update sets, one at a time, because rights may be given
   * by column.
   */
  readonly columns: readonly string[]
  /** A row of the owner, as JSON: what an insert tries to write. */
  readonly sample: string | null
}

interface Attempt {
  readonly role: RoleUnderTest['role']
  readonly relation: Relation
  readonly command: Command
  /** The tenant id that the session says it is; null says nothing. */
  readonly context: string | null
  /**
   * With the application's own `where tenant_id = ...`, with another one, or a write that reads
   * nothing at all.
   */
  readonly way: 'filtered' | 'unfiltered' | 'blind'
  /** The column that a blind update sets. */
  readonly column: string | null
}

type Outcome =
  | { readonly kind: 'empty' | 'blocked' }
  | { readonly kind: 'crossed'; readonly rows: number }
  | { readonly kind: 'error'; readonly message: string }

/** Tries everything. */
export async function checkWrongTenant(options: WrongTenantOptions): Promise<CheckResult> {
  const id = 'rls.wrong-tenant-is-empty'
  const app = options.roles.find(({ role }) => role === 'app')
  if (app === undefined)
    return { id, verdict: 'inconclusive', evidence: 'There is no application role to try.' }
  await using sessions = new AsyncDisposableStack()
  const relations = await relationsOf(options, await openSession(app, sessions))
  const results: { attempt: Attempt; outcome: Outcome }[] = []
  for (const role of options.roles) {
    const session = await openSession(role, sessions)
    for (const attempt of attemptsOf(role, relations, options)) {
      options.signal?.throwIfAborted()
      results.push({ attempt, outcome: await tryOut(session, attempt, options) })
    }
  }
  return judge(results, relations)
}

/**
 * A role with a connection on which no tenant id is ever set: there the setting is NULL, on one
 * that was used before it is ''.
 */
interface Session extends RoleUnderTest {
  readonly silent: pg.Client
}

async function openSession(role: RoleUnderTest, opened: AsyncDisposableStack): Promise<Session> {
  const silent = new pg.Client({ ...role.database.pool.options })
  silent.on('error', () => undefined)
  opened.defer(() => silent.end().catch(() => undefined))
  await silent.connect()
  return { ...role, silent }
}

function attemptsOf(
  { role }: RoleUnderTest,
  relations: readonly Relation[],
  { other }: WrongTenantOptions,
): readonly Attempt[] {
  // The operator is no tenant: a context changes nothing for it.
  const contexts =
    role === 'operator' ? [null] : [other, 'nobody-of-that-name', '', "' or true --", null]
  return relations.flatMap((relation) =>
    commands
      .filter((command) => isTried(role, relation, command))
      .flatMap((command) =>
        contexts.flatMap((context) =>
          waysOf(relation, command).map((way): Attempt => ({
            role,
            relation,
            command,
            context,
            ...way,
          })),
        ),
      ),
  )
}

/** An owner may always empty its own table; a view is only read. */
function isTried(
  role: RoleUnderTest['role'],
  { name, isView }: Relation,
  command: Command,
): boolean {
  if (isView && command !== 'select') return false
  if (role === 'operator') return !(operatorMay[name] ?? []).includes(command)
  return !(role === 'owner' && command === 'truncate')
}

function waysOf(
  { columns }: Relation,
  command: Command,
): readonly Pick<Attempt, 'way' | 'column'>[] {
  const [filtered, unfiltered] = [
    { way: 'filtered', column: null },
    { way: 'unfiltered', column: null },
  ] as const
  switch (command) {
    case 'select':
      return [filtered, unfiltered]
    case 'insert':
    case 'truncate':
      return [{ way: 'blind', column: null }]
    case 'delete':
      return [filtered, unfiltered, { way: 'blind', column: null }]
    case 'update':
      return [
        filtered,
        unfiltered,
        ...['tenant_id', ...columns].map((column) => ({ way: 'blind', column }) as const),
      ]
  }
}

/** Every table and view with a tenant_id, with a row of the owner's as the application sees it. */
async function relationsOf(
  { roles, owner }: WrongTenantOptions,
  app: Session,
): Promise<readonly Relation[]> {
  const reader = roles.find(({ role }) => role === 'operator') ?? app
  const { rows } = await reader.database.query<{
    name: string
    isView: boolean
    columns: readonly string[]
  }>(
    `select relname as name, relkind in ('v', 'm') as "isView", array(
       select attname::text from pg_attribute as others where others.attrelid = pg_class.oid
         and others.attnum > 0 and not others.attisdropped and others.attgenerated = ''
         and others.attname <> 'tenant_id' and not exists (select from pg_index
           where indrelid = pg_class.oid and indisunique and others.attnum = any(indkey))
         and not exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'f'
           and others.attnum = any(conkey)) order by attnum) as columns
     from pg_class join pg_attribute on attrelid = pg_class.oid
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
       and attname = 'tenant_id' order by relname`,
  )
  const samples = rows.map(async ({ name, isView, columns }): Promise<Relation> => {
    const found = await inContext(app, owner, {
      text: `select to_jsonb(found)::text as sample from ${quoted(name)} as found limit 1`,
      values: [],
    })
    const first = found.rows[0]?.['sample']
    return { name, isView, columns, sample: typeof first === 'string' ? first : null }
  })
  return Promise.all(samples)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

interface Statement {
  readonly text: string
  readonly values: readonly string[]
}

/**
 * With the filter the owner's rows are asked for by name; without it everything that is not the
 * asker's own; blind all there is.
 */
function statementOf(
  { relation, command, context, way, column }: Attempt,
  { owner, other }: WrongTenantOptions,
): Statement {
  const table = quoted(relation.name)
  const where =
    way === 'blind'
      ? ''
      : way === 'filtered'
        ? 'where tenant_id = $1'
        : context === null
          ? ''
          : 'where tenant_id <> $1'
  const values = where === '' ? [] : way === 'filtered' ? [owner] : [context ?? '']
  const row = `jsonb_populate_record(null::${table}, $1::jsonb)`
  switch (command) {
    case 'select':
      return { text: `select tenant_id from ${table} ${where} limit 100`, values }
    case 'update':
      if (column === null)
        return { text: `update ${table} set tenant_id = tenant_id ${where}`, values }
      // Rows are moved to the asker where it is a tenant; what is no tenant id at all would break
      // the rule for ids, and say nothing.
      if (column === 'tenant_id')
        return {
          text: `update ${table} set tenant_id = $1`,
          values: [context === other ? other : owner],
        }
      return {
        text: `update ${table} set ${quoted(column)} = (select found.${quoted(column)} from ${row} as found)`,
        values: [relation.sample ?? '{}'],
      }
    case 'delete':
      return { text: `delete from ${table} ${where}`, values }
    case 'insert':
      return {
        text: `insert into ${table} select * from ${row}`,
        values: [relation.sample ?? '{}'],
      }
    case 'truncate':
      return { text: `truncate ${table} cascade`, values: [] }
  }
}

async function tryOut(
  role: Session,
  attempt: Attempt,
  options: WrongTenantOptions,
): Promise<Outcome> {
  const { relation, command, context, way } = attempt
  if (relation.sample === null && way === 'blind' && command !== 'truncate' && command !== 'delete')
    return { kind: 'empty' }
  try {
    const { rowCount } = await inContext(role, context, statementOf(attempt, options))
    if (command === 'truncate') return { kind: 'crossed', rows: 1 }
    // A blind write of a real tenant may reach its own rows, and no other.
    const own =
      way === 'blind' && command !== 'insert' && context === options.other
        ? await ownRows(role, relation, context)
        : 0
    return rowCount <= own ? { kind: 'empty' } : { kind: 'crossed', rows: rowCount - own }
  } catch (error) {
    const state =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
    if (state === '42501') return { kind: 'blocked' }
    // A row that breaks a rule of the table was let through by row security first; a tenant's own
    // rows may break one by themselves.
    const isForeign =
      command === 'insert' ||
      way !== 'blind' ||
      context !== options.other ||
      attempt.column === 'tenant_id'
    return state.startsWith('23') && isForeign
      ? { kind: 'crossed', rows: 1 }
      : { kind: 'error', message: messageOf(error) }
  }
}

async function ownRows(role: Session, { name }: Relation, context: string): Promise<number> {
  const { rows } = await inContext(role, context, {
    text: `select count(*)::int as own from ${quoted(name)}`,
    values: [],
  })
  return Number(rows[0]?.['own'] ?? 0)
}

async function inContext(
  session: Session,
  context: string | null,
  { text, values }: Statement,
): Promise<{ readonly rows: readonly Row[]; readonly rowCount: number }> {
  const pooled = context === null ? null : await session.database.pool.connect()
  const client: pg.ClientBase = pooled ?? session.silent
  try {
    await client.query('begin')
    if (session.become !== null) await client.query(`set local role ${quoted(session.become)}`)
    if (context !== null)
      await client.query("select set_config('tenantbench.tenant_id', $1, true)", [context])
    const { rows, rowCount } = await client.query<Row>(text, [...values])
    return { rows, rowCount: rowCount ?? 0 }
  } finally {
    await client.query('rollback').catch(() => undefined)
    pooled?.release()
  }
}

const mostNamed = 4

function judge(
  results: readonly { readonly attempt: Attempt; readonly outcome: Outcome }[],
  relations: readonly Relation[],
): CheckResult {
  const id = 'rls.wrong-tenant-is-empty'
  const crossed = results.flatMap(({ attempt, outcome }) =>
    outcome.kind === 'crossed' ? [attempt] : [],
  )
  const errors = results.flatMap(({ attempt, outcome }) =>
    outcome.kind === 'error' ? [`${said(attempt)}: ${outcome.message}`] : [],
  )
  const uncovered = relations.filter(({ sample }) => sample === null).map(({ name }) => name)
  const list = (all: readonly string[]): string =>
    `${all.slice(0, mostNamed).join('; ')}${all.length > mostNamed ? `; and ${all.length - mostNamed} more` : ''}`
  if (crossed.length > 0) {
    const read = crossed.filter(({ command }) => command === 'select')
    return {
      id,
      verdict: read.length > 0 ? 'leak' : 'fail',
      evidence:
        `${crossed.length} of ${results.length} attempts with a wrong tenant id got ` +
        `through: ${list((read.length > 0 ? read : crossed).map(said))}.`,
    }
  }
  if (errors.length > 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence:
        `${errors.length} of ${results.length} attempts ended in an error, which proves ` +
        `nothing: ${list(errors)}.`,
    }
  if (relations.length === 0 || uncovered.length > 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence:
        'Not even the right tenant sees a row in ' +
        `${uncovered.length === 0 ? 'any table' : uncovered.join(', ')}: an empty set ` +
        'proves nothing there.',
    }
  const blocked = results.filter(({ outcome }) => outcome.kind === 'blocked').length
  const byRole = [...Map.groupBy(results, ({ attempt }) => attempt.role)].map(
    ([role, tried]) => `${tried.length} as ${role}`,
  )
  return {
    id,
    verdict: 'pass',
    evidence:
      `${results.length} attempts with a wrong tenant id (other, unknown, empty, ` +
      `garbage, none; with the application's filter, without, and blind; ` +
      `${commands.join(', ')}) on ${relations.length} tables and views, ` +
      `${byRole.join(', ')}: ${results.length - blocked} empty sets, ${blocked} denied, ` +
      `0 foreign rows. The right tenant saw rows in all ${relations.length}.`,
  }
}

function said({ role, relation, command, context, way, column }: Attempt): string {
  const as = context === null ? 'without a tenant id' : `as ${JSON.stringify(context)}`
  const how =
    way === 'filtered'
      ? ' with the filter'
      : way === 'unfiltered'
        ? ' without the filter'
        : command === 'insert' || command === 'truncate'
          ? ''
          : column === null
            ? ' blind'
            : ` blind, setting ${column}`
  return `${role} ${command} ${relation.name} ${as}${how}`
}
