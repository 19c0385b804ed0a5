/**
 * A PL/pgSQL body as a flat list of steps: what is assigned to which variable, what is returned,
 * what is executed.
 */
import {
  listOf,
  nodeOf,
  parseExpression,
  parsePlpgsql,
  parseStatements,
  walk,
  type Fields,
  type SqlNode,
} from './parse.ts'

/**
 * One step of a body, in the order of the text. `into` names variables; `dynamic` is SQL made from
 * text.
 */
export type Step =
  | { readonly kind: 'assign'; readonly variable: string; readonly value: SqlNode }
  | { readonly kind: 'return'; readonly value: SqlNode }
  | {
      readonly kind: 'statement'
      readonly statement: unknown
      readonly into: readonly string[]
      readonly returns: boolean
    }
  | { readonly kind: 'condition'; readonly value: SqlNode }
  | { readonly kind: 'dynamic'; readonly value: SqlNode | null }

const expressionMode = 2

/** The steps of a function, or null when the parser does not take it. */
export function stepsOf(definition: string): readonly Step[] | null {
  const tree = parsePlpgsql(definition)
  if (tree === null) return null
  const steps: Step[] = []
  const names = variableNames(tree)
  walk(tree, ({ kind, fields }) => {
    const step = stepOf(kind, fields, names)
    if (step !== null) steps.push(step)
  })
  return steps
}

function variableNames(tree: unknown): readonly string[] {
  const first = listOf((tree as Fields)['plpgsql_funcs'])[0]
  return listOf(nodeOf(first)?.fields['datums']).map((datum) => {
    const fields = nodeOf(datum)?.fields ?? {}
    const name = fields['refname'] ?? fields['fieldname']
    return typeof name === 'string' ? name : ''
  })
}

function stepOf(kind: string, fields: Fields, names: readonly string[]): Step | null {
  switch (kind) {
    case 'PLpgSQL_var': {
      const value = expressionIn(fields['default_val'])
      return value === null ? null : { kind: 'assign', variable: String(fields['refname']), value }
    }
    case 'PLpgSQL_stmt_assign': {
      const value = expressionIn(fields['expr'])
      return value === null ? null : { kind: 'assign', variable: assigned(fields, names), value }
    }
    case 'PLpgSQL_stmt_return':
    case 'PLpgSQL_stmt_return_next': {
      const value = expressionIn(fields['expr'])
      return value === null ? null : { kind: 'return', value }
    }
    case 'PLpgSQL_stmt_return_query':
      return (
        statementStep(fields['query'], { into: [], returns: true }) ?? {
          kind: 'dynamic',
          value: expressionIn(fields['dynquery']),
        }
      )
    case 'PLpgSQL_stmt_execsql':
      return statementStep(fields['sqlstmt'], { into: intoNames(fields, names), returns: false })
    case 'PLpgSQL_stmt_perform':
      return statementStep(fields['expr'], { into: [], returns: false })
    case 'PLpgSQL_stmt_fors':
      return statementStep(fields['query'], { into: intoNames(fields, names), returns: false })
    case 'PLpgSQL_stmt_dynexecute':
    case 'PLpgSQL_stmt_dynfors':
      return { kind: 'dynamic', value: expressionIn(fields['query']) }
    case 'PLpgSQL_stmt_if':
    case 'PLpgSQL_if_elsif': {
      const value = expressionIn(fields['cond'])
      return value === null ? null : { kind: 'condition', value }
    }
    default:
      return null
  }
}

function queryText(value: unknown): { readonly text: string; readonly mode: number } | null {
  const fields = nodeOf(value)?.fields
  const text = fields?.['query']
  return typeof text === 'string' ? { text, mode: Number(fields?.['parseMode'] ?? 0) } : null
}

/** Expressions come bare, assignments with their target, the rest as whole statements. */
function expressionIn(value: unknown): SqlNode | null {
  const query = queryText(value)
  if (query === null) return null
  if (query.mode === expressionMode) return parseExpression(query.text)
  return parseExpression(query.text.replace(/^[^:=]*:?=\s*/, ''))
}

function statementStep(
  value: unknown,
  { into, returns }: { readonly into: readonly string[]; readonly returns: boolean },
): Step | null {
  const query = queryText(value)
  if (query === null) return null
  const statement = parseStatements(query.text)[0]
  return statement === undefined ? null : { kind: 'statement', statement, into, returns }
}

function assigned(fields: Fields, names: readonly string[]): string {
  const query = queryText(fields['expr'])
  const written =
    query === null || query.mode === expressionMode
      ? undefined
      : /^\s*"?([\p{L}_][\p{L}\p{N}_$]*)"?\s*:?=/u.exec(query.text)?.[1]
  return written?.toLowerCase() ?? names[Number(fields['varno'] ?? -1)] ?? ''
}

function intoNames(fields: Fields, names: readonly string[]): readonly string[] {
  const target = nodeOf(fields['target'] ?? fields['var'] ?? fields['row'] ?? fields['rec'])
  if (target === null) return []
  if (target.kind !== 'PLpgSQL_row')
    return [String(target.fields['refname'] ?? names[Number(target.fields['dno'] ?? -1)] ?? '')]
  return listOf(target.fields['fields']).map((field) => String((field as Fields)['name'] ?? ''))
}
