/**
 * What a branch of a policy rests on. A branch is bound when it ties the row to the session's
 * tenant by equality; every other branch has a reason, named by the vector under which the
 * catalogue of leaks knows it.
 */
import type { Column, Policy, Relation } from '../catalogue/catalogue.ts'
import {
  comparisonsIn,
  comparisonsOf,
  isColumn,
  isConstant,
  isContext,
  type Comparison,
} from '../sql/comparisons.ts'
import {
  lineageOf,
  rowScope,
  type ColumnUse,
  type Lineage,
  type Scope,
  type Source,
} from '../sql/lineage.ts'
import type { Lookup } from '../sql/lookup.ts'
import { parseExpression, type SqlNode } from '../sql/parse.ts'
import { branchesOf, openWhenNull, type Atom, type Branch } from './predicate.ts'

/** How an atom takes part in a branch. */
export type AtomKind =
  | {
      readonly kind: 'bound'
      readonly columns: readonly ColumnUse[]
      readonly weakness: string | null
      readonly sources: readonly Source[]
    }
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | {
      readonly kind: 'session'
      readonly vector: string
      readonly sources: readonly Source[]
      readonly constant: string | null
    }
  | {
      readonly kind: 'row'
      readonly vector: string | null
      readonly columns: readonly ColumnUse[]
      readonly constant: string | null
    }
  | { readonly kind: 'role-check' }
  | { readonly kind: 'opaque'; readonly why: string }

/**
 * A branch with what it comes to. `vector` is null for a branch that is properly bound, or that
 * lets nothing through.
 */
export interface JudgedBranch {
  readonly atoms: readonly AtomKind[]
  readonly bound: boolean
  readonly vector: string | null
  /** Vectors of weaknesses in what binds it. */
  readonly weaknesses: readonly string[]
}

/** One expression of a policy, judged. */
export interface JudgedExpression {
  readonly text: string
  readonly branches: readonly JudgedBranch[]
  readonly comparisons: readonly Comparison[]
  readonly lineage: Lineage
  readonly node: SqlNode
  readonly scope: Scope
}

/**
 * A policy with its expressions judged; an expression that the parser does not take is null with
 * `unreadable`.
 */
export interface JudgedPolicy {
  readonly policy: Policy
  readonly relation: Relation
  readonly using: JudgedExpression | null
  readonly check: JudgedExpression | null
  readonly unreadable: boolean
}

/** Judges every expression of a policy. */
export function judgePolicy(policy: Policy, relation: Relation, lookup: Lookup): JudgedPolicy {
  const judge = (text: string | null): JudgedExpression | null =>
    text === null ? null : judgeExpression(text, rowScope(lookup, relation))
  const using = judge(policy.using)
  const check = judge(policy.check)
  return {
    policy,
    relation,
    using,
    check,
    unreadable:
      (policy.using !== null && using === null) || (policy.check !== null && check === null),
  }
}

/** Judges an expression about a row: a policy's, or the WHERE of a view. */
export function judgeExpression(text: string, scope: Scope): JudgedExpression | null {
  const node = parseExpression(text)
  if (node === null) return null
  return {
    text,
    node,
    scope,
    branches: branchesOf(node, scope).map(judgeBranch),
    comparisons: comparisonsIn(node, scope),
    lineage: lineageOf(node, scope),
  }
}

function judgeBranch(branch: Branch): JudgedBranch {
  const atoms = branch.map(kindOfAtom)
  const bindings = atoms.filter((atom) => atom.kind === 'bound')
  const weaknesses = bindings.flatMap(({ weakness }) => weakness ?? [])
  const bound = bindings.some(({ weakness }) => weakness === null)
  if (atoms.some(({ kind }) => kind === 'never') || bound)
    return { atoms, bound, vector: null, weaknesses: bound ? [] : weaknesses }
  if (bindings.length > 0) return { atoms, bound, vector: weaknesses[0] ?? null, weaknesses }
  return { atoms, bound, vector: unboundVector(atoms), weaknesses }
}

/** The most telling reason of a branch that nothing binds. */
function unboundVector(atoms: readonly AtomKind[]): string | null {
  if (atoms.some(({ kind }) => kind === 'role-check')) return null
  if (atoms.some(({ kind }) => kind === 'opaque')) return 'opaque'
  const session = atoms.find((atom) => atom.kind === 'session')
  if (session !== undefined) return session.vector
  const row = atoms.find((atom) => atom.kind === 'row' && atom.vector !== null)
  if (row?.kind === 'row') return row.vector
  return atoms.some(({ kind }) => kind === 'row') ? 'B03' : 'B01'
}

function kindOfAtom({ node, scope, negated }: Atom): AtomKind {
  const { kind, fields } = node
  if (kind === 'A_Const') return constantAtom(fields, negated)
  if (kind === openWhenNull)
    return {
      kind: 'session',
      vector: 'B04',
      sources: lineageOf(fields['arg'], scope).sources,
      constant: null,
    }
  if (kind === 'NullTest') return nullAtom(node, scope, negated)
  if (kind === 'SubLink') return subselectAtom(node, scope)
  if (kind === 'A_Expr' || kind === 'FuncCall') {
    const comparisons = comparisonsOf(node, scope)
    if (comparisons.length > 0)
      return strongest(comparisons.map((each) => comparisonAtom(each, negated)))
  }
  return plainAtom(lineageOf(node, scope), negated)
}

function constantAtom(fields: SqlNode['fields'], negated: boolean): AtomKind {
  const value = (fields['boolval'] as { readonly boolval?: boolean } | undefined)?.boolval === true
  return { kind: value !== negated ? 'always' : 'never' }
}

/** Of several comparisons in one atom (a row with a row), the one that binds most. */
function strongest(atoms: readonly AtomKind[]): AtomKind {
  return (
    atoms.find((atom) => atom.kind === 'bound' && atom.weakness === null) ??
    atoms.find(({ kind }) => kind === 'bound') ??
    atoms[0] ?? { kind: 'always' }
  )
}

const patternOperators = new Set([
  '~~',
  '~~*',
  '~',
  '~*',
  '<@',
  '@>',
  '^@',
  'starts_with',
  'position',
  'strpos',
  'regexp_like',
  'like',
  '&&',
  '%',
  '>=',
  '<=',
  '>',
  '<',
])
const matchFunctions = new Set(['position', 'strpos', 'regexp_count', 'regexp_instr', 'similarity'])
const lossyFunctions = new Set([
  'lower',
  'upper',
  'trim',
  'btrim',
  'rtrim',
  'ltrim',
  'left',
  'right',
  'substr',
  'substring',
  'md5',
  'hashtext',
  'hashtextextended',
  'unaccent',
  'normalize',
  'translate',
  'replace',
  'regexp_replace',
  'initcap',
  'split_part',
  'abs',
  'mod',
  '%',
  'round',
  'trunc',
  'floor',
])
const listFunctions = new Set([
  'string_to_array',
  'regexp_split_to_array',
  'unnest',
  'regexp_split_to_table',
  'string_to_table',
])

function comparisonAtom({ operator, left, right }: Comparison, negated: boolean): AtomKind {
  if (isConstant(left) && isConstant(right))
    return {
      kind:
        (left.constants[0] === right.constants[0]) === ((operator === '=') !== negated)
          ? 'always'
          : 'never',
    }
  const [column, other] = ownSide(left) ? [left, right] : [right, left]
  const own = column.columns.find(({ depth }) => depth === 0)
  if (own !== undefined && (other.sources.length > 0 || other.looksUp.length > 0))
    return bindingAtom({ operator, column, other, own }, negated)
  if (
    own !== undefined &&
    column.sources.length > 0 &&
    isConstant(other) &&
    column.through.some((name) => matchFunctions.has(name))
  )
    return matchAtom(column)
  if (own !== undefined && other.columns.length === 1 && isSame(own, other.columns[0]))
    return {
      kind: 'row',
      vector: operator === '=' && !negated ? 'B02' : null,
      columns: [own],
      constant: null,
    }
  if (own !== undefined)
    return {
      kind: 'row',
      vector: null,
      columns: column.columns.filter(({ depth }) => depth === 0),
      constant: operator.startsWith('=') && !negated ? (other.constants[0] ?? null) : null,
    }
  const [context, value] = isContext(left) ? [left, right] : [right, left]
  if (isContext(context)) return sessionComparison({ context, value, operator }, negated)
  return { kind: 'row', vector: null, columns: [], constant: null }
}

/**
 * `position(tenant in context) > 0`: row and session meet inside a function. With separators put
 * in, the context is meant as a list.
 */
function matchAtom({ columns, sources, constants }: Lineage): AtomKind {
  const isList = constants.some((text) => /^[,;|:/ ]$/.test(text))
  return {
    kind: 'bound',
    columns: columns.filter(({ depth }) => depth === 0),
    weakness: isList ? 'B30' : 'B11',
    sources,
  }
}

function ownSide({ columns }: Lineage): boolean {
  return columns.some(({ depth }) => depth === 0)
}

function isSame(one: ColumnUse, other: ColumnUse | undefined): boolean {
  return other !== undefined && one.alias === other.alias && one.column === other.column
}

interface Binding {
  readonly operator: string
  readonly column: Lineage
  readonly other: Lineage
  readonly own: ColumnUse
}

function bindingAtom(binding: Binding, negated: boolean): AtomKind {
  const { operator, other, column, own } = binding
  if (other.sources.length === 0)
    return { kind: 'row', vector: 'B22', columns: [own], constant: null }
  if (negated || operator === '<>' || operator === 'is distinct from')
    return { kind: 'row', vector: 'B03', columns: [own], constant: null }
  return {
    kind: 'bound',
    columns: column.columns.filter(({ depth }) => depth === 0),
    weakness: weaknessOf(binding),
    sources: other.sources,
  }
}

function weaknessOf({ operator, column, other, own }: Binding): string | null {
  if (column.fallback === 'constant' || other.fallback === 'constant') return 'B08'
  if (
    other.fallback === 'column' ||
    column.fallback === 'column' ||
    other.columns.some(({ depth }) => depth === 0)
  )
    return 'B06'
  if (other.sources.some(({ path }) => path.some((key) => /^(raw_)?user_meta_?data$/.test(key))))
    return 'B28'
  if (patternOperators.has(operator) && other.looksUp.length === 0) return 'B11'
  if (
    other.through.some((name) => listFunctions.has(name)) &&
    (operator.endsWith('any') ||
      other.through.some((name) => /^(unnest|regexp_split_to_table|string_to_table)$/.test(name)))
  )
    return 'B30'
  const typed = own.relation.columns.find(({ name }) => name === own.column)
  if (
    column.through.some((name) => lossyFunctions.has(name)) ||
    other.through.some((name) => name === 'lower' || name === 'upper') ||
    isLossyType(typed)
  )
    return 'B12'
  return null
}

/** Types under which two different ids may be equal. */
function isLossyType(column: Column | undefined): boolean {
  if (column === undefined) return false
  return (
    /(^|\.)citext$/.test(column.baseType) ||
    column.baseType === 'character' ||
    !column.deterministic
  )
}

function sessionComparison(
  {
    context,
    value,
    operator,
  }: { readonly context: Lineage; readonly value: Lineage; readonly operator: string },
  negated: boolean,
): AtomKind {
  const { sources } = context
  if (sources.every(({ setting }) => setting === 'role')) return { kind: 'role-check' }
  const positive = operator.startsWith('=') !== negated
  if (isConstant(value) && value.constants[0] === '')
    return { kind: 'session', vector: positive ? 'B05' : 'B09', sources, constant: '' }
  if (context.looksUp.length > 0)
    return { kind: 'session', vector: 'looked-up', sources, constant: null }
  return {
    kind: 'session',
    vector: positive || operator === 'is distinct from' ? 'B07' : 'B09',
    sources,
    constant: positive ? (value.constants[0] ?? null) : null,
  }
}

function nullAtom({ fields }: SqlNode, scope: Scope, negated: boolean): AtomKind {
  const lineage = lineageOf(fields['arg'], scope)
  const isNull = (fields['nulltesttype'] === 'IS_NULL') !== negated
  if (isContext(lineage))
    return {
      kind: 'session',
      vector: isNull ? 'B04' : lineage.looksUp.length > 0 ? 'looked-up' : 'B09',
      sources: lineage.sources,
      constant: null,
    }
  return {
    kind: 'row',
    vector: isNull ? 'B18' : 'B02',
    columns: lineage.columns.filter(({ depth }) => depth === 0),
    constant: null,
  }
}

/**
 * EXISTS and IN: bound when the session chooses the rows looked at and one of them is tied to the
 * row that is judged.
 */
function subselectAtom(node: SqlNode, scope: Scope): AtomKind {
  const comparisons = comparisonsIn(node, scope)
  const lineage = lineageOf(node, scope)
  if (comparisons.some((each) => isCapture(each)))
    return { kind: 'row', vector: 'B21', columns: [], constant: null }
  const own = comparisons
    .flatMap(({ left, right }) => [left, right])
    .flatMap(({ columns }) => columns)
    .filter(({ depth }) => depth === 0)
  const sources = [
    ...lineage.sources,
    ...comparisons.flatMap(({ left, right }) => [...left.sources, ...right.sources]),
  ]
  if (sources.length === 0) return { kind: 'row', vector: 'B22', columns: own, constant: null }
  const tied = comparisons.filter(({ left, right }) => isContext(left) !== isContext(right))
  const weaknesses = tied.flatMap(({ operator, left, right }) => {
    const [column, other] = isContext(left) ? [right, left] : [left, right]
    const use = column.columns[0]
    return use === undefined || column.columns.length > 1
      ? []
      : [weaknessOf({ operator, column, other, own: use })]
  })
  if (own.length === 0)
    return {
      kind: 'session',
      vector: tied.length > 0 ? 'looked-up' : 'B09',
      sources,
      constant: null,
    }
  return {
    kind: 'bound',
    columns: own,
    weakness:
      weaknesses.length > 0 && weaknesses.every((each) => each !== null)
        ? (weaknesses[0] ?? null)
        : null,
    sources,
  }
}

function isCapture({ operator, left, right }: Comparison): boolean {
  const [one] = left.columns
  return (
    operator === '=' &&
    one !== undefined &&
    isColumn(left) &&
    isColumn(right) &&
    one.depth > 0 &&
    left.through.length + right.through.length === 0 &&
    isSame(one, right.columns[0])
  )
}

function plainAtom(lineage: Lineage, negated: boolean): AtomKind {
  const own = lineage.columns.filter(({ depth }) => depth === 0)
  if (lineage.sources.length > 0 && own.length > 0)
    return { kind: 'bound', columns: own, weakness: null, sources: lineage.sources }
  if (lineage.sources.length > 0)
    return {
      kind: 'session',
      vector: lineage.looksUp.length > 0 ? 'looked-up' : negated ? 'B09' : 'B07',
      sources: lineage.sources,
      constant: negated ? null : 'true',
    }
  if (own.length > 0 && lineage.looksUp.length > 0)
    return { kind: 'row', vector: 'B22', columns: own, constant: null }
  if (own.length > 0)
    return { kind: 'row', vector: null, columns: own, constant: negated ? 'false' : 'true' }
  const unread = lineage.functions[0]
  if (unread !== undefined)
    return { kind: 'opaque', why: `function ${unread.schema}.${unread.name}` }
  if (lineage.through.some((name) => ['random', 'now', 'clock_timestamp'].includes(name)))
    return { kind: 'row', vector: 'B35', columns: [], constant: null }
  return { kind: 'opaque', why: 'an expression that is not understood' }
}
