/**
 * Blind writes, in transactions that are rolled back: no WHERE, no RETURNING, so that no SELECT
 * policy hides what the write itself may do.
 */
import type { Relation } from '../catalogue/catalogue.ts'
import { insertSql } from '../clone/seed.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import { probeJoining, probeMixed, probeTriggers } from './crossing-writes.ts'
import { coverageKey } from './evidence.ts'
import { isUnjudged, textOf, type ProbeSubject } from './subject.ts'
import {
  attempt,
  changedNow,
  evidenceBase,
  holdsText,
  isKey,
  noteTold,
  plantedNow,
  unhindered,
} from './writing.ts'

/** Tries every write on every table. The session is tenant A's. */
export async function probeWrites(subject: ProbeSubject): Promise<void> {
  for (const relation of subject.lookup.catalogue.relations) {
    if (
      relation.kind === 'S' ||
      relation.kind === 'f' ||
      relation.kind === 'm' ||
      subject.coverage.slow.has(relation.oid)
    )
      continue
    const planted = subject.seeding.planted.get(relation.oid)
    if (relation.kind !== 'v' && !relation.isPartition && planted?.has('B') !== true) continue
    await probeInserts(subject, relation)
    await probeTriggers(subject, relation)
    await probeUpdates(subject, relation)
    await probeDelete(subject, relation)
  }
}

async function probeInserts(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { privileges, session, plan, model, lookup } = subject
  const columns = privileges.columns(session.role, relation, 'INSERT')
  const source = relation.kind === 'v' ? baseOf(subject, relation) : relation
  if (columns.length === 0 || source === null) return
  const axis = model.tables.get(source.oid)?.axis ?? []
  const foreign = plan.another(source, 'B')
  const asWritten =
    relation.kind === 'v'
      ? {
          ...relation,
          columns: relation.columns.filter(({ name }) => lookup.columnOf(source, name) !== null),
        }
      : relation
  const fill = columns.filter((name) => foreign.values.has(name))
  const sql = insertSql(asWritten, [foreign], fill)
  await attempt(subject, { kind: 'insert', relation, sql, ...plantedNow(subject, source) })
  const [first] = axis
  const nobody =
    first === undefined
      ? undefined
      : subject.tenants
          .find(({ label }) => label === 'global')
          ?.keys.get(model.classes.classOf(columnId(source, first)))
  if (
    relation.kind !== 'v' &&
    first !== undefined &&
    (nobody !== undefined ||
      axis.every((name) => lookup.columnOf(relation, name)?.notNull === false))
  ) {
    const isNobodys = nobody === undefined ? `${quoted(first)} is null` : holdsText(first, nobody)
    await attempt(subject, {
      kind: 'null-insert',
      relation,
      sql: insertSql(relation, [plan.another(relation, 'global')], columns),
      check: { ...changedNow(relation), condition: isNobodys },
      owner: 'global',
    })
  }
  if (relation.kind !== 'v') await probeMixed(subject, relation, columns)
  if (model.tables.get(source.oid)?.decides === true && relation.kind !== 'v')
    await probeJoining(subject, relation, columns)
}

/** The table that a view writes through to: the one whose columns it shows. */
export function baseOf({ lookup }: Pick<ProbeSubject, 'lookup'>, view: Relation): Relation | null {
  const bases = view.reads
    .flatMap((oid) => lookup.relation(oid) ?? [])
    .filter(({ kind }) => kind === 'r' || kind === 'p')
  return (
    bases.find((base) => view.columns.some(({ name }) => lookup.columnOf(base, name) !== null)) ??
    null
  )
}

async function probeUpdates(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { privileges, session, model, lookup, tenants } = subject
  const columns = privileges.columns(session.role, relation, 'UPDATE')
  const source = relation.kind === 'v' ? baseOf(subject, relation) : relation
  if (columns.length === 0 || source === null) return
  const axis = model.tables.get(source.oid)?.axis ?? []
  const plain = relation.columns.find(
    ({ name, generated, identity }) =>
      columns.includes(name) &&
      generated === '' &&
      identity !== 'a' &&
      !axis.includes(name) &&
      !isKey(subject, source, name),
  )
  if (plain !== undefined)
    await attempt(subject, {
      kind: 'update',
      relation,
      sql: `update ${qualified(relation)} set ${quoted(plain.name)} = ${unchangedValue(plain.baseType, plain.name)}`,
      check: changedNow(source),
    })
  const other = tenants.find(({ label }) => label === 'B')
  for (const name of axis.filter((each) => columns.includes(each))) {
    const column = lookup.columnOf(source, name)
    const key = other?.keys.get(model.classes.classOf(columnId(source, name)))
    if (key === undefined || column === null || isAmongKeys(subject, source, name)) continue
    const set =
      `${quoted(name)} = ` +
      `${literal(column.baseType.startsWith('json') ? JSON.stringify({ mark: key }) : key)}::${column.type}`
    // Taking over: rows of others get one's own key, and pass the check.
    const own = subject.tenants
      .find(({ label }) => label === 'A')
      ?.keys.get(model.classes.classOf(columnId(source, name)))
    if (own !== undefined && !column.baseType.startsWith('json'))
      await attempt(subject, {
        kind: 'update',
        relation,
        sql: `update ${qualified(relation)} set ${quoted(name)} = ${literal(own)}::${column.type}`,
        check: changedNow(source),
      })
    await attempt(subject, {
      kind: 'move',
      relation,
      sql: `update ${qualified(relation)} set ${set}`,
      ...plantedNow(subject, source),
    })
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

/** A tenant's key that alone is unique cannot be given to several rows. */
function isAmongKeys({ lookup }: ProbeSubject, relation: Relation, column: string): boolean {
  return lookup
    .indexesOf(relation)
    .some(({ unique, columns }) => unique && columns.length === 1 && columns[0] === column)
}

function countByOwner(
  { marks }: ProbeSubject,
  rows: readonly (readonly unknown[])[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows)
    for (const owner of marks.ownersIn(textOf([row])))
      counts.set(owner, (counts.get(owner) ?? 0) + 1)
  return counts
}

async function probeDelete(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { privileges, session, clone, coverage } = subject
  const source = relation.kind === 'v' ? baseOf(subject, relation) : relation
  if (
    !privileges.onTable(session.role, relation, 'DELETE') ||
    source === null ||
    coverage.slow.has(relation.oid)
  )
    return
  coverage.probes++
  const sql = `delete from ${qualified(relation)}`
  await clone.rolledBack(async () => {
    const before = countByOwner(subject, (await clone.observe({ relation: source })).rows)
    const outcome = await unhindered(subject, relation, sql)
    noteTold(subject, { relation, sql, outcome })
    if (isUnjudged(subject, relation, outcome) || outcome.error !== null) return
    coverage.tried.add(coverageKey(relation.oid, session, 'delete'))
    const after = countByOwner(subject, (await clone.observe({ relation: source })).rows)
    const gone = [...before]
      .filter(
        ([owner, count]) => (after.get(owner) ?? 0) < count && owner !== 'A' && owner !== 'shared',
      )
      .map(([owner]) => owner)
    if (gone.length > 0)
      subject.saw({
        ...evidenceBase(subject, relation, sql),
        kind: 'delete',
        owners: gone,
        seen: `${outcome.rowCount} row(s) deleted, rows of ${gone.join(', ')} among them`,
      })
  })
}
