/**
 * The comparisons in an expression, also those inside its sub-selects and functions: what ties a
 * column to the session or to another column.
 */
import { lineageOf, selectLineage, withFrame, type Lineage, type Scope } from './lineage.ts'
import { listOf, namesOf, nodeOf, type SqlNode } from './parse.ts'
import { traverse } from './traverse.ts'

/** Two sides and what compares them. */
export interface Comparison {
  readonly operator: string
  readonly left: Lineage
  readonly right: Lineage
}

/** All comparisons below an expression. */
export function comparisonsIn(value: unknown, scope: Scope): readonly Comparison[] {
  const found: Comparison[] = []
  traverse(value, scope, (node, own) => found.push(...comparisonsOf(node, own)))
  return found
}

/** The comparisons that one node makes: one, several for rows, none for other nodes. */
export function comparisonsOf(node: SqlNode, scope: Scope): readonly Comparison[] {
  const { kind, fields } = node
  if (kind === 'SubLink' && fields['subLinkType'] === 'ANY_SUBLINK')
    return pairs(fields['testexpr'], '=', {
      scope,
      right: selectTargets(fields['subselect'], scope),
    })
  if (kind === 'FuncCall') return matchCall(fields, scope)
  if (kind !== 'A_Expr' || fields['kind'] === 'AEXPR_NULLIF') return []
  const operator = namesOf(fields['name']).at(-1) ?? ''
  const shown =
    fields['kind'] === 'AEXPR_DISTINCT'
      ? 'is distinct from'
      : fields['kind'] === 'AEXPR_NOT_DISTINCT'
        ? '='
        : fields['kind'] === 'AEXPR_OP_ANY'
          ? `${operator} any`
          : operator
  const right = nodeOf(fields['rexpr'])
  const rights =
    right?.kind === 'RowExpr'
      ? listOf(right.fields['args']).map((each) => lineageOf(each, scope))
      : [lineageOf(fields['rexpr'], scope)]
  return pairs(fields['lexpr'], shown, { scope, right: rights })
}

const matchFunctions = new Set([
  'starts_with',
  'position',
  'strpos',
  'regexp_like',
  'texteq',
  'like',
  'citext_eq',
  'array_position',
])

function matchCall(fields: SqlNode['fields'], scope: Scope): readonly Comparison[] {
  const name = namesOf(fields['funcname']).at(-1) ?? ''
  if (!matchFunctions.has(name)) return []
  const [left, right] = listOf(fields['args']).map((each) => lineageOf(each, scope))
  return left === undefined || right === undefined ? [] : [{ operator: name, left, right }]
}

function pairs(
  leftValue: unknown,
  operator: string,
  { scope, right }: { readonly scope: Scope; readonly right: readonly Lineage[] },
): readonly Comparison[] {
  const left = nodeOf(leftValue)
  const lefts =
    left?.kind === 'RowExpr'
      ? listOf(left.fields['args']).map((each) => lineageOf(each, scope))
      : [lineageOf(leftValue, scope)]
  return lefts.flatMap((each, position) => {
    const other = right[position]
    return other === undefined ? [] : [{ operator, left: each, right: other }]
  })
}

/** What a sub-select gives back, column by column, with what its conditions look at. */
function selectTargets(statement: unknown, outer: Scope): readonly Lineage[] {
  const fields = nodeOf(statement)?.fields ?? {}
  const scope = withFrame(fields, outer)
  const whole = selectLineage(statement, outer)
  const targets = listOf(fields['targetList'])
  if (targets.length <= 1) return [whole]
  return targets.map((each) => {
    const own = lineageOf(nodeOf(each)?.fields['val'], scope)
    return {
      ...own,
      columns: [],
      looksUp: [...own.columns, ...own.looksUp],
      sources: whole.sources,
      functions: whole.functions,
    }
  })
}

/** Whether a side is exactly one column and nothing else. */
export function isColumn({ columns, sources, looksUp }: Lineage): boolean {
  return columns.length === 1 && sources.length === 0 && looksUp.length === 0
}

/** Whether a side comes from the session alone. */
export function isContext({ columns, sources }: Lineage): boolean {
  return columns.length === 0 && sources.length > 0
}

/** Whether a side is a constant. */
export function isConstant({ columns, sources, looksUp, constants }: Lineage): boolean {
  return constants.length > 0 && columns.length + sources.length + looksUp.length === 0
}
