/**
 * Blind writes, in transactions that are rolled back: no WHERE, no RETURNING, so that no SELECT policy hides what the write itself may
 * do. What happened is read by the superuser inside the same transaction; only SQLSTATE 42501 counts as blocked.
 */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { writtenBy } from './calls.ts'
import { insertSql } from '../clone/seed.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import type { Outcome } from './clone-session.ts'
import { coverageKey, type Evidence, type EvidenceKind } from './evidence.ts'
import { readAll, selectSql, statements } from './read.ts'
import { ownState } from './own-state.ts'
import { textOf, unsaidOwners, type ProbeSubject } from './subject.ts'

/** Tries every write on every table. The session is tenant A's. */
export async function probeWrites(subject: ProbeSubject): Promise<void> {
  for (const relation of subject.lookup.catalogue.relations) {
    if (relation.kind === 'S' || relation.kind === 'f' || relation.kind === 'm') continue
    const planted = subject.seeding.planted.get(relation.oid)
    if (relation.kind !== 'v' && !relation.isPartition && planted?.has('B') !== true) continue
    await probeInserts(subject, relation)
    await probeTriggers(subject, relation)
    await probeUpdates(subject, relation)
    await probeDelete(subject, relation)
  }
}

const blocked = '42501'

interface Attempt {
  readonly kind: EvidenceKind
  readonly relation: Relation
  readonly sql: string
  /** What the superuser reads to see what happened; owners in it that are foreign are evidence. */
  readonly check: string
  /** Whose the rows are that `check` finds, where it asks for that owner's key itself. */
  readonly owner?: string
}

/** Runs one write and looks at what came of it. Returns its SQLSTATE, or null when it went through. */
async function attempt(subject: ProbeSubject, { kind, relation, sql, check, owner }: Attempt): Promise<string | null> {
  const { clone, coverage, session } = subject
  coverage.probes++
  return clone.rolledBack(async () => {
    const outcome = await unhindered(subject, relation, sql)
    noteTold(subject, { kind, relation, sql, outcome })
    if (outcome.error !== null) {
      if (outcome.error.state === blocked) coverage.tried.add(coverageKey(relation.oid, session, kind))
      return outcome.error.state
    }
    coverage.tried.add(coverageKey(relation.oid, session, kind))
    const after = await clone.asSuperuser(check)
    const owners = owner !== undefined ? (after.rows.length > 0 ? [owner] : []) : [...subject.marks.ownersIn(textOf(after.rows))].filter((each) => each !== 'A' && each !== 'shared')
    if (owners.length > 0) subject.saw({ ...evidenceBase(subject, relation, sql), kind, owners, seen: `${after.rows.length} row(s), e.g. ${textOf(after.rows.slice(0, 1)).slice(0, 140)}` })
    return null
  })
}

/** Constraints that have nothing to do with tenants must not look like isolation: they are taken off inside the transaction. */
async function unhindered(subject: ProbeSubject, relation: Relation, sql: string): Promise<Outcome> {
  const { clone, lookup } = subject
  await clone.run('savepoint attempt')
  const outcome = await clone.run(sql)
  if (outcome.error === null || !['23503', '23514', '23505'].includes(outcome.error.state)) return outcome
  await clone.run('rollback to savepoint attempt')
  const hindering = [...lookup.constraintsOf(relation), ...lookup.referencesTo(relation)].filter(({ kind, definition, inherited }) => !inherited && (kind === 'f' || (kind === 'c' && !/current_setting|\(.*\..*\(/.test(definition))))
  for (const { name, table } of hindering) {
    const on = lookup.relation(table)
    if (on !== null) await clone.asSuperuser(`alter table ${qualified(on)} drop constraint if exists ${quoted(name)}`)
  }
  return clone.run(sql)
}

function evidenceBase(subject: ProbeSubject, relation: Relation, sql: string): Omit<Evidence, 'kind' | 'owners' | 'seen'> {
  return { oid: relation.oid, object: nameOf(relation), session: subject.session, state: 'own', connection: 'recycled', sql: statements(subject, ownState(subject), sql), detail: null }
}

/** What a refused or a successful write says aloud. */
function noteTold(subject: ProbeSubject, { relation, sql, outcome }: { readonly kind: EvidenceKind; readonly relation: Relation; readonly sql: string; readonly outcome: Outcome }): void {
  const told = [outcome.error?.text ?? '', ...outcome.notices].join('\n')
  const owners = unsaidOwners(subject, told, sql)
  if (owners.length > 0) subject.saw({ ...evidenceBase(subject, relation, sql), kind: 'error', owners, seen: told.trim().slice(0, 300) })
}

const changedNow = (relation: Relation): string => `select * from ${qualified(relation)} where xmin::text::numeric >= (pg_current_xact_id()::text::numeric % 4294967296)`

/** Rows just written that carry another tenant's key now, whatever they carried on the way; without a key of their own, a foreign parent. */
function plantedNow(subject: ProbeSubject, relation: Relation): Pick<Attempt, 'check' | 'owner'> {
  const { model, tenants } = subject
  const axis = model.tables.get(relation.oid)?.axis[0]
  const key = axis === undefined ? undefined : tenants.find(({ label }) => label === 'B')?.keys.get(model.classes.classOf(columnId(relation, axis)))
  if (axis !== undefined && key !== undefined) return { check: `${changedNow(relation)} and ${axisText(subject, relation, axis)} = ${literal(key)}`, owner: 'B' }
  const keys = subject.lookup.constraintsOf(relation).filter(({ kind }) => kind === 'f').flatMap(({ columns }) => columns)
  return { check: changedNow(relation).replace('select *', `select ${keys.length === 0 ? '*' : keys.map(quoted).join(', ')}`) }
}

/** An axis as text; of a JSON document any value in it counts. */
function axisText({ lookup }: ProbeSubject, relation: Relation, axis: string): string {
  const isJson = lookup.columnOf(relation, axis)?.baseType.startsWith('json') === true
  return isJson ? `(select min(value) from jsonb_each_text(${quoted(axis)}::jsonb))` : `${quoted(axis)}::text`
}

async function probeInserts(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { privileges, session, plan, model, lookup } = subject
  const columns = privileges.columns(session.role, relation, 'INSERT')
  const source = relation.kind === 'v' ? baseOf(subject, relation) : relation
  if (columns.length === 0 || source === null) return
  const axis = model.tables.get(source.oid)?.axis ?? []
  const foreign = plan.another(source, 'B')
  const asWritten = relation.kind === 'v' ? { ...relation, columns: relation.columns.filter(({ name }) => lookup.columnOf(source, name) !== null) } : relation
  const fill = columns.filter((name) => foreign.values.has(name))
  const sql = insertSql(asWritten, [foreign], fill)
  await attempt(subject, { kind: 'insert', relation, sql, ...plantedNow(subject, source) })
  const [first] = axis
  const nobody = first === undefined ? undefined : subject.tenants.find(({ label }) => label === 'global')?.keys.get(model.classes.classOf(columnId(source, first)))
  if (relation.kind !== 'v' && first !== undefined && (nobody !== undefined || axis.every((name) => lookup.columnOf(relation, name)?.notNull === false))) {
    const isNobodys = nobody === undefined ? 'is null' : `::text = ${literal(nobody)}`
    await attempt(subject, { kind: 'null-insert', relation, sql: insertSql(relation, [plan.another(relation, 'global')], columns), check: `${changedNow(relation)} and ${quoted(first)}${nobody === undefined ? ' ' : ''}${isNobodys}`, owner: 'global' })
  }
  if (relation.kind !== 'v') await probeMixed(subject, relation, columns)
  if (model.tables.get(source.oid)?.decides === true && relation.kind !== 'v') await probeJoining(subject, relation, columns)
}

/** Whether every way to read the table asks for the column; one of several ways is sharing. */
function decidesReading({ model }: ProbeSubject, relation: Relation, column: string): boolean {
  const branches = model.policies.filter(({ relation: each, policy }) => each.oid === relation.oid && policy.permissive && (policy.command === 'r' || policy.command === '*')).flatMap(({ using }) => using?.branches ?? [])
  return branches.length > 0 && branches.every(({ atoms }) => atoms.some((atom) => atom.kind === 'bound' && atom.columns.some((use) => use.column === column)))
}

/** A row that is A's by one key and B's by another: planted, when B then sees it. */
async function probeMixed(subject: ProbeSubject, relation: Relation, columns: readonly string[]): Promise<void> {
  const { plan, model, tenants, clone, contexts, session, lookup } = subject
  const other = tenants.find(({ label }) => label === 'B')
  const axis = (model.tables.get(relation.oid)?.axis ?? []).filter((column) => decidesReading(subject, relation, column))
  const read = selectSql(subject, relation)
  if ((model.tables.get(relation.oid)?.axis.length ?? 0) < 2 || other === undefined || read === null || lookup.policiesOf(relation).length === 0) return
  for (const column of axis) {
    const key = other.keys.get(model.classes.classOf(columnId(relation, column)))
    const own = plan.another(relation, 'A')
    if (key === undefined) continue
    const sql = insertSql(relation, [{ ...own, values: new Map([...own.values, [column, key]]) }], columns)
    subject.coverage.probes++
    await clone.rolledBack(async () => {
      const outcome = await unhindered(subject, relation, sql)
      if (outcome.error !== null) return
      await clone.run('reset session authorization')
      await clone.become(session, contexts.of(other))
      const seen = textOf((await clone.run(read)).rows)
      await clone.run('reset session authorization')
      await clone.become(session, ownState(subject).context)
      if (subject.marks.ownersIn(seen).has('A')) subject.saw({ ...evidenceBase(subject, relation, sql), kind: 'insert', owners: ['B'], seen: `tenant B then sees a row that A wrote, with ${column} of B` })
    })
  }
}

/** The table that a view writes through to: the one whose columns it shows. */
export function baseOf({ lookup }: Pick<ProbeSubject, 'lookup'>, view: Relation): Relation | null {
  const bases = view.reads.flatMap((oid) => lookup.relation(oid) ?? []).filter(({ kind }) => kind === 'r' || kind === 'p')
  return bases.find((base) => view.columns.some(({ name }) => lookup.columnOf(base, name) !== null)) ?? null
}

/** Joining another tenant: a row with one's own name and the other's key, then looking again. */
async function probeJoining(subject: ProbeSubject, relation: Relation, columns: readonly string[]): Promise<void> {
  const { plan, model, tenants, clone, lookup } = subject
  const axis = model.tables.get(relation.oid)?.axis ?? []
  const [own, other] = tenants
  if (axis.length < 2 || own === undefined || other === undefined) return
  const isSessionKey = (column: string): boolean => model.keySources.some(({ keyClass }) => keyClass === model.classes.classOf(columnId(relation, column)))
  const base = plan.another(relation, 'A')
  const values = new Map([...base.values].map(([name, value]) => {
    const keyClass = model.classes.classOf(columnId(relation, name))
    return [name, axis.includes(name) && !isSessionKey(name) ? (other.keys.get(keyClass) ?? value) : value] as const
  }))
  const moved = axis.find((name) => !isSessionKey(name) && subject.privileges.columns(subject.session.role, relation, 'UPDATE').includes(name))
  const key = moved === undefined ? undefined : other.keys.get(model.classes.classOf(columnId(relation, moved)))
  const ways = [
    ...(columns.length === 0 ? [] : [insertSql(relation, [{ owner: 'A', values }], columns)]),
    ...(moved === undefined || key === undefined ? [] : [`update ${qualified(relation)} set ${quoted(moved)} = ${literal(key)}::${lookup.columnOf(relation, moved)?.type ?? 'text'}`]),
  ]
  for (const sql of ways) {
    await clone.rolledBack(async () => {
      const outcome = await unhindered(subject, relation, sql)
      subject.coverage.probes++
      if (outcome.error === null || outcome.error.state === blocked) subject.coverage.tried.add(coverageKey(relation.oid, subject.session, 'join'))
      if (outcome.error !== null || outcome.rowCount === 0) return
      const found: Evidence[] = []
      await readAll({ ...subject, saw: (evidence) => void found.push(evidence) }, ownState(subject))
      const opened = found.find(({ owners, kind }) => kind === 'read' && owners.includes('B'))
      if (opened !== undefined) subject.saw({ ...evidenceBase(subject, relation, sql), kind: 'join', owners: ['B'], seen: `after it ${opened.object} shows ${opened.seen}` })
    })
  }
}

/** A row of A's own whose free columns hold B's key: what triggers make of it elsewhere must still be A's. */
async function probeTriggers(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { lookup, model, plan, privileges, session, clone, tenants } = subject
  const columns = privileges.columns(session.role, relation, 'INSERT')
  const functions = lookup.triggersOf(relation).flatMap(({ function: oid }) => lookup.function(oid) ?? []).filter(({ definer }) => definer)
  const written = functions.flatMap((called) => writtenBy(called, subject)).filter(({ oid }) => oid !== relation.oid)
  const other = tenants.find(({ label }) => label === 'B')
  if (columns.length === 0 || written.length === 0 || other === undefined || relation.kind === 'v') return
  const axis = model.tables.get(relation.oid)?.axis ?? []
  const own = plan.another(relation, 'A')
  const keys = [...other.keys.values()]
  const lying = new Map([...own.values].map(([name, value]) => {
    const column = lookup.columnOf(relation, name)
    const isFree = column !== null && !axis.includes(name) && !isKey(subject, relation, name)
    const key = isFree ? keys.find((each) => fitsColumn(each, column.baseType)) : undefined
    return [name, key ?? value] as const
  }))
  for (const values of [lying, own.values]) {
    const sql = insertSql(relation, [{ owner: 'A', values }], columns)
    await clone.rolledBack(async () => {
      const outcome = await unhindered(subject, relation, sql)
      if (outcome.error !== null) return
      subject.coverage.tried.add(coverageKey(relation.oid, session, 'side-write'))
      for (const table of written) {
        const { check, owner } = plantedNow(subject, table)
        const after = await clone.asSuperuser(check)
        if (owner !== undefined && after.rows.length > 0) subject.saw({ ...evidenceBase(subject, relation, sql), kind: 'side-write', owners: [owner], seen: `a trigger wrote ${textOf(after.rows).slice(0, 120)} into ${nameOf(table)}` })
      }
    })
  }
}

function fitsColumn(key: string, baseType: string): boolean {
  if (baseType === 'uuid') return /^[0-9a-f]{8}-/.test(key)
  if (/^(integer|bigint|numeric)$/.test(baseType)) return /^\d+$/.test(key)
  return /^(text|character)|citext$/.test(baseType)
}

async function probeUpdates(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { privileges, session, model, lookup, tenants } = subject
  const columns = privileges.columns(session.role, relation, 'UPDATE')
  const source = relation.kind === 'v' ? baseOf(subject, relation) : relation
  if (columns.length === 0 || source === null) return
  const axis = model.tables.get(source.oid)?.axis ?? []
  const plain = relation.columns.find(({ name, generated, identity }) => columns.includes(name) && generated === '' && identity !== 'a' && !axis.includes(name) && !isKey(subject, source, name))
  if (plain !== undefined) await attempt(subject, { kind: 'update', relation, sql: `update ${qualified(relation)} set ${quoted(plain.name)} = ${unchangedValue(plain.baseType, plain.name)}`, check: changedNow(source) })
  const other = tenants.find(({ label }) => label === 'B')
  for (const name of axis.filter((each) => columns.includes(each))) {
    const column = lookup.columnOf(source, name)
    const key = other?.keys.get(model.classes.classOf(columnId(source, name)))
    if (key === undefined || column === null || isAmongKeys(subject, source, name)) continue
    const set = `${quoted(name)} = ${literal(column.baseType.startsWith('json') ? JSON.stringify({ mark: key }) : key)}::${column.type}`
    // Taking over: rows of others get one's own key, and pass the check.
    const own = subject.tenants.find(({ label }) => label === 'A')?.keys.get(model.classes.classOf(columnId(source, name)))
    if (own !== undefined && !column.baseType.startsWith('json')) await attempt(subject, { kind: 'update', relation, sql: `update ${qualified(relation)} set ${quoted(name)} = ${literal(own)}::${column.type}`, check: changedNow(source) })
    await attempt(subject, { kind: 'move', relation, sql: `update ${qualified(relation)} set ${set}`, ...plantedNow(subject, source) })
  }
}

/** A column set to itself reads a column, and then SELECT policies apply; a constant does not. */
function unchangedValue(baseType: string, name: string): string {
  if (/^(text|character|citext|name)/.test(baseType)) return "'x'"
  if (/^(integer|bigint|smallint|numeric|real|double)/.test(baseType)) return '1'
  if (baseType === 'boolean') return 'true'
  if (/^(timestamp|date)/.test(baseType)) return "'2026-01-01'"
  if (/^jsonb?$/.test(baseType)) return "'{}'"
  return `default -- ${name.replace(/[^\w]/g, '')}`
}

function isKey({ lookup }: ProbeSubject, relation: Relation, column: string): boolean {
  return lookup.constraintsOf(relation).some(({ kind, columns }) => kind !== 'c' && columns.includes(column)) || lookup.indexesOf(relation).some(({ unique, columns }) => unique && columns.includes(column))
}

/** A tenant's key that alone is unique cannot be given to several rows. */
function isAmongKeys({ lookup }: ProbeSubject, relation: Relation, column: string): boolean {
  return lookup.indexesOf(relation).some(({ unique, columns }) => unique && columns.length === 1 && columns[0] === column)
}

function countByOwner({ marks }: ProbeSubject, rows: readonly (readonly unknown[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) for (const owner of marks.ownersIn(textOf([row]))) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  return counts
}

async function probeDelete(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { privileges, session, clone, coverage } = subject
  const source = relation.kind === 'v' ? baseOf(subject, relation) : relation
  if (!privileges.onTable(session.role, relation, 'DELETE') || source === null) return
  coverage.probes++
  const sql = `delete from ${qualified(relation)}`
  await clone.rolledBack(async () => {
    const all = `select * from ${qualified(source)}`
    const before = countByOwner(subject, (await clone.asSuperuser(all)).rows)
    const outcome = await unhindered(subject, relation, sql)
    noteTold(subject, { kind: 'delete', relation, sql, outcome })
    if (outcome.error !== null) return
    coverage.tried.add(coverageKey(relation.oid, session, 'delete'))
    const after = countByOwner(subject, (await clone.asSuperuser(all)).rows)
    const gone = [...before].filter(([owner, count]) => (after.get(owner) ?? 0) < count && owner !== 'A' && owner !== 'shared').map(([owner]) => owner)
    if (gone.length > 0) subject.saw({ ...evidenceBase(subject, relation, sql), kind: 'delete', owners: gone, seen: `${outcome.rowCount} row(s) deleted, rows of ${gone.join(', ')} among them` })
  })
}
