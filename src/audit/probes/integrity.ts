/**
 * What constraints tell and do across tenants: keys that exist already, foreign rows that can be
 * referred to.
 */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { insertSql } from '../clone/seed.ts'
import type { PlannedRow } from '../clone/plan.ts'
import { statements } from './read.ts'
import { coverageKey, type EvidenceKind } from './evidence.ts'
import { cutOff } from './clone-session.ts'
import { isUnjudged, type ProbeSubject } from './subject.ts'
import { ownState } from './own-state.ts'

/** Tries unique keys and foreign keys against another tenant's rows. The session is tenant A's. */
export async function probeIntegrity(subject: ProbeSubject): Promise<void> {
  const { lookup, privileges, session, model, seeding } = subject
  for (const relation of lookup.catalogue.relations) {
    const columns = privileges.columns(session.role, relation, 'INSERT')
    if (
      (relation.kind !== 'r' && relation.kind !== 'p') ||
      relation.isPartition ||
      columns.length === 0 ||
      subject.coverage.slow.has(relation.oid)
    )
      continue
    if (
      (model.tables.get(relation.oid)?.kind ?? 'shared') === 'shared' ||
      seeding.planted.get(relation.oid)?.has('B') !== true
    )
      continue
    await probeConflicts(subject, relation, columns)
    await probeReferences(subject, relation, columns)
  }
}

interface Try {
  readonly relation: Relation
  readonly columns: readonly string[]
  readonly row: PlannedRow
}

async function tried(
  subject: ProbeSubject,
  { relation, columns, row }: Try,
  tail = '',
): Promise<{
  readonly state: string | null
  readonly rowCount: number
  readonly text: string
  readonly sql: string
}> {
  subject.coverage.probes++
  const sql = `${insertSql(relation, [row], columns)}${tail}`
  return subject.clone.rolledBack(async () => {
    const outcome = await subject.clone.run(sql)
    const { error, rowCount } = outcome
    if (isUnjudged(subject, relation, outcome)) return { state: cutOff, rowCount: 0, text: '', sql }
    return { state: error?.state ?? null, rowCount, text: error?.text ?? '', sql }
  })
}

function see(
  subject: ProbeSubject,
  relation: Relation,
  {
    kind,
    detail,
    seen,
    sql,
  }: {
    readonly kind: EvidenceKind
    readonly detail: string
    readonly seen: string
    readonly sql: string
  },
): void {
  subject.saw({
    kind,
    oid: relation.oid,
    object: nameOf(relation),
    session: subject.session,
    state: 'own',
    connection: 'recycled',
    owners: ['B'],
    seen,
    sql: statements(subject, ownState(subject), sql),
    detail,
  })
}

/**
 * A row of A with B's unique values: an error for a value that exists, none for one that does not.
 */
async function probeConflicts(
  subject: ProbeSubject,
  relation: Relation,
  columns: readonly string[],
): Promise<void> {
  const { lookup, plan, model } = subject
  const axis = model.tables.get(relation.oid)?.axis ?? []
  const foreign = plan.rowsOf(relation, 'B')[0]
  if (foreign === undefined) return
  for (const index of lookup.indexesOf(relation)) {
    const keys = index.columns.filter((column) => column !== null)
    if (
      (!index.unique && !index.exclusion) ||
      keys.some((column) => axis.includes(column)) ||
      keys.length === 0 ||
      !keys.every((column) => columns.includes(column))
    )
      continue
    const own = plan.another(relation, 'A')
    const taken = {
      ...own,
      values: new Map(
        [...own.values].map(
          ([name, value]) =>
            [name, keys.includes(name) ? (foreign.values.get(name) ?? value) : value] as const,
        ),
      ),
    }
    const control = await tried(subject, { relation, columns, row: plan.another(relation, 'A') })
    const conflict = await tried(subject, { relation, columns, row: taken })
    if (control.state === null)
      for (const kind of ['conflict', 'silent-conflict'] as const)
        subject.coverage.tried.add(coverageKey(relation.oid, subject.session, kind))
    if (control.state !== null || (conflict.state !== '23505' && conflict.state !== '23P01'))
      continue
    see(subject, relation, {
      kind: 'conflict',
      detail: index.name,
      seen: `${conflict.state}: ${conflict.text.slice(0, 160)}`,
      sql: conflict.sql,
    })
    const silent = await tried(
      subject,
      { relation, columns, row: taken },
      ' on conflict do nothing',
    )
    if (silent.state === null && silent.rowCount === 0)
      see(subject, relation, {
        kind: 'silent-conflict',
        detail: index.name,
        seen: 'INSERT 0 0 for a value that another tenant holds',
        sql: silent.sql,
      })
  }
}

/** A row of A that points at B's row. */
async function probeReferences(
  subject: ProbeSubject,
  relation: Relation,
  columns: readonly string[],
): Promise<void> {
  const { lookup, plan, model } = subject
  for (const key of lookup.constraintsOf(relation)) {
    const target = key.target === null ? null : lookup.relation(key.target)
    if (
      key.kind !== 'f' ||
      target === null ||
      (model.tables.get(target.oid)?.kind ?? 'shared') === 'shared'
    )
      continue
    const axis = model.tables.get(relation.oid)?.axis ?? []
    const foreign = plan.rowsOf(target, 'B')[0]
    // A key that holds the tenant's column cannot point elsewhere.
    if (
      foreign === undefined ||
      key.columns.some((column) => axis.includes(column)) ||
      !key.columns.every((column) => columns.includes(column))
    )
      continue
    const own = plan.another(relation, 'A')
    const pointing = {
      ...own,
      values: new Map(
        [...own.values].map(
          ([name, value]) =>
            [
              name,
              key.columns.includes(name)
                ? (foreign.values.get(key.targetColumns[key.columns.indexOf(name)] ?? '') ?? value)
                : value,
            ] as const,
        ),
      ),
    }
    const result = await tried(subject, { relation, columns, row: pointing })
    if (result.state === null || result.state === '23503' || result.state === '42501')
      subject.coverage.tried.add(coverageKey(relation.oid, subject.session, 'reference'))
    if (result.state === null && result.rowCount > 0)
      see(subject, relation, {
        kind: 'reference',
        detail: key.name,
        seen: `a row of A points at a row of B in ${nameOf(target)}`,
        sql: result.sql,
      })
  }
}
