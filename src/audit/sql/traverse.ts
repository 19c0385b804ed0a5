/**
 * Going through an expression with its scope at hand: into sub-selects, and into the bodies of the
 * functions it calls.
 */
import { bodyOf, calledFunction, lineageOf, scopeInside, withFrame, type Scope } from './lineage.ts'
import { listOf, nodeOf, type SqlNode } from './parse.ts'

/** Calls `visit` for each node with the scope it stands in, outermost first. */
export function traverse(
  value: unknown,
  scope: Scope,
  visit: (node: SqlNode, scope: Scope) => void,
): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const each of value) traverse(each, scope, visit)
    return
  }
  const node = nodeOf(value)
  if (node === null) {
    // The arms of a UNION stand without their kind.
    if ('targetList' in value || 'whereClause' in value)
      traverse({ SelectStmt: value }, scope, visit)
    else for (const each of Object.values(value)) traverse(each, scope, visit)
    return
  }
  const inner = node.kind.endsWith('Stmt') ? withFrame(node.fields, scope) : scope
  visit(node, inner)
  if (node.kind === 'FuncCall') traverseBody(node, scope, visit)
  for (const each of Object.values(node.fields)) traverse(each, inner, visit)
}

function traverseBody(
  call: SqlNode,
  scope: Scope,
  visit: (node: SqlNode, scope: Scope) => void,
): void {
  const called = calledFunction(call, scope.lookup)
  if (called === null) return
  const inside = scopeInside(
    called,
    listOf(call.fields['args']).map((each) => lineageOf(each, scope)),
    scope,
  )
  if (inside === null) return
  const body = bodyOf(called, inside)
  for (const { statement, scope: own } of body.statements) traverse(statement, own, visit)
  if (called.language !== 'sql')
    for (const { value, scope: own } of body.expressions) traverse(value, own, visit)
}
