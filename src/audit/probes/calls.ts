/**
 * Calls every function the session may execute, with its own keys, with another tenant's, and looks
 * at all that comes back.
 */
import { nameOf, type DatabaseFunction, type Relation } from '../catalogue/catalogue.ts'
import { isTable, signatureOf } from '../clone/structure.ts'
import { reachesOut } from '../clone/reaching-out.ts'
import { basesOf, tablesIn } from '../rules/objects/views.ts'
import { bodyOf, rowScope, scopeInside } from '../sql/lineage.ts'
import { comparisonsIn } from '../sql/comparisons.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import type { Outcome } from './clone-session.ts'
import { coverageKey, type Evidence, type EvidenceKind } from './evidence.ts'
import { readAll, statements } from './read.ts'
import { foreignIn, isUnjudged, textOf, unsaidOwners, type ProbeSubject } from './subject.ts'
import { ownState } from './own-state.ts'

/** Calls what may be called. What could reach out of the database is abstained from, by name. */
export async function probeCalls(subject: ProbeSubject): Promise<void> {
  for (const called of subject.lookup.catalogue.functions) {
    if (!isCallable(called) || !subject.privileges.canExecute(subject.session.role, called))
      continue
    const reaching = reachesOut(called, subject.lookup)
    if (reaching !== null) {
      subject.abstain(
        `${nameOf(called)}(${called.identityArguments})`,
        `It is not called: ${reaching}.`,
      )
      continue
    }
    await probeCall(subject, called)
  }
}

function isCallable({ kind, returns, language, trustedLanguage }: DatabaseFunction): boolean {
  return (
    (kind === 'f' || kind === 'p') &&
    !['trigger', 'event_trigger', 'internal', 'language_handler', 'fdw_handler'].includes(
      returns,
    ) &&
    trustedLanguage &&
    language !== 'internal'
  )
}

/** A tenants' table that a function uses and where nothing foreign could come back; null is none. */
function withoutForeignRows(
  { lookup, model, seeding }: ProbeSubject,
  called: DatabaseFunction,
): string | null {
  const used = tablesIn(called, { lookup }).flatMap((each) =>
    each.kind === 'v' ? basesOf({ lookup }, each) : [each],
  )
  const empty = used.find(
    (each) =>
      isTable(each) &&
      (model.tables.get(each.oid)?.kind ?? 'shared') !== 'shared' &&
      seeding.planted.get(each.oid)?.has('B') !== true,
  )
  return empty === undefined ? null : nameOf(empty)
}

type WhoseKeys = 'A' | 'B'

/** Of what a function returns no more is read. */
const mostRows = 1_000

async function probeCall(subject: ProbeSubject, called: DatabaseFunction): Promise<void> {
  const empty = withoutForeignRows(subject, called)
  if (empty !== null)
    subject.abstain(
      signatureOf(called),
      `It uses ${empty}, in which no row of another tenant could be planted.`,
    )
  const leaked = await callWith(subject, called, 'A')
  if (leaked || called.argumentTypes.length === 0) return
  await callWith(subject, called, 'B')
}

/** Calls once; true when something foreign came back. */
async function callWith(
  subject: ProbeSubject,
  called: DatabaseFunction,
  whose: WhoseKeys,
): Promise<boolean> {
  const { clone, coverage, session } = subject
  const proves = withoutForeignRows(subject, called) === null
  let seen = false
  for (const values of argumentsFor(subject, called, whose)) {
    if (seen || coverage.slow.has(called.oid)) break
    const call = `${qualified(called)}(${values.join(', ')})`
    const sql = called.kind === 'p' ? `call ${call}` : `select * from ${call} limit ${mostRows}`
    coverage.probes++
    await clone.rolledBack(async () => {
      const before = await foreignRows(subject, called)
      const outcome = await callOnPath(subject, called, sql)
      if (isUnjudged(subject, called, outcome)) return
      if (
        proves &&
        (outcome.error === null ||
          outcome.error.state === '42501' ||
          outcome.error.state.startsWith('P0'))
      )
        for (const kind of [
          'call',
          'call-sets-context',
          'side-write',
          ...(whose === 'B' || called.argumentTypes.length === 0 ? ['call-with-key' as const] : []),
        ] as const)
          coverage.tried.add(coverageKey(called.oid, session, kind))
      const text = [textOf(outcome.rows), outcome.error?.text ?? '', ...outcome.notices].join('\n')
      // A key that was handed in is no news when it comes back.
      const foreign = unsaidOwners(subject, text, sql)
      const see = (kind: EvidenceKind, what: string): void => {
        seen = true
        subject.saw({
          kind,
          oid: called.oid,
          object: nameOf(called),
          session,
          state: 'own',
          connection: 'recycled',
          owners: foreign.length > 0 ? foreign : ['B'],
          seen: what.slice(0, 300),
          sql: statements(subject, ownState(subject), sql),
          detail: null,
        })
      }
      if (foreign.length > 0) see(whose === 'A' ? 'call' : 'call-with-key', text.trim())
      else if (outcome.error === null && setsContext(called, subject)) await lookAgain(subject, see)
      if (outcome.error === null && called.volatility === 'v')
        await wroteForeign(subject, called, { before, see })
    })
  }
  return seen
}

const notFound = new Set(['42P01', '42883'])

/**
 * Unqualified names mean what the application's search path says; where the usual one does not find
 * them, all schemas are on it.
 */
async function callOnPath(
  { clone, lookup }: ProbeSubject,
  called: DatabaseFunction,
  sql: string,
): Promise<Outcome> {
  await clone.run('savepoint call')
  const outcome = await clone.run(sql)
  if (outcome.error === null || !notFound.has(outcome.error.state)) return outcome
  await clone.run('rollback to savepoint call')
  const schemas = [
    called.schema,
    ...lookup.catalogue.schemas.map(({ name }) => name).filter((name) => name !== called.schema),
  ]
  await clone.run(`set local search_path to ${schemas.map(quoted).join(', ')}`)
  return clone.run(sql)
}

/**
 * After a call that sets the session's context, the same session must still see its own rows only.
 */
async function lookAgain(
  subject: ProbeSubject,
  see: (kind: EvidenceKind, what: string) => void,
): Promise<void> {
  const found: Evidence[] = []
  await readAll({ ...subject, saw: (evidence) => void found.push(evidence) }, ownState(subject))
  const opened = found.find(({ kind, owners }) => kind === 'read' && owners.includes('B'))
  if (opened !== undefined)
    see('call-sets-context', `after it ${opened.object} shows ${opened.seen}`)
}

/** Rows of B that a call changed although the session is A's. */
async function wroteForeign(
  subject: ProbeSubject,
  called: DatabaseFunction,
  {
    before,
    see,
  }: {
    readonly before: ReadonlyMap<number, number>
    readonly see: (kind: EvidenceKind, what: string) => void
  },
): Promise<void> {
  if (!called.definer) return
  const after = await foreignRows(subject, called)
  for (const [oid, count] of before)
    if ((after.get(oid) ?? 0) < count)
      see(
        called.argumentTypes.length > 0 ? 'call-with-key' : 'side-write',
        `it deleted ${count - (after.get(oid) ?? 0)} row(s) of B`,
      )
  for (const relation of writtenBy(called, subject)) {
    const changed = await subject.clone.observe({ relation, written: true })
    const foreign = foreignIn(subject, textOf(changed.rows), ['A'])
    if (foreign.length > 0)
      see('side-write', `it wrote ${textOf(changed.rows).slice(0, 160)} into ${nameOf(relation)}`)
  }
}

/** How many rows of B each table holds that a definer function deletes from. */
async function foreignRows(
  subject: ProbeSubject,
  called: DatabaseFunction,
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>()
  if (!called.definer || !/\b(delete|truncate|merge)\b/i.test(called.source)) return counts
  for (const relation of writtenBy(called, subject)) {
    const { rows } = await subject.clone.observe({ relation })
    counts.set(
      relation.oid,
      rows.filter((row) => subject.marks.ownersIn(textOf([row])).has('B')).length,
    )
  }
  return counts
}

/** Tables that the statements of a function write. */
export function writtenBy(
  called: DatabaseFunction,
  { lookup }: Pick<ProbeSubject, 'lookup'>,
): readonly NonNullable<ReturnType<typeof lookup.relationNamed>>[] {
  const inside = scopeInside(called, [], rowScope(lookup, null))
  if (inside === null) return []
  const names = bodyOf(called, inside).statements.flatMap(({ statement }) => [
    ...JSON.stringify(statement).matchAll(
      /"(?:InsertStmt|UpdateStmt|DeleteStmt|MergeStmt)":\{"relation":\{(?:"schemaname":"([^"]+)",)?"relname":"([^"]+)"/g,
    ),
  ])
  const written = names.flatMap(
    ([, schema, name]) => lookup.relationNamed(name ?? '', schema ?? null) ?? [],
  )
  // What is written through a view is seen in the tables below it.
  const below = written.flatMap((relation) =>
    relation.kind === 'v'
      ? relation.reads.flatMap((oid) => lookup.relation(oid) ?? [])
      : [relation],
  )
  return [...new Set(below)].filter(isTable)
}

/** Whether a function, or one that it calls, sets a setting that policies read. */
export function setsContext(
  called: DatabaseFunction,
  { model, lookup }: Pick<ProbeSubject, 'model' | 'lookup'>,
): boolean {
  const read = new Set([...model.keySources, ...model.switches].map(({ source }) => source.setting))
  const sets = (each: DatabaseFunction, depth: number): boolean => {
    const text = each.source + (each.definition ?? '')
    if (
      /set_config|\bset\s+(local\s+|session\s+)?["\w]+\./i.test(each.source) &&
      [...read].some((name) => text.includes(name))
    )
      return true
    return (
      depth < 3 &&
      lookup.catalogue.functions.some(
        (inner) =>
          inner.oid !== each.oid &&
          new RegExp(`\\b${inner.name.replace(/[^\w]/g, '.')}\\s*\\(`).test(each.source) &&
          sets(inner, depth + 1),
      )
    )
  }
  return sets(called, 0)
}

const mostCombinations = 4

/** Arguments: keys where a parameter is compared with a key column, else values of rows by type. */
function argumentsFor(
  subject: ProbeSubject,
  called: DatabaseFunction,
  whose: WhoseKeys,
): readonly (readonly string[])[] {
  const required = called.argumentTypes.length - called.defaults
  const candidates = called.argumentTypes
    .slice(0, Math.max(required, whose === 'B' ? called.argumentTypes.length : required))
    .map((type, position) => candidatesFor(subject, { called, type, position, whose }))
  const most = Math.min(mostCombinations, Math.max(1, ...candidates.map(({ length }) => length)))
  return Array.from({ length: most }, (_, round) =>
    candidates.map((values) => values[round % Math.max(1, values.length)] ?? 'null'),
  )
}

function candidatesFor(
  subject: ProbeSubject,
  {
    called,
    type,
    position,
    whose,
  }: {
    readonly called: DatabaseFunction
    readonly type: string
    readonly position: number
    readonly whose: WhoseKeys
  },
): readonly string[] {
  const cast = (value: string): string => `${literal(value)}::${type}`
  const column = comparedColumn(called, position, subject)
  const tenant = subject.tenants.find(({ label }) => label === whose)
  if (column !== null) {
    const key = tenant?.keys.get(
      subject.model.classes.classOf(columnId(column.relation, column.column)),
    )
    const values =
      key !== undefined
        ? [key]
        : whose === 'A' || isId(subject, column.relation, column.column)
          ? subject.plan
              .rowsOf(column.relation, whose)
              .flatMap(({ values: row }) => row.get(column.column) ?? [])
          : []
    if (values.length > 0) return values.map(cast)
  }
  // A value that A cannot know, such as B's password: something else is tried.
  if (column !== null && whose === 'B')
    return [
      cast(
        /^(integer|bigint|numeric|smallint)$/.test(type)
          ? '0'
          : type === 'uuid'
            ? '7f000000-0000-4000-8000-00000000dead'
            : 'junk',
      ),
    ]
  if (type === 'boolean') return ['true']
  if (/json/.test(type)) return ["'{}'"]
  const keys = [...(tenant?.keys.values() ?? [])].filter((key) => fitsType(key, type))
  const rows = subject.lookup.catalogue.relations
    .filter(
      (relation) =>
        called.source.includes(relation.name) && subject.seeding.planted.has(relation.oid),
    )
    .flatMap((relation) => idsOf(subject, relation, whose))
  // A search takes anything: what matches everything shows most.
  const searches = fitsType('x', type) ? ['%', '', 'tbm'] : []
  return [
    ...new Set([
      ...(whose === 'A' ? searches : []),
      ...keys,
      ...rows.filter((value) => fitsType(value, type)),
      ...searches,
    ]),
  ]
    .slice(0, 6)
    .map(cast)
}

/** A key of a row: what another tenant may come to know, or guess. */
function isId({ lookup }: ProbeSubject, relation: Relation, column: string): boolean {
  return (
    lookup
      .constraintsOf(relation)
      .some(
        ({ kind, columns }) =>
          (kind === 'p' || kind === 'f' || kind === 'u') && columns.includes(column),
      ) && !/secret|password|passwd|pass$|token|signature/i.test(column)
  )
}

function idsOf(subject: ProbeSubject, relation: Relation, whose: WhoseKeys): readonly string[] {
  return subject.plan
    .rowsOf(relation, whose)
    .flatMap(({ values }) =>
      [...values].flatMap(([column, value]) =>
        value !== null && isId(subject, relation, column) ? [value] : [],
      ),
    )
}

function fitsType(value: string, type: string): boolean {
  if (type === 'uuid') return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value)
  if (/^(integer|bigint|numeric|smallint)$/.test(type)) return /^\d+$/.test(value)
  return /^(text|character|name)|citext$/.test(type)
}

/** The column that a parameter is compared with in the body. */
function comparedColumn(
  called: DatabaseFunction,
  position: number,
  { lookup }: ProbeSubject,
): ReturnType<typeof bodyColumns>[number] | null {
  return bodyColumns(called, position, lookup)[0] ?? null
}

const parameterMark = (position: number): string => `parameter ${position}`

function bodyColumns(called: DatabaseFunction, position: number, lookup: ProbeSubject['lookup']) {
  const marked = called.argumentTypes.map((_, each) => ({
    columns: [],
    sources: [],
    constants: [parameterMark(each)],
    through: [],
    fallback: 'none' as const,
    looksUp: [],
    functions: [],
  }))
  const inside = scopeInside(called, marked, rowScope(lookup, null))
  if (inside === null) return []
  const { statements: own, expressions } = bodyOf(called, inside)
  const comparisons = [
    ...own.flatMap(({ statement, scope }) => comparisonsIn(statement, scope)),
    ...expressions.flatMap(({ value, scope }) => comparisonsIn(value, scope)),
  ]
  return comparisons
    .filter(({ operator }) => operator.startsWith('='))
    .flatMap(({ left, right }) => {
      const [side, other] = right.constants.includes(parameterMark(position))
        ? [left, right]
        : [right, left]
      return other.constants.includes(parameterMark(position)) && side.columns[0] !== undefined
        ? [side.columns[0]]
        : []
    })
}
