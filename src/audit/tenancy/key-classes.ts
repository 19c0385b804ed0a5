/**
 * Columns that hold the same key: joined by foreign keys and by the comparisons of policies, views
 * and functions.
 */
import { isColumn, isContext, type Comparison } from '../sql/comparisons.ts'
import type { ColumnUse, Source } from '../sql/lineage.ts'
import type { Lookup } from '../sql/lookup.ts'
import type { Relation } from '../catalogue/catalogue.ts'

/** A column by name: relation oid and column. */
export type ColumnId = `${number}.${string}`

/** The id of a column. */
export function columnId(relation: Pick<Relation, 'oid'>, column: string): ColumnId {
  return `${relation.oid}.${column}`
}

/** The id of a session source: a setting, or a claim in it. */
export function sourceId({ setting, path }: Source): string {
  return JSON.stringify([setting, ...path])
}

/** A partition of columns and sources into classes. */
export interface KeyClasses {
  union(one: string, other: string): void
  classOf(id: string): string
}

/** An empty partition: everything is its own class. */
export function keyClasses(): KeyClasses {
  const parents = new Map<string, string>()
  const classOf = (id: string): string => {
    let root = id
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next
    if (root !== id) parents.set(id, root)
    return root
  }
  return {
    classOf,
    union(one, other) {
      const [first, second] = [classOf(one), classOf(other)].sort()
      if (first !== undefined && second !== undefined && first !== second)
        parents.set(second, first)
    },
  }
}

/** Joins by foreign keys. */
export function unionForeignKeys(classes: KeyClasses, { catalogue, relation }: Lookup): void {
  for (const { kind, table, target, columns, targetColumns } of catalogue.constraints) {
    const [from, to] = [relation(table), target === null ? null : relation(target)]
    if (kind !== 'f' || from === null || to === null) continue
    columns.forEach((column, position) =>
      classes.union(columnId(from, column), columnId(to, targetColumns[position] ?? '')),
    )
  }
}

/**
 * Joins `workspace_id` to the key of a table `workspace` or `workspaces`, where no foreign key says
 * so.
 */
export function unionNamedKeys(
  classes: KeyClasses,
  { catalogue, constraintsOf, columnOf }: Lookup,
): void {
  const keyed = new Map<string, string>()
  for (const relation of catalogue.relations) {
    const key = constraintsOf(relation).find(
      ({ kind, columns }) => kind === 'p' && columns.length === 1,
    )?.columns[0]
    if (key !== undefined)
      for (const name of [
        relation.name,
        relation.name.replace(/s$/, ''),
        relation.name.replace(/ies$/, 'y'),
      ])
        keyed.set(
          `${name.toLowerCase()} ${columnOf(relation, key)?.baseType ?? ''}`,
          columnId(relation, key),
        )
  }
  for (const relation of catalogue.relations) {
    if (relation.kind !== 'r' && relation.kind !== 'p') continue
    const referring = new Set(
      constraintsOf(relation)
        .filter(({ kind }) => kind === 'f')
        .flatMap(({ columns }) => columns),
    )
    for (const { name, baseType } of relation.columns) {
      const target = keyed.get(
        `${/^(.+)_(?:id|uuid|key)$/i.exec(name)?.[1]?.toLowerCase() ?? ''} ${baseType}`,
      )
      if (target !== undefined && !referring.has(name))
        classes.union(columnId(relation, name), target)
    }
  }
}

/** A column that the session chooses, directly or by looking something up. */
export interface SessionColumn {
  readonly use: ColumnUse
  readonly sources: readonly Source[]
  readonly looksUp: readonly ColumnUse[]
  readonly operator: string
  readonly constants: readonly string[]
}

/** Joins by comparisons; returns the columns that are compared with the session. */
export function unionComparisons(
  classes: KeyClasses,
  comparisons: readonly Comparison[],
): readonly SessionColumn[] {
  const found: SessionColumn[] = []
  for (const { operator, left, right } of comparisons) {
    const [one] = left.columns
    const [other] = right.columns
    if (
      isColumn(left) &&
      isColumn(right) &&
      one !== undefined &&
      other !== undefined &&
      operator.startsWith('=')
    )
      classes.union(columnId(one.relation, one.column), columnId(other.relation, other.column))
    const sides =
      isContext(right) && one !== undefined && left.columns.length === 1
        ? { use: one, context: right }
        : isContext(left) && other !== undefined && right.columns.length === 1
          ? { use: other, context: left }
          : null
    if (sides === null) continue
    const { use, context } = sides
    const id = columnId(use.relation, use.column)
    const target = context.looksUp[0]
    if (target === undefined)
      for (const source of context.sources) classes.union(id, sourceId(source))
    else classes.union(id, columnId(target.relation, target.column))
    found.push({
      use,
      sources: context.sources,
      looksUp: context.looksUp,
      operator,
      constants: [...left.constants, ...right.constants],
    })
  }
  return found
}
