/**
 * Probes on the database itself: as a role without powers, in READ ONLY transactions with statement
 * and lock limits, counts instead of rows. Policies and their helpers run as they do for the
 * application, with that role's rights only; nothing else is called, and what could run with more
 * rights is not read. What cannot be judged in this way is said, object by object.
 */
import pg from 'pg'
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import type { Abstention } from '../../base/finding.ts'
import { sqlState } from '../../db/pool.ts'
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { connectTimeoutMs, withOptions } from '../catalogue/quiet.ts'
import { signatureOf } from '../clone/structure.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import { settingsOf, type Context } from './clone-session.ts'
import { coverageKey, type ContextState, type Evidence, type ProbeCoverage } from './evidence.ts'
import type { ProbeResult } from './probe-clone.ts'
import { statements } from './read.ts'
import { readGate, refusePowerful } from './readonly-limits.ts'

const limits =
  "set local statement_timeout to '2s'; set local lock_timeout to '50ms'; set local " +
  "idle_in_transaction_session_timeout to '5s'"

/**
 * The longest that is waited for one statement on our side, should code of the database have lifted
 * its own limit.
 */
const queryTimeoutMs = 4_000

interface Reading {
  readonly subject: RuleSubject
  readonly databaseUrl: string
  readonly keys: ReadonlyMap<string, readonly string[]>
  readonly evidence: Evidence[]
  readonly coverage: ProbeCoverage
  abstain(object: string, reason: string): void
  /** Why a relation is not read, or null. */
  whyNotRead(relation: Relation): string | null
}

/** What is probed, and over which address. `databaseUrl` is a secret. */
export interface ReadonlyOptions {
  readonly databaseUrl: string
  readonly signal: AbortSignal
}

/**
 * Probes the database itself. Throws TB_PROBE_REFUSED for a connection with powers,
 * TB_DATABASE_UNREACHABLE.
 */
export async function probeReadonly(
  subject: RuleSubject,
  { databaseUrl, signal }: ReadonlyOptions,
): Promise<ProbeResult> {
  refusePowerful(subject)
  const coverage: ProbeCoverage = {
    tried: new Set(),
    slow: new Set(),
    probes: 0,
    states: new Set(),
  }
  const evidence: Evidence[] = []
  const abstained = new Map<string, Abstention>()
  // One reason an object: the first says most.
  const abstain = (object: string, reason: string): void => {
    if (!abstained.has(object)) abstained.set(object, { object, reason })
  }
  const whyNotRead = readGate(subject)
  const keys = await keysOf(subject, { databaseUrl, whyNotRead })
  const reading: Reading = { subject, databaseUrl, keys, evidence, coverage, abstain, whyNotRead }
  for (const session of subject.sessions) {
    if (!canBecome(subject, session)) {
      const { currentRole } = subject.lookup.catalogue
      abstain(
        `role ${session.role}`,
        `Not judged in readonly: ${currentRole} cannot become it. Connect as it, or GRANT ` +
          `${quoted(session.role)} TO ${quoted(currentRole)}.`,
      )
      continue
    }
    for (const relation of subject.lookup.catalogue.relations) {
      signal.throwIfAborted()
      await readSubject(reading, session, relation)
    }
    notJudged(reading, session)
  }
  return { evidence, coverage, abstained: [...abstained.values()], notes: [] }
}

function canBecome({ graph, lookup }: RuleSubject, { role }: JudgedSession): boolean {
  return graph.settable(lookup.catalogue.currentRole).has(role)
}

/** What only trying could tell, and is not tried here. */
function notJudged({ subject, abstain }: Reading, { role }: JudgedSession): void {
  const { lookup, privileges } = subject
  for (const relation of lookup.catalogue.relations) {
    const written =
      relation.kind !== 'S' &&
      (['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const).some((each) =>
        privileges.onTable(role, relation, each),
      )
    if (written) abstain(nameOf(relation), 'Its writes are not judged in readonly: probe a clone.')
  }
  for (const called of lookup.catalogue.functions) {
    if (privileges.canExecute(role, called))
      abstain(
        signatureOf(called),
        'Not judged in readonly, where functions are not called: probe a clone.',
      )
  }
}

/** Two keys of each class, as the connection's own role sees them. */
async function keysOf(
  subject: RuleSubject,
  { databaseUrl, whyNotRead }: Pick<Reading, 'databaseUrl' | 'whyNotRead'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { model, lookup, privileges } = subject
  const keys = new Map<string, readonly string[]>()
  for (const { relation, axis } of model.tables.values()) {
    const [column] = axis
    if (
      column === undefined ||
      (relation.kind !== 'r' && relation.kind !== 'p') ||
      whyNotRead(relation) !== null
    )
      continue
    if (!privileges.columns(lookup.catalogue.currentRole, relation, 'SELECT').includes(column))
      continue
    const keyClass = model.classes.classOf(columnId(relation, column))
    if ((keys.get(keyClass)?.length ?? 0) >= 2) continue
    const sampled =
      `select ${quoted(column)} from ${qualified(relation)} where ${quoted(column)} is ` +
      'not null limit 10000'
    const found = await withClient(databaseUrl, (live) =>
      readOnly(
        live,
        null,
        `select distinct ${quoted(column)}::pg_catalog.text as key from (${sampled}) sampled limit 2`,
      ),
    )
    if ('rows' in found && found.rows.length > (keys.get(keyClass)?.length ?? 0))
      keys.set(
        keyClass,
        found.rows.map(([key]) => String(key)),
      )
  }
  return keys
}

function contextOf({ model }: RuleSubject, keys: ReadonlyMap<string, readonly string[]>): Context {
  return model.keySources
    .filter(({ source }) => source.setting !== 'role')
    .flatMap(({ source, keyClass }) => {
      const value = keys.get(keyClass)?.[0]
      return value === undefined ? [] : [{ source, value }]
    })
}

interface State {
  readonly state: ContextState
  readonly connection: 'fresh' | 'recycled'
  readonly context: Context
}

const uncountable =
  'Not judged in readonly: no column of it that may be read is known to say whose a row is, ' +
  'and only such are counted. Probe a clone.'

/**
 * One relation over a connection of its own: before it had a context, with one, and after it had
 * one.
 */
async function readSubject(
  reading: Reading,
  session: JudgedSession,
  relation: Relation,
): Promise<void> {
  const { subject, keys, abstain, databaseUrl, coverage } = reading
  if (
    relation.kind === 'S' ||
    subject.privileges.columns(session.role, relation, 'SELECT').length === 0
  )
    return
  const column = subject.model.tables.get(relation.oid)?.axis[0]
  const isShared = subject.model.tables.get(relation.oid)?.kind === 'shared'
  if (isShared && relation.kind !== 'v' && relation.kind !== 'm' && relation.kind !== 'f') return
  const readable = subject.privileges.columns(session.role, relation, 'SELECT')
  const isCountable = column !== undefined && readable.includes(column)
  const reason =
    relation.kind === 'f'
      ? 'Not judged in readonly: its rows are on another server.'
      : (reading.whyNotRead(relation) ?? (isCountable ? null : uncountable))
  if (reason !== null) return abstain(nameOf(relation), reason)
  const own = contextOf(subject, keys)
  const states: readonly State[] = [
    { state: 'none', connection: 'fresh', context: [] },
    ...(own.length > 0
      ? [{ state: 'own' as const, connection: 'fresh' as const, context: own }]
      : []),
    { state: 'none', connection: 'recycled', context: [] },
  ]
  await withClient(databaseUrl, async (live) => {
    for (const state of states) {
      coverage.states.add(`${state.connection} ${state.state}`)
      if (!(await readTable(reading, { live, session, state, relation, column: column ?? '' })))
        return
    }
  })
  const isSeen = coverage.tried.has(coverageKey(relation.oid, session, 'read'))
  if (!isSeen)
    abstain(
      nameOf(relation),
      'Not judged in readonly: the connection sees no row of a tenant there that would show ' +
        'that a foreign one is missing.',
    )
}

interface Table {
  readonly live: Live
  readonly session: JudgedSession
  readonly state: State
  readonly relation: Relation
  readonly column: string
}

/**
 * How many foreign rows a session sees: all of them without a context, those of others with one.
 * False when it could not be read.
 */
async function readTable(
  reading: Reading,
  { live, session, state, relation, column }: Table,
): Promise<boolean> {
  const { subject, keys, evidence, coverage, abstain } = reading
  const own = keys.get(subject.model.classes.classOf(columnId(relation, column)))?.[0]
  if (state.state === 'own' && own === undefined) return true
  const isSet = `${quoted(column)} is not null`
  const foreign =
    state.state === 'own'
      ? `${quoted(column)}::pg_catalog.text is distinct from ${literal(own ?? '')} and ${isSet}`
      : isSet
  const sql =
    `select pg_catalog.count(*) filter (where ${foreign}), pg_catalog.count(*) from ` +
    `(select ${quoted(column)} from ${qualified(relation)} limit 100000) sampled`
  coverage.probes++
  const read = await readOnly(live, { session, context: state.context }, sql)
  if (!('rows' in read)) {
    abstain(nameOf(relation), read.failed)
    return false
  }
  const [count, all] = (read.rows[0] ?? []).map(Number)
  if (state.state === 'own' && (all ?? 0) > (count ?? 0))
    for (const kind of ['read', 'volume'] as const)
      coverage.tried.add(coverageKey(relation.oid, session, kind))
  if ((count ?? 0) > 0) {
    coverage.tried.add(coverageKey(relation.oid, session, 'read'))
    const seen = {
      kind: 'read' as const,
      oid: relation.oid,
      object: nameOf(relation),
      session,
      owners: ['B'],
      seen: `${count} rows of other tenants`,
      detail: null,
    }
    evidence.push({
      ...seen,
      state: state.state,
      connection: state.connection,
      sql: statements({ session }, state, sql),
    })
  }
  return true
}

type Read = { readonly rows: readonly (readonly unknown[])[] } | { readonly failed: string }

/** A connection, and whether a statement went on beyond the time that we wait. */
interface Live {
  readonly client: pg.Client
  isStuck: boolean
}

/** What the driver says of a statement that it no longer waits for. */
const waitedLongEnough = 'Query read timeout'

/** One statement in a READ ONLY transaction, as a role and in a context. */
async function readOnly(
  live: Live,
  as: { readonly session: JudgedSession; readonly context: Context } | null,
  sql: string,
): Promise<Read> {
  const { client } = live
  try {
    if (live.isStuck)
      return { failed: 'Not judged in readonly: an earlier statement did not end in time.' }
    await client.query('begin transaction read only')
    await client.query(limits)
    for (const [name, value] of settingsOf(as?.context ?? []))
      await client.query('select pg_catalog.set_config($1, $2, true)', [name, value])
    if (as !== null) await client.query(`set local role ${quoted(as.session.role)}`)
    return { rows: (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows }
  } catch (error) {
    const locked = sqlState(error) === '55P03'
    if (messageOf(error) === waitedLongEnough) live.isStuck = true
    return {
      failed: locked
        ? 'Not judged: locked by another session.'
        : `Not judged in readonly: it could not be read (${messageOf(error)}).`,
    }
  } finally {
    if (!live.isStuck) await client.query('rollback').catch(() => undefined)
  }
}

/**
 * A connection of its own, ended whatever happened: code of the database may have left locks and
 * settings in it.
 */
async function withClient<T>(databaseUrl: string, work: (live: Live) => Promise<T>): Promise<T> {
  const live: Live = { client: await connected(databaseUrl), isStuck: false }
  try {
    return await work(live)
  } finally {
    const { processID } = live.client as unknown as { readonly processID: number }
    const ended = live.client.end().catch(() => undefined)
    // Whoever lifted the time limit is still running; a session may end another one of its own
    // role.
    if (live.isStuck) await endBackend(databaseUrl, processID)
    await ended
  }
}

/** As well as that can be done: what was read, and why not, is told in any case. */
async function endBackend(databaseUrl: string, processId: number): Promise<void> {
  const other = await connected(databaseUrl).catch(() => null)
  await other
    ?.query('select pg_catalog.pg_terminate_backend($1)', [processId])
    .catch(() => undefined)
  await other?.end().catch(() => undefined)
}

async function connected(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withOptions(databaseUrl, '-c default_transaction_read_only=on'),
    application_name: 'tenantbench audit',
    query_timeout: queryTimeoutMs,
    connectionTimeoutMillis: connectTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    throw new TenantbenchError('TB_DATABASE_UNREACHABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
}
