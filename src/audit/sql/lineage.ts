/**
 * Where a value comes from: which columns, which settings of the session, which constants, through
 * which functions. Functions of the database are followed into their bodies, so that
 * `current_tenant()` is known to read `app.tenant_id`.
 */
import type { DatabaseFunction, Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from './lookup.ts'
import { listOf, namesOf, nodeOf, parseStatements, type Fields, type SqlNode } from './parse.ts'
import { stepsOf, type Step } from './plpgsql.ts'

/** A piece of session state: a setting or a claim inside one, or the role. */
export interface Source {
  /** The setting's name; `role` for current_user and its kin. */
  readonly setting: string
  /** Path inside a setting that holds JSON; empty for the setting itself. */
  readonly path: readonly string[]
}

/** A column of a relation. */
export interface ColumnUse {
  readonly relation: Relation
  readonly column: string
  /** The alias it came by: two uses of one alias and column are one and the same value. */
  readonly alias: string
  /** 0 is the row that is judged, 1 and more are sub-selects. */
  readonly depth: number
}

/** What a value is made of. */
export interface Lineage {
  readonly columns: readonly ColumnUse[]
  readonly sources: readonly Source[]
  readonly constants: readonly string[]
  /** Functions and operators on the way, by name. */
  readonly through: readonly string[]
  /** What COALESCE falls back to: nothing, a constant or a column. */
  readonly fallback: 'none' | 'constant' | 'column'
  /** Columns that a sub-select or a function looks the value up in. */
  readonly looksUp: readonly ColumnUse[]
  readonly functions: readonly DatabaseFunction[]
}

/** The names that an expression may use. */
export interface Scope {
  readonly lookup: Lookup
  readonly frames: readonly Frame[]
  readonly variables: ReadonlyMap<string, Lineage>
  /** Functions being followed; none is followed twice. */
  readonly inside: readonly number[]
}

/** One FROM: aliases and what they stand for; null is something that has no relation. */
export type Frame = ReadonlyMap<string, Relation | null>

const nothing: Lineage = {
  columns: [],
  sources: [],
  constants: [],
  through: [],
  fallback: 'none',
  looksUp: [],
  functions: [],
}

/** The scope of an expression about one row of a relation. */
export function rowScope(lookup: Lookup, relation: Relation | null): Scope {
  return {
    lookup,
    frames: relation === null ? [] : [new Map([[relation.name, relation]])],
    variables: new Map(),
    inside: [],
  }
}

/** Several lineages as one. */
export function joined(parts: readonly Lineage[]): Lineage {
  return {
    columns: parts.flatMap(({ columns }) => columns),
    sources: parts.flatMap(({ sources }) => sources),
    constants: parts.flatMap(({ constants }) => constants),
    through: parts.flatMap(({ through }) => through),
    fallback: parts.find(({ fallback }) => fallback !== 'none')?.fallback ?? 'none',
    looksUp: parts.flatMap(({ looksUp }) => looksUp),
    functions: parts.flatMap(({ functions }) => functions),
  }
}

/** The lineage of an expression. */
export function lineageOf(value: unknown, scope: Scope): Lineage {
  const node = nodeOf(value)
  if (node === null)
    return Array.isArray(value) ? joined(value.map((each) => lineageOf(each, scope))) : nothing
  const { kind, fields } = node
  switch (kind) {
    case 'TypeCast':
    case 'CollateClause':
      return lineageOf(fields['arg'], scope)
    case 'ColumnRef':
      return columnLineage(namesOf(fields['fields']), scope)
    case 'ParamRef':
      return scope.variables.get(`$${String(fields['number'])}`) ?? nothing
    case 'A_Const':
      return { ...nothing, constants: [constantText(fields)] }
    case 'SQLValueFunction':
      return roleFunctions.has(String(fields['op']))
        ? { ...nothing, sources: [{ setting: 'role', path: [] }] }
        : { ...nothing, through: ['now'] }
    case 'CoalesceExpr':
      return coalesceLineage(listOf(fields['args']), scope)
    case 'FuncCall':
      return callLineage(node, scope)
    case 'A_Expr':
      return operatorLineage(fields, scope)
    case 'SubLink':
      return selectLineage(fields['subselect'], scope)
    default:
      return joined(
        Object.values(fields).map((each) =>
          typeof each === 'object' ? lineageOf(each, scope) : nothing,
        ),
      )
  }
}

const roleFunctions = new Set([
  'SVFOP_CURRENT_USER',
  'SVFOP_SESSION_USER',
  'SVFOP_USER',
  'SVFOP_CURRENT_ROLE',
])

/** A constant as text; null and booleans too. */
export function constantText(fields: Fields): string {
  if (fields['isnull'] === true) return 'NULL'
  for (const [key, text] of [
    ['sval', 'sval'],
    ['ival', 'ival'],
    ['fval', 'fval'],
    ['boolval', 'boolval'],
  ] as const) {
    const held = fields[key] as Fields | undefined
    if (held !== undefined)
      return String(held[text] ?? (key === 'ival' ? 0 : key === 'boolval' ? false : ''))
  }
  return ''
}

function columnLineage(names: readonly string[], scope: Scope): Lineage {
  const column = names.at(-1) ?? ''
  const alias = names.length > 1 ? (names.at(-2) ?? '') : null
  const variable =
    alias === null
      ? scope.variables.get(column)
      : (scope.variables.get(`${alias}.${column}`) ?? scope.variables.get(alias))
  const found = resolveColumn({ column, alias }, scope)
  if (found !== null) return { ...nothing, columns: [found] }
  return variable ?? nothing
}

/** Innermost FROM first. */
function resolveColumn(
  { column, alias }: { readonly column: string; readonly alias: string | null },
  { frames, lookup }: Scope,
): ColumnUse | null {
  for (let depth = frames.length - 1; depth >= 0; depth--) {
    for (const [name, relation] of frames[depth] ?? []) {
      if (
        (alias === null || alias === name) &&
        relation !== null &&
        lookup.columnOf(relation, column) !== null
      )
        return { relation, column, alias: `${depth}:${name}`, depth }
    }
  }
  return null
}

/**
 * Keys that mean nobody, or everybody's own: the empty text, zero, negative numbers, the nil uuid.
 */
export function isNobody(text: string): boolean {
  return (
    text === '' ||
    /^-?0*$/.test(text) ||
    /^-\d+$/.test(text) ||
    /^0{8}-0{4}-0{4}-0{4}-0{12}$/.test(text) ||
    /^(none|nobody|null|system|global|public|shared|\*)$/i.test(text)
  )
}

function coalesceLineage(values: readonly unknown[], scope: Scope): Lineage {
  const parts = values.map((each) => lineageOf(each, scope))
  const [first = nothing, ...rest] = parts
  const last = rest.at(-1) ?? nothing
  const isConstant = (part: Lineage): boolean =>
    part.constants.some((text) => text !== 'NULL' && text !== '{}' && !isNobody(text)) &&
    part.columns.length + part.sources.length === 0
  const fallback =
    last.columns.some(({ depth }) => depth === 0) && first.columns.length === 0
      ? 'column'
      : isConstant(last) && first.sources.length > 0
        ? 'constant'
        : 'none'
  return { ...joined(parts), fallback }
}

function operatorLineage(fields: Fields, scope: Scope): Lineage {
  const operator = namesOf(fields['name']).at(-1) ?? ''
  const left = lineageOf(fields['lexpr'], scope)
  if (fields['kind'] === 'AEXPR_NULLIF') return left
  const right = lineageOf(fields['rexpr'], scope)
  const keys = right.constants[0]
  if ((operator === '->' || operator === '->>') && left.sources.length > 0 && keys !== undefined)
    return { ...left, sources: left.sources.map((source) => deeper(source, [keys])) }
  if ((operator === '#>' || operator === '#>>') && left.sources.length > 0 && keys !== undefined)
    return {
      ...left,
      sources: left.sources.map((source) => deeper(source, keys.replace(/[{}]/g, '').split(','))),
    }
  const both = joined([left, right])
  return { ...both, through: [...both.through, operator] }
}

function deeper({ setting, path }: Source, keys: readonly string[]): Source {
  return { setting, path: [...path, ...keys] }
}

function callLineage(node: SqlNode, scope: Scope): Lineage {
  const { fields } = node
  const names = namesOf(fields['funcname'])
  const name = names.at(-1) ?? ''
  const given = listOf(fields['args']).map((each) => lineageOf(each, scope))
  const schema = names.length > 1 ? (names.at(-2) ?? null) : null
  if (schema === null || schema === 'pg_catalog') {
    const setting = name === 'current_setting' ? given[0]?.constants[0] : undefined
    if (setting !== undefined) return { ...nothing, sources: [{ setting, path: [] }] }
    if (name === 'getpgusername' || name === 'current_role')
      return { ...nothing, sources: [{ setting: 'role', path: [] }] }
  }
  const own = calledFunction(node, scope.lookup)
  if (own !== null) return followed(own, given, scope)
  const all = joined(given)
  if (jsonExtractors.has(name) && given[0] !== undefined)
    return {
      ...all,
      sources: given[0].sources.map((source) =>
        deeper(
          source,
          given.slice(1).flatMap(({ constants }) => constants),
        ),
      ),
    }
  return { ...all, through: [...all.through, name] }
}

const jsonExtractors = new Set([
  'json_extract_path_text',
  'jsonb_extract_path_text',
  'json_extract_path',
  'jsonb_extract_path',
])

/**
 * A call of the database's own function: what its body returns, with the arguments in place of its
 * parameters.
 */
function followed(called: DatabaseFunction, given: readonly Lineage[], scope: Scope): Lineage {
  const all = joined(given)
  const inner = scopeInside(called, given, scope)
  if (inner === null) return { ...all, functions: [...all.functions, called] }
  const body = bodyOf(called, inner)
  // What a function takes from the row it is asked about stays a column of that row.
  const returned = joined(body.returns)
  return {
    ...returned,
    columns: returned.columns
      .filter(({ depth }) => depth === 0 && given.some((each) => each.columns.length > 0))
      .concat(all.columns),
    looksUp: [...returned.looksUp, ...returned.columns],
    sources: [...returned.sources, ...body.sources, ...all.sources],
    through: [...returned.through, ...all.through],
    functions: [called, ...returned.functions, ...all.functions],
  }
}

const deepest = 6

/** The scope inside a function, its parameters bound; null when it is being followed already. */
export function scopeInside(
  called: DatabaseFunction,
  given: readonly Lineage[],
  scope: Scope,
): Scope | null {
  if (scope.inside.includes(called.oid) || scope.inside.length > deepest) return null
  const variables = new Map<string, Lineage>()
  given.forEach((lineage, position) => {
    variables.set(`$${position + 1}`, lineage)
    const name = called.argumentNames[position]
    if (name !== undefined && name !== '')
      variables.set(name, lineage).set(`${called.name}.${name}`, lineage)
  })
  // An empty frame in the place of the row: what the body selects from is a look-up.
  return {
    lookup: scope.lookup,
    frames: [new Map()],
    variables,
    inside: [...scope.inside, called.oid],
  }
}

/** The function of the database that a call means, by its name and the number of arguments. */
export function calledFunction({ fields }: SqlNode, lookup: Lookup): DatabaseFunction | null {
  const names = namesOf(fields['funcname'])
  const given = listOf(fields['args']).length
  const schema = names.length > 1 ? (names.at(-2) ?? null) : null
  return (
    lookup
      .functionsNamed(names.at(-1) ?? '', schema)
      .find(
        ({ argumentTypes, defaults }) =>
          given <= argumentTypes.length && given >= argumentTypes.length - defaults,
      ) ?? null
  )
}

/** A body: what it returns, every session state it reads, and each WHERE with its names. */
export interface Body {
  readonly returns: readonly Lineage[]
  readonly sources: readonly Source[]
  /** Statements with the scope they stand in, to look for comparisons and for writes. */
  readonly statements: readonly { readonly statement: unknown; readonly scope: Scope }[]
  /** Expressions that decide or return, with their scope. */
  readonly expressions: readonly {
    readonly value: SqlNode
    readonly scope: Scope
    readonly returned: boolean
  }[]
  readonly dynamic: boolean
  /** False when the language or the text is not one that is followed. */
  readonly readable: boolean
}

/** The body of a function in a scope that binds its parameters. */
export function bodyOf(called: DatabaseFunction, scope: Scope): Body {
  if (called.language === 'sql') return sqlBody(called, scope)
  if (called.language === 'plpgsql') return plpgsqlBody(called, scope)
  return {
    returns: [],
    sources: [],
    statements: [],
    expressions: [],
    dynamic: false,
    readable: false,
  }
}

/** A helper stands in hundreds of policies; its text is parsed once. */
const parsed = new WeakMap<DatabaseFunction, readonly unknown[]>()
const stepped = new WeakMap<DatabaseFunction, readonly Step[] | null>()

function statementsIn(called: DatabaseFunction): readonly unknown[] {
  const before = parsed.get(called)
  if (before !== undefined) return before
  const statements =
    called.source.trim() === ''
      ? atomicBody(called.definition ?? '')
      : parseStatements(called.source)
  parsed.set(called, statements)
  return statements
}

function stepsIn(called: DatabaseFunction): readonly Step[] | null {
  const before = stepped.get(called)
  if (before !== undefined) return before
  const steps = called.definition === null ? null : stepsOf(called.definition)
  stepped.set(called, steps)
  return steps
}

function sqlBody(called: DatabaseFunction, scope: Scope): Body {
  const statements = statementsIn(called)
  const returns = statements.slice(-1).map((statement) => selectLineage(statement, scope))
  const last = nodeOf(statements.at(-1))
  const target =
    last?.kind === 'SelectStmt' && last.fields['fromClause'] === undefined
      ? nodeOf(nodeOf(listOf(last.fields['targetList'])[0])?.fields['val'])
      : null
  return {
    returns,
    sources: statements.flatMap((statement) => selectLineage(statement, scope).sources),
    statements: statements.map((statement) => ({ statement, scope })),
    expressions: target === null ? [] : [{ value: target, scope, returned: true }],
    dynamic: false,
    readable: statements.length > 0,
  }
}

/** `BEGIN ATOMIC ... END` or `RETURN expression`, from the whole CREATE FUNCTION. */
function atomicBody(definition: string): readonly unknown[] {
  const body = nodeOf(nodeOf(parseStatements(definition)[0])?.fields['sql_body'])
  if (body === null) return []
  if (body.kind === 'ReturnStmt')
    return [{ SelectStmt: { targetList: [{ ResTarget: { val: body.fields['returnval'] } }] } }]
  return listOf(
    (nodeOf(listOf(nodeOf(body.fields['items'])?.fields ?? body.fields['items'])[0]) ?? body)
      .fields['items'] ?? body.fields['items'],
  ).flatMap((each) => (Array.isArray(each) ? each : [each]))
}

function plpgsqlBody(called: DatabaseFunction, outer: Scope): Body {
  const steps = stepsIn(called)
  if (steps === null)
    return {
      returns: [],
      sources: [],
      statements: [],
      expressions: [],
      dynamic: false,
      readable: false,
    }
  const variables = new Map(outer.variables)
  const scope: Scope = { ...outer, variables }
  const body = {
    returns: [] as Lineage[],
    sources: [] as Source[],
    statements: [] as Body['statements'][number][],
    expressions: [] as Body['expressions'][number][],
    dynamic: false,
    readable: true,
  }
  const assign = (name: string, value: Lineage): void =>
    void variables.set(name, joined([variables.get(name) ?? nothing, value]))
  for (const step of steps) {
    if (step.kind === 'dynamic') {
      body.dynamic = true
      continue
    }
    const value =
      step.kind === 'statement'
        ? selectLineage(step.statement, scope)
        : lineageOf(step.value, scope)
    body.sources.push(...value.sources)
    if (step.kind === 'assign') assign(step.variable, value)
    if (step.kind === 'statement') {
      for (const name of step.into)
        assign(name, { ...value, looksUp: [...value.looksUp, ...value.columns], columns: [] })
      body.statements.push({ statement: step.statement, scope })
    } else body.expressions.push({ value: step.value, scope, returned: step.kind === 'return' })
    if (step.kind === 'return' || (step.kind === 'statement' && step.returns))
      body.returns.push(value)
  }
  return body
}

/** A SELECT: what it returns, looked up under the conditions of its WHERE. */
export function selectLineage(statement: unknown, outer: Scope): Lineage {
  const node = nodeOf(statement)
  const fields = node === null ? ((statement ?? {}) as Fields) : node.fields
  if (node !== null && node.kind !== 'SelectStmt')
    return joined([lineageOf(Object.values(fields), withFrame(fields, outer))])
  const scope = withFrame(fields, outer)
  const own = scope.frames.length - 1
  const arms = [fields['larg'], fields['rarg']]
    .filter((each) => each !== undefined)
    .map((each) => selectLineage({ SelectStmt: each }, outer))
  const targets = joined(
    listOf(fields['targetList']).map((each) => lineageOf(nodeOf(each)?.fields['val'], scope)),
  )
  const conditions = joined(
    [fields['whereClause'], fields['fromClause'], fields['havingClause'], fields['withClause']].map(
      (each) => lineageOf(each, scope),
    ),
  )
  const inner = (use: ColumnUse): boolean => use.depth >= own && fields['fromClause'] !== undefined
  return joined([
    ...arms,
    {
      ...targets,
      columns: targets.columns.filter((use) => !inner(use)),
      looksUp: [...targets.looksUp, ...targets.columns.filter(inner)],
    },
    {
      ...nothing,
      sources: conditions.sources,
      functions: conditions.functions,
      columns: conditions.columns.filter((use) => !inner(use)),
    },
  ])
}

/** The scope inside a statement: its FROM on top of what is outside. */
export function withFrame(fields: Fields, outer: Scope): Scope {
  const frame = new Map<string, Relation | null>()
  const add = (value: unknown): void => {
    const item =
      nodeOf(value) ??
      (typeof value === 'object' && value !== null && 'relname' in value
        ? { kind: 'RangeVar', fields: value as Fields }
        : null)
    if (item === null) return
    if (item.kind === 'RangeVar') {
      const { relname, schemaname, alias } = item.fields
      const shown = (alias as Fields | undefined)?.['aliasname'] ?? relname
      frame.set(
        String(shown),
        outer.lookup.relationNamed(
          String(relname),
          typeof schemaname === 'string' ? schemaname : null,
        ),
      )
    }
    if (item.kind === 'JoinExpr') [item.fields['larg'], item.fields['rarg']].forEach(add)
    if (item.kind === 'RangeSubselect' || item.kind === 'RangeFunction')
      frame.set(String((item.fields['alias'] as Fields | undefined)?.['aliasname'] ?? ''), null)
  }
  listOf(fields['fromClause']).forEach(add)
  listOf(fields['usingClause']).forEach(add)
  add(fields['relation'])
  return { ...outer, frames: [...outer.frames, frame] }
}
