/**
 * Constants that policies and CHECK constraints compare columns with, so that planted rows meet
 * them, or keep clear of them.
 */
import type { Relation } from '../catalogue/catalogue.ts'
import type { Comparison } from '../sql/comparisons.ts'
import { comparisonsIn, isColumn, isConstant } from '../sql/comparisons.ts'
import { rowScope } from '../sql/lineage.ts'
import type { Lookup } from '../sql/lookup.ts'
import { parseExpression } from '../sql/parse.ts'
import { columnId } from '../tenancy/key-classes.ts'
import type { TenancyModel } from '../tenancy/model.ts'

/**
 * Constants that a column is compared with: those that let the row be seen, and those that give its
 * owner more than its own.
 */
export interface Literals {
  grantsOf(relation: Relation, column: string): readonly string[]
  avoidsOf(relation: Relation, column: string): readonly string[]
  /** Values that a CHECK constraint allows. */
  allowedOf(relation: Relation, column: string): readonly string[]
}

/** Collects the constants of a database. */
export function literalsOf(lookup: Lookup, model: TenancyModel): Literals {
  const grants = new Map<string, string[]>()
  const avoids = new Map<string, string[]>()
  const allowed = new Map<string, string[]>()
  for (const policy of model.policies) {
    for (const expression of [policy.using, policy.check]) {
      if (expression === null) continue
      const binds = expression.branches.some(({ bound }) => bound)
      const isAlternative = expression.branches.length > 1
      for (const comparison of expression.comparisons) {
        const found = columnAndConstants(comparison)
        if (found === null) continue
        // A look-up that stands beside the tenant's own condition decides who is more than a
        // tenant.
        const privileged =
          isAlternative && binds && found.depth > 0 && !tiesRow(expression.comparisons)
        add(privileged ? avoids : grants, found.id, found.values)
      }
    }
  }
  for (const { table, kind, definition } of lookup.catalogue.constraints) {
    const relation = lookup.relation(table)
    const node =
      kind === 'c' && relation !== null
        ? parseExpression(definition.replace(/^CHECK /, '').replace(/ (NOT VALID|NO INHERIT)$/, ''))
        : null
    if (node === null) continue
    for (const comparison of comparisonsIn(node, rowScope(lookup, relation))) {
      const found = columnAndConstants(comparison)
      if (found !== null) add(allowed, found.id, found.values)
    }
  }
  const of =
    (found: ReadonlyMap<string, readonly string[]>) =>
    (relation: Relation, column: string): readonly string[] =>
      found.get(columnId(relation, column)) ?? []
  return { grantsOf: of(grants), avoidsOf: of(avoids), allowedOf: of(allowed) }
}

function add(to: Map<string, string[]>, id: string, values: readonly string[]): void {
  to.set(id, [...new Set([...(to.get(id) ?? []), ...values])])
}

function columnAndConstants({ operator, left, right }: Comparison): {
  readonly id: string
  readonly values: readonly string[]
  readonly depth: number
} | null {
  const [column, other] = isColumn(left) ? [left, right] : [right, left]
  const use = column.columns[0]
  if (
    use === undefined ||
    !isColumn(column) ||
    column.through.length > 0 ||
    !isConstant(other) ||
    !operator.startsWith('=')
  )
    return null
  const values = other.constants
    .filter((text) => text !== 'NULL' && text !== '')
    .flatMap((text) => (/^\{.*\}$/.test(text) ? text.slice(1, -1).split(',') : [text]))
  return values.length === 0
    ? null
    : { id: columnId(use.relation, use.column), values, depth: use.depth }
}

/** Whether some look-up is tied to the row that is judged. */
function tiesRow(comparisons: readonly Comparison[]): boolean {
  return comparisons.some(
    ({ left, right }) =>
      [...left.columns, ...right.columns].some(({ depth }) => depth === 0) &&
      [...left.columns, ...right.columns, ...left.looksUp, ...right.looksUp].some(
        ({ depth }) => depth > 0,
      ),
  )
}
