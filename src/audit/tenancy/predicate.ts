/**
 * A policy's expression as branches: the row is let through when all atoms of one branch hold.
 * Boolean functions of the database stand as their bodies, so that `using (is_mine(tenant_id))` is
 * judged by what it does.
 */
import { bodyOf, calledFunction, lineageOf, scopeInside, type Scope } from '../sql/lineage.ts'
import { listOf, nodeOf, type SqlNode } from '../sql/parse.ts'

/** One condition that is not itself made of AND, OR and NOT. */
export interface Atom {
  readonly node: SqlNode
  readonly scope: Scope
  readonly negated: boolean
}

/** Atoms that must all hold. */
export type Branch = readonly Atom[]

const mostBranches = 64

/** The branches of an expression. */
export function branchesOf(node: SqlNode, scope: Scope, negated = false): readonly Branch[] {
  const { kind, fields } = node
  if (kind === 'TypeCast' || kind === 'CollateClause')
    return ofValue(fields['arg'], scope, negated) ?? [[{ node, scope, negated }]]
  if (kind === 'BoolExpr') return ofLogic(fields, scope, negated)
  if (kind === 'CoalesceExpr') return ofCoalesce(listOf(fields['args']), { scope, negated })
  if (kind === 'CaseExpr' && !negated) return ofCase(fields, scope)
  if (kind === 'SubLink' && fields['subLinkType'] === 'EXPR_SUBLINK')
    return ofScalar(fields, scope, negated) ?? [[{ node, scope, negated }]]
  if (kind === 'FuncCall') return ofFunction(node, scope, negated) ?? [[{ node, scope, negated }]]
  return [[{ node, scope, negated }]]
}

function ofValue(value: unknown, scope: Scope, negated: boolean): readonly Branch[] | null {
  const inner = nodeOf(value)
  // A cast to boolean of a whole condition; of a plain value it is the condition itself.
  return inner !== null && ['BoolExpr', 'SubLink', 'CoalesceExpr', 'CaseExpr'].includes(inner.kind)
    ? branchesOf(inner, scope, negated)
    : null
}

function ofLogic(fields: SqlNode['fields'], scope: Scope, negated: boolean): readonly Branch[] {
  const parts = listOf(fields['args']).flatMap((each) => nodeOf(each) ?? [])
  if (fields['boolop'] === 'NOT_EXPR')
    return parts.flatMap((each) => branchesOf(each, scope, !negated))
  const isOr = (fields['boolop'] === 'OR_EXPR') !== negated
  const each = parts.map((part) => branchesOf(part, scope, negated))
  return isOr
    ? each.flat()
    : each.reduce<readonly Branch[]>(
        (so, more) =>
          so.flatMap((one) => more.map((other) => [...one, ...other])).slice(0, mostBranches),
        [[]],
      )
}

/**
 * The kind of an atom that stands for "the condition before it came to NULL": what
 * COALESCE(condition, true) lets through.
 */
export const openWhenNull = 'OpenWhenNull'

/**
 * A constant after a condition decides what NULL means: true lets every row through that the
 * session has no context for.
 */
function ofCoalesce(
  values: readonly unknown[],
  { scope, negated }: { readonly scope: Scope; readonly negated: boolean },
): readonly Branch[] {
  const [first, ...rest] = values.flatMap((each) => nodeOf(each) ?? [])
  if (first === undefined) return []
  const later = rest.flatMap((node) => {
    if (node.kind !== 'A_Const') return branchesOf(node, scope, negated)
    const opens =
      (node.fields['boolval'] as { readonly boolval?: boolean } | undefined)?.boolval === true
    return opens === negated
      ? []
      : [
          [
            {
              node: { kind: openWhenNull, fields: { arg: { [first.kind]: first.fields } } },
              scope,
              negated: false,
            },
          ],
        ]
  })
  return [...branchesOf(first, scope, negated), ...later]
}

function ofCase(fields: SqlNode['fields'], scope: Scope): readonly Branch[] {
  const arms = listOf(fields['args']).flatMap((each) => {
    const when = nodeOf(each)
    const condition = nodeOf(when?.fields['expr'])
    const result = nodeOf(when?.fields['result'])
    if (condition === null || result === null) return []
    return branchesOf(condition, scope).flatMap((one) =>
      branchesOf(result, scope).map((other) => [...one, ...other]),
    )
  })
  const otherwise = nodeOf(fields['defresult'])
  if (otherwise === null) return arms
  // ELSE is reached when no condition held.
  const conditions = listOf(fields['args']).flatMap(
    (each) => nodeOf(nodeOf(each)?.fields['expr']) ?? [],
  )
  const none = conditions.flatMap((each) => branchesOf(each, scope, true)).slice(0, 4)
  return [
    ...arms,
    ...branchesOf(otherwise, scope).flatMap((one) =>
      none.length === 0 ? [one] : none.map((other) => [...other, ...one]),
    ),
  ]
}

/** `(select f())`: the wrapped form of a call. */
function ofScalar(
  fields: SqlNode['fields'],
  scope: Scope,
  negated: boolean,
): readonly Branch[] | null {
  const select = nodeOf(fields['subselect'])
  if (
    select?.kind !== 'SelectStmt' ||
    select.fields['fromClause'] !== undefined ||
    select.fields['whereClause'] !== undefined
  )
    return null
  const target = nodeOf(nodeOf(listOf(select.fields['targetList'])[0])?.fields['val'])
  return target === null ? null : branchesOf(target, scope, negated)
}

function ofFunction(node: SqlNode, scope: Scope, negated: boolean): readonly Branch[] | null {
  const called = calledFunction(node, scope.lookup)
  if (called === null || called.returns !== 'boolean') return null
  const inside = scopeInside(
    called,
    listOf(node.fields['args']).map((each) => lineageOf(each, scope)),
    scope,
  )
  if (inside === null) return null
  const body = bodyOf(called, inside)
  const returned = body.expressions.filter((each) => each.returned)
  const isPlain =
    body.readable &&
    !body.dynamic &&
    returned.length > 0 &&
    (called.language === 'sql' || !body.expressions.some((each) => !each.returned))
  return isPlain ? returned.flatMap((each) => branchesOf(each.value, each.scope, negated)) : null
}
