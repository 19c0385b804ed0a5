/**
 * PostgreSQL's own parser (libpg_query), and the few ways in which the audit walks what it returns.
 * A tree is JSON: a node is an object with one key, its kind, that begins with a capital.
 */
import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query'

/** The fields of a node. */
export type Fields = Readonly<Record<string, unknown>>

/** A node with its kind. */
export interface SqlNode {
  readonly kind: string
  readonly fields: Fields
}

/** Loads the parser; once before anything else here. */
export async function loadParser(): Promise<void> {
  await loadModule()
}

/**
 * A value of the tree as a node, or null when it is none; a node that was taken out already stays
 * what it is.
 */
export function nodeOf(value: unknown): SqlNode | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  if ('kind' in value && 'fields' in value) return value as SqlNode
  const [entry, more] = Object.entries(value)
  if (
    entry === undefined ||
    more !== undefined ||
    !/^[A-Z]/.test(entry[0]) ||
    typeof entry[1] !== 'object' ||
    entry[1] === null
  )
    return null
  return { kind: entry[0], fields: entry[1] as Fields }
}

/** A list field; empty when it is missing. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A dotted name of String nodes, e.g. of a function or an operator. */
export function namesOf(value: unknown): readonly string[] {
  return listOf(value).map((part) => {
    const text = nodeOf(part)?.fields['sval']
    return typeof text === 'string' ? text : '*'
  })
}

/** An expression as a node, or null when the parser does not take it. */
export function parseExpression(text: string): SqlNode | null {
  const select = nodeOf(parseStatements(`SELECT ${text}`)[0])
  const target = nodeOf(listOf(select?.fields['targetList'])[0])
  return nodeOf(target?.fields['val'])
}

/** Statements of a text; none when the parser does not take it. */
export function parseStatements(text: string): readonly unknown[] {
  try {
    return listOf((parseSync(text) as unknown as Fields)['stmts']).map(
      (each) => (each as Fields)['stmt'],
    )
  } catch {
    return []
  }
}

/**
 * The statements of a PL/pgSQL function from its CREATE FUNCTION, or null when the parser does not
 * take it.
 */
export function parsePlpgsql(definition: string): unknown {
  try {
    return parsePlPgSQLSync(definition)
  } catch {
    return null
  }
}

/**
 * Calls `visit` for every node below a value, outermost first; a `false` keeps from going deeper
 * there.
 */
export function walk(value: unknown, visit: (node: SqlNode) => boolean | void): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit)
    return
  }
  const node = nodeOf(value)
  if (node !== null && visit(node) === false) return
  for (const each of Object.values(node?.fields ?? value)) walk(each, visit)
}
