/** Writes that are A's own and reach B all the same: rows of two tenants, memberships, triggers. */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { insertSql } from '../clone/seed.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import { writtenBy } from './calls.ts'
import { coverageKey, type Evidence } from './evidence.ts'
import { ownState } from './own-state.ts'
import { readAll, selectSql } from './read.ts'
import { isUnjudged, textOf, type ProbeSubject } from './subject.ts'
import { blocked, evidenceBase, isKey, plantedNow, unhindered } from './writing.ts'

/** Whether every way to read the table asks for the column; one of several ways is sharing. */
function decidesReading({ model }: ProbeSubject, relation: Relation, column: string): boolean {
  const branches = model.policies
    .filter(
      ({ relation: each, policy }) =>
        each.oid === relation.oid &&
        policy.permissive &&
        (policy.command === 'r' || policy.command === '*'),
    )
    .flatMap(({ using }) => using?.branches ?? [])
  return (
    branches.length > 0 &&
    branches.every(({ atoms }) =>
      atoms.some(
        (atom) => atom.kind === 'bound' && atom.columns.some((use) => use.column === column),
      ),
    )
  )
}

/** A row that is A's by one key and B's by another: planted, when B then sees it. */
export async function probeMixed(
  subject: ProbeSubject,
  relation: Relation,
  columns: readonly string[],
): Promise<void> {
  const { plan, model, tenants, clone, contexts, lookup } = subject
  const other = tenants.find(({ label }) => label === 'B')
  const axis = (model.tables.get(relation.oid)?.axis ?? []).filter((column) =>
    decidesReading(subject, relation, column),
  )
  const read = selectSql(subject, relation)
  if (
    (model.tables.get(relation.oid)?.axis.length ?? 0) < 2 ||
    other === undefined ||
    read === null ||
    lookup.policiesOf(relation).length === 0
  )
    return
  for (const column of axis) {
    const key = other.keys.get(model.classes.classOf(columnId(relation, column)))
    const own = plan.another(relation, 'A')
    if (key === undefined) continue
    const sql = insertSql(
      relation,
      [{ ...own, values: new Map([...own.values, [column, key]]) }],
      columns,
    )
    subject.coverage.probes++
    await clone.rolledBack(async () => {
      const outcome = await unhindered(subject, relation, sql)
      if (outcome.error !== null) return
      await clone.become(contexts.of(other))
      const seen = textOf((await clone.run(read)).rows)
      await clone.become(ownState(subject).context)
      if (subject.marks.ownersIn(seen).has('A'))
        subject.saw({
          ...evidenceBase(subject, relation, sql),
          kind: 'insert',
          owners: ['B'],
          seen: `tenant B then sees a row that A wrote, with ${column} of B`,
        })
    })
  }
}

/** Joining another tenant: a row with one's own name and the other's key, then looking again. */
export async function probeJoining(
  subject: ProbeSubject,
  relation: Relation,
  columns: readonly string[],
): Promise<void> {
  const { plan, model, tenants, clone, lookup } = subject
  const axis = model.tables.get(relation.oid)?.axis ?? []
  const [own, other] = tenants
  if (axis.length < 2 || own === undefined || other === undefined) return
  const isSessionKey = (column: string): boolean =>
    model.keySources.some(
      ({ keyClass }) => keyClass === model.classes.classOf(columnId(relation, column)),
    )
  const base = plan.another(relation, 'A')
  const values = new Map(
    [...base.values].map(([name, value]) => {
      const keyClass = model.classes.classOf(columnId(relation, name))
      return [
        name,
        axis.includes(name) && !isSessionKey(name) ? (other.keys.get(keyClass) ?? value) : value,
      ] as const
    }),
  )
  const moved = axis.find(
    (name) =>
      !isSessionKey(name) &&
      subject.privileges.columns(subject.session.role, relation, 'UPDATE').includes(name),
  )
  const key =
    moved === undefined
      ? undefined
      : other.keys.get(model.classes.classOf(columnId(relation, moved)))
  const ways = [
    ...(columns.length === 0 ? [] : [insertSql(relation, [{ owner: 'A', values }], columns)]),
    ...(moved === undefined || key === undefined
      ? []
      : [
          `update ${qualified(relation)} set ${quoted(moved)} = ` +
            `${literal(key)}::${lookup.columnOf(relation, moved)?.type ?? 'text'}`,
        ]),
  ]
  for (const sql of ways) {
    await clone.rolledBack(async () => {
      const outcome = await unhindered(subject, relation, sql)
      subject.coverage.probes++
      if (isUnjudged(subject, relation, outcome)) return
      if (outcome.error === null || outcome.error.state === blocked)
        subject.coverage.tried.add(coverageKey(relation.oid, subject.session, 'join'))
      if (outcome.error !== null || outcome.rowCount === 0) return
      const found: Evidence[] = []
      await readAll({ ...subject, saw: (evidence) => void found.push(evidence) }, ownState(subject))
      const opened = found.find(({ owners, kind }) => kind === 'read' && owners.includes('B'))
      if (opened !== undefined)
        subject.saw({
          ...evidenceBase(subject, relation, sql),
          kind: 'join',
          owners: ['B'],
          seen: `after it ${opened.object} shows ${opened.seen}`,
        })
    })
  }
}

/**
 * A row of A's own whose free columns hold B's key: what triggers make of it elsewhere must still
 * be A's.
 */
export async function probeTriggers(subject: ProbeSubject, relation: Relation): Promise<void> {
  const { lookup, model, plan, privileges, session, clone, tenants } = subject
  const columns = privileges.columns(session.role, relation, 'INSERT')
  const functions = lookup
    .triggersOf(relation)
    .flatMap(({ function: oid }) => lookup.function(oid) ?? [])
    .filter(({ definer }) => definer)
  const written = functions
    .flatMap((called) => writtenBy(called, subject))
    .filter(({ oid }) => oid !== relation.oid)
  const other = tenants.find(({ label }) => label === 'B')
  if (columns.length === 0 || written.length === 0 || other === undefined || relation.kind === 'v')
    return
  const axis = model.tables.get(relation.oid)?.axis ?? []
  const own = plan.another(relation, 'A')
  const keys = [...other.keys.values()]
  const lying = new Map(
    [...own.values].map(([name, value]) => {
      const column = lookup.columnOf(relation, name)
      const isFree = column !== null && !axis.includes(name) && !isKey(subject, relation, name)
      const key = isFree ? keys.find((each) => fitsColumn(each, column.baseType)) : undefined
      return [name, key ?? value] as const
    }),
  )
  for (const values of [lying, own.values]) {
    const sql = insertSql(relation, [{ owner: 'A', values }], columns)
    await clone.rolledBack(async () => {
      const outcome = await unhindered(subject, relation, sql)
      if (isUnjudged(subject, relation, outcome) || outcome.error !== null) return
      subject.coverage.tried.add(coverageKey(relation.oid, session, 'side-write'))
      for (const table of written) {
        const { check, owner } = plantedNow(subject, table)
        const after = await clone.observe(check)
        if (owner !== undefined && after.rows.length > 0)
          subject.saw({
            ...evidenceBase(subject, relation, sql),
            kind: 'side-write',
            owners: [owner],
            seen: `a trigger wrote ${textOf(after.rows).slice(0, 120)} into ${nameOf(table)}`,
          })
      }
    })
  }
}

function fitsColumn(key: string, baseType: string): boolean {
  if (baseType === 'uuid') return /^[0-9a-f]{8}-/.test(key)
  if (/^(integer|bigint|numeric)$/.test(baseType)) return /^\d+$/.test(key)
  return /^(text|character)|citext$/.test(baseType)
}
