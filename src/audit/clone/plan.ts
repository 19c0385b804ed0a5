/**
 * Which rows each tenant gets in each table: keys of its own, foreign keys to its own rows, marks
 * elsewhere. Planned before anything is inserted.
 */
import type { Column, Constraint, Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { columnId } from '../tenancy/key-classes.ts'
import type { TenancyModel } from '../tenancy/model.ts'
import type { Literals } from './literals.ts'
import type { Marks, Owner } from './marks.ts'
import type { CloneTenant } from './tenants.ts'
import { valueOfType } from './values.ts'

/** A planned row; null is NULL. */
export interface PlannedRow {
  readonly owner: Owner
  readonly values: ReadonlyMap<string, string | null>
}

/** Makes rows. */
export interface RowPlan {
  rowsOf(relation: Relation, owner: Owner): readonly PlannedRow[]
  /** Another row of an owner, like none before it. */
  another(relation: Relation, owner: Owner): PlannedRow
  /** Why some column has no value, if that is so. */
  lacks(relation: Relation): string | null
}

const usualRows = 4

interface Planning {
  readonly lookup: Lookup
  readonly model: TenancyModel
  readonly marks: Marks
  readonly tenants: ReadonlyMap<Owner, CloneTenant>
  readonly literals: Literals
}

/** A plan over tenants; nothing is computed before it is asked for. */
export function planRows(planning: Planning): RowPlan {
  const planned = new Map<string, readonly PlannedRow[]>()
  const ordinals = new Map<number, number>()
  const lacking = new Map<number, string>()
  const inside = new Set<string>()
  const nextOrdinal = (relation: Relation): number => {
    const next = (ordinals.get(relation.oid) ?? 0) + 1
    ordinals.set(relation.oid, next)
    return next
  }
  const rowsOf = (relation: Relation, owner: Owner): readonly PlannedRow[] => {
    const key = `${relation.oid} ${owner}`
    const before = planned.get(key)
    if (before !== undefined) return before
    if (inside.has(key)) return []
    inside.add(key)
    const count = rowCount(relation, planning)
    const rows = Array.from({ length: count }, (_, index) =>
      makeRow(relation, { owner, index, ordinal: nextOrdinal(relation) }),
    )
    inside.delete(key)
    planned.set(key, rows)
    return rows
  }
  const makeRow = (
    relation: Relation,
    place: { readonly owner: Owner; readonly index: number; readonly ordinal: number },
  ): PlannedRow => {
    const values = new Map<string, string | null>()
    for (const column of relation.columns) {
      if (column.generated !== '') continue
      const value = valueFor(column, { relation, place, so: values, rowsOf, planning })
      if (value === undefined)
        lacking.set(
          relation.oid,
          `no value is known for column ${column.name} of type ${column.type}`,
        )
      else values.set(column.name, value)
    }
    return { owner: place.owner, values }
  }
  return {
    rowsOf,
    another: (relation, owner) =>
      makeRow(relation, { owner, index: 0, ordinal: nextOrdinal(relation) }),
    lacks: (relation) => lacking.get(relation.oid) ?? null,
  }
}

/** One row where the tenant's key alone must be unique. */
function rowCount(relation: Relation, { lookup, model }: Planning): number {
  const axis = new Set(model.tables.get(relation.oid)?.axis ?? [])
  const single = lookup
    .indexesOf(relation)
    .some(
      ({ unique, columns, predicate }) =>
        unique &&
        predicate === null &&
        columns.every((column) => column !== null && axis.has(column)),
    )
  return single ? 1 : usualRows
}

interface Wanted {
  readonly relation: Relation
  readonly place: { readonly owner: Owner; readonly index: number; readonly ordinal: number }
  readonly so: ReadonlyMap<string, string | null>
  readonly planning: Planning
  rowsOf(relation: Relation, owner: Owner): readonly PlannedRow[]
}

function valueFor(column: Column, wanted: Wanted): string | null | undefined {
  const { relation, place, planning } = wanted
  const key = planning.tenants
    .get(place.owner)
    ?.keys.get(planning.model.classes.classOf(columnId(relation, column.name)))
  if (key !== undefined)
    return column.baseType.startsWith('json') ? jsonWith(key, { column, wanted }) : key
  // A row of nobody: the tenant's columns are empty.
  if (
    planning.model.tables.get(relation.oid)?.axis.includes(column.name) === true &&
    place.owner === 'global'
  )
    return null
  const referred = referredValue(column, wanted)
  if (referred !== undefined) return referred
  const bound = partitionValue(column, relation, planning.lookup)
  if (bound !== null) return bound
  return literalValue(column, wanted) ?? optionalValue(column, wanted)
}

/** A document that holds the key under every name by which policies look for one. */
function jsonWith(
  key: string,
  {
    column,
    wanted: { relation, planning, place },
  }: { readonly column: Column; readonly wanted: Wanted },
): string {
  const names = planning.model.sessionColumns
    .filter(({ use }) => use.relation.oid === relation.oid && use.column === column.name)
    .flatMap(({ constants }) => constants)
    .filter((name) => /^\w+$/.test(name))
  return JSON.stringify({
    ...Object.fromEntries(names.map((name) => [name, key])),
    mark: planning.marks.text(place.owner),
  })
}

/**
 * The value of a foreign key, or of a column that policies tie to another table: of a row of the
 * same owner.
 */
function referredValue(
  column: Column,
  { relation, place, rowsOf, planning }: Wanted,
): string | null | undefined {
  const { lookup, model } = planning
  const key = lookup
    .constraintsOf(relation)
    .find(
      ({ kind, columns, target }) =>
        kind === 'f' && columns.includes(column.name) && target !== null,
    )
  const tie = model.sessionColumns.find(
    ({ use, looksUp }) =>
      use.relation.oid === relation.oid &&
      use.column === column.name &&
      looksUp[0] !== undefined &&
      looksUp[0].relation.oid !== relation.oid,
  )
  const [target, targetColumn] =
    key === undefined
      ? [tie?.looksUp[0]?.relation ?? null, tie?.looksUp[0]?.column ?? '']
      : [lookup.relation(key.target ?? 0), targetColumnOf(key, column.name)]
  if (target === null) return undefined
  if (target.oid === relation.oid) return column.notNull ? undefined : null
  const owner =
    (model.tables.get(target.oid)?.kind ?? 'shared') === 'shared' ? 'shared' : place.owner
  const rows = rowsOf(target, owner)
  const row = rows[place.index % Math.max(1, rows.length)]
  return row?.values.get(targetColumn) ?? (column.notNull ? undefined : null)
}

function targetColumnOf({ columns, targetColumns }: Constraint, column: string): string {
  return targetColumns[columns.indexOf(column)] ?? ''
}

/** A value that some partition takes. */
function partitionValue(column: Column, relation: Relation, lookup: Lookup): string | null {
  const key = /^(LIST|RANGE) \("?([^",)]+)"?/.exec(relation.partitionKey ?? '')
  if (key?.[2] !== column.name) return null
  const bounds = lookup.catalogue.relations
    .filter(({ parents }) => parents.includes(relation.oid))
    .map(({ partitionBound }) => partitionBound ?? '')
  for (const bound of bounds) {
    const value = /(?:IN|FROM) \('?([^',)]+)/.exec(bound)?.[1]
    if (value !== undefined && value !== 'MINVALUE' && value !== 'NULL') return value
  }
  return null
}

function literalValue(column: Column, { relation, place, planning }: Wanted): string | undefined {
  const { literals } = planning
  const avoided = new Set(literals.avoidsOf(relation, column.name))
  const grants = literals.grantsOf(relation, column.name)
  const allowed = literals.allowedOf(relation, column.name).filter((value) => !avoided.has(value))
  // The first row is as the policies want it; the others go through what else is allowed.
  if (
    grants.length > 0 &&
    (place.index === 0 ||
      allowed.length === 0 ||
      planning.model.tables.get(relation.oid)?.decides === true)
  )
    return grants[place.index % grants.length]
  if (allowed.length > 0) return allowed[place.index % allowed.length]
  return undefined
}

const farFuture = '2099-01-01'

function optionalValue(
  column: Column,
  { place, planning, relation }: Wanted,
): string | null | undefined {
  const value = valueOfType(column, place, planning.marks)
  const isKey = planning.lookup
    .constraintsOf(relation)
    .some(({ kind, columns }) => kind === 'p' && columns.includes(column.name))
  if (value === undefined) return column.notNull ? undefined : null
  if (
    planning.model.tables.get(relation.oid)?.decides === true &&
    /^(timestamp|date)/.test(column.baseType) &&
    /expire|valid|until|end/i.test(column.name)
  )
    return farFuture
  // Empty dates and flags in the first row: `deleted_at is null` is what most policies ask for.
  const mayBeEmpty =
    !column.notNull &&
    !isKey &&
    place.index === 0 &&
    /^(timestamp|date|boolean|interval)/.test(column.baseType)
  if (column.baseType === 'boolean' && planning.model.tables.get(relation.oid)?.decides === true)
    return 'false'
  return mayBeEmpty ? null : value
}
