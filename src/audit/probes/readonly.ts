/**
 * Probes on the database itself: READ ONLY transactions, statement and lock timeouts, no VOLATILE function, counts instead of rows.
 * Two tenants' keys are taken from the table of tenants or from the data; nothing else of a row leaves the server.
 */
import pg from 'pg'
import type { Abstention } from '../../base/finding.ts'
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import { settingsOf, type Context } from './clone-session.ts'
import { coverageKey, type ContextState, type Evidence, type ProbeCoverage } from './evidence.ts'
import type { ProbeResult } from './probe-clone.ts'
import { statements } from './read.ts'

const limits = "set local statement_timeout to '2s'; set local lock_timeout to '200ms'; set local idle_in_transaction_session_timeout to '10s'"

interface Reading {
  readonly subject: RuleSubject
  readonly client: pg.Client
  readonly session: JudgedSession
  readonly keys: ReadonlyMap<string, readonly string[]>
  readonly evidence: Evidence[]
  readonly coverage: ProbeCoverage
  abstain(object: string, reason: string): void
}

/** Probes the database itself. Roles other than the connection's own are taken on by SET ROLE. Throws TB_DATABASE_UNREACHABLE. */
export async function probeReadonly(subject: RuleSubject, { databaseUrl, signal }: { readonly databaseUrl: string; readonly signal: AbortSignal }): Promise<ProbeResult> {
  const coverage: ProbeCoverage = { tried: new Set(), slow: new Set(), probes: 0, states: new Set() }
  const evidence: Evidence[] = []
  const abstained = new Map<string, Abstention>()
  const abstain = (object: string, reason: string): void => void abstained.set(`${object} ${reason}`, { object, reason })
  for (const view of unreadViews(subject)) abstain(nameOf(view), 'No column of it is known to say whose a row is, and on a live database only such are counted: probe a clone.')
  for (const session of subject.sessions) {
    // A connection that never had a context, then the same one after it had.
    const client = await connect(databaseUrl)
    try {
      const keys = await keysOf(subject, client)
      const reading: Reading = { subject, client, session, keys, evidence, coverage, abstain }
      signal.throwIfAborted()
      await readState(reading, { state: 'none', connection: 'fresh', context: [] })
      const own = contextOf(subject, keys, 0)
      if (own.length > 0) await readState(reading, { state: 'own', connection: 'fresh', context: own })
      await readState(reading, { state: 'none', connection: 'recycled', context: [] })
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return { evidence, coverage, abstained: [...abstained.values()] }
}

/** Views over tenants' tables without a tenant's column of their own. */
function unreadViews({ lookup, model, sessions, privileges }: RuleSubject): readonly Relation[] {
  return lookup.catalogue.relations.filter((view) => (view.kind === 'v' || view.kind === 'm') && (model.tables.get(view.oid)?.axis.length ?? 0) === 0 && view.reads.some((oid) => model.tables.get(oid)?.kind !== 'shared') && sessions.some(({ role }) => privileges.reaches(role, view)))
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tenantbench audit', options: '-c default_transaction_read_only=on' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    throw new TenantbenchError('TB_DATABASE_UNREACHABLE', { detail: `${messageOf(error)}.`, cause: error })
  }
}

/** Two keys of each class, as the connection's own role sees them. */
async function keysOf({ model, lookup }: RuleSubject, client: pg.Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, readonly string[]>()
  for (const { relation, axis } of model.tables.values()) {
    const column = axis[0]
    if (column === undefined || (relation.kind !== 'r' && relation.kind !== 'p') || isVolatile(relation, { model, lookup })) continue
    const keyClass = model.classes.classOf(columnId(relation, column))
    if ((keys.get(keyClass)?.length ?? 0) >= 2) continue
    const found = await readOnly(client, null, `select distinct ${quoted(column)}::text as key from (select ${quoted(column)} from ${qualified(relation)} where ${quoted(column)} is not null limit 10000) sampled limit 2`)
    if (found !== null && found.length > (keys.get(keyClass)?.length ?? 0)) keys.set(keyClass, found.map(([key]) => String(key)))
  }
  return keys
}

function contextOf({ model }: RuleSubject, keys: ReadonlyMap<string, readonly string[]>, position: number): Context {
  return model.keySources.filter(({ source }) => source.setting !== 'role').flatMap(({ source, keyClass }) => {
    const value = keys.get(keyClass)?.[position]
    return value === undefined ? [] : [{ source, value }]
  })
}

/** Policies and views may call functions; one that is VOLATILE could do anything. */
function isVolatile(relation: Relation, { model, lookup }: Pick<RuleSubject, 'model' | 'lookup'>): boolean {
  const inPolicies = model.policies.filter((judged) => judged.relation.oid === relation.oid).flatMap(({ using }) => using?.lineage.functions ?? [])
  const inView = lookup.catalogue.functions.filter(({ name }) => relation.definition?.includes(`${name}(`) === true)
  return [...inPolicies, ...inView].some(({ volatility }) => volatility === 'v')
}

interface State {
  readonly state: ContextState
  readonly connection: 'fresh' | 'recycled'
  readonly context: Context
}

async function readState(reading: Reading, state: State): Promise<void> {
  const { subject, session, coverage } = reading
  coverage.states.add(`${state.connection} ${state.state}`)
  for (const { relation, axis, kind } of subject.model.tables.values()) {
    const column = axis[0]
    if (kind === 'shared' || column === undefined || relation.kind === 'f' || !subject.privileges.columns(session.role, relation, 'SELECT').includes(column)) continue
    if (isVolatile(relation, subject)) reading.abstain(nameOf(relation), 'Its policies or its definition call a VOLATILE function, which is not run on a live database.')
    else await readTable(reading, state, { relation, column })
  }
}

/** How many foreign rows a session sees: all of them without a context, those of others with one. */
async function readTable({ subject, client, session, keys, evidence, coverage, abstain }: Reading, { state, connection, context }: State, { relation, column }: { readonly relation: Relation; readonly column: string }): Promise<void> {
  const own = keys.get(subject.model.classes.classOf(columnId(relation, column)))?.[0]
  if (state === 'own' && own === undefined) return
  const foreign = state === 'own' ? `${quoted(column)}::text is distinct from ${literal(own ?? '')} and ${quoted(column)} is not null` : `${quoted(column)} is not null`
  const sql = `select count(*) filter (where ${foreign}), count(*) from (select ${quoted(column)} from ${qualified(relation)} limit 100000) sampled`
  coverage.probes++
  const rows = await readOnly(client, { session, context }, sql)
  if (rows === null) {
    abstain(nameOf(relation), `It could not be read as ${session.role} within the time limits, or at all.`)
    return
  }
  const [count, all] = (rows[0] ?? []).map(Number)
  if (state === 'own' && (all ?? 0) > 0) for (const kind of ['read', 'volume'] as const) coverage.tried.add(coverageKey(relation.oid, session, kind))
  if ((count ?? 0) > 0) evidence.push({ kind: 'read', oid: relation.oid, object: nameOf(relation), session, state, connection, owners: ['B'], seen: `${count} rows of other tenants`, sql: statements({ session }, { context, state, connection }, sql), detail: null })
}

/** One statement in a READ ONLY transaction of its own, as a role and in a context; null when it failed. */
async function readOnly(client: pg.Client, as: { readonly session: JudgedSession; readonly context: Context } | null, sql: string): Promise<readonly (readonly unknown[])[] | null> {
  try {
    await client.query('begin transaction read only')
    await client.query(limits)
    for (const [name, value] of settingsOf(as?.context ?? [])) await client.query('select set_config($1, $2, true)', [name, value])
    if (as !== null) await client.query(`set local role ${quoted(as.session.role)}`)
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows
  } catch {
    return null
  } finally {
    await client.query('rollback').catch(() => undefined)
  }
}
