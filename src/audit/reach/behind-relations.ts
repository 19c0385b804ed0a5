/**
 * What reading a relation may run with rights of somebody else's: views, and functions of policies
 * and views, followed through whatever they call. Where a body puts its SQL together at run time,
 * it may call everything; labels of volatility say nothing.
 */
import { nameOf, type DatabaseFunction, type Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { parsePlpgsql } from '../sql/parse.ts'

/** What may run. */
export interface Behind {
  readonly views: ReadonlySet<Relation>
  readonly functions: ReadonlySet<DatabaseFunction>
  /**
   * What of it may do something that does not stand in it, or that acts beyond the transaction, in
   * words.
   */
  readonly unforeseeable: readonly string[]
}

/** Follows a relation. */
export function behind(relation: Relation, lookup: Lookup): Behind {
  const found = {
    views: new Set<Relation>(),
    functions: new Set<DatabaseFunction>(),
    tables: new Set<Relation>(),
  }
  followRelation(relation, { lookup, found })
  const { acting } = lookup.catalogue
  const relations = [...found.tables, ...found.views]
  const unforeseeable = [
    ...[...found.functions].filter((called) => mayRunAnything(called, lookup)).map(describe),
    ...relations.flatMap(({ oid, ...each }) =>
      acting.inRelations
        .filter((call) => call.relation === oid)
        .map(({ name }) => `${name} (for ${nameOf(each)})`),
    ),
    ...relations.filter(({ kind }) => kind === 'f').map((each) => `foreign table ${nameOf(each)}`),
    ...acting.around.map((name) => `${name} (of an operator, cast, aggregate or domain)`),
  ]
  return { ...found, unforeseeable }
}

/**
 * Functions of common extensions that run SQL handed to them as text; and names written in escapes.
 */
const handedOn = ['dblink\\w*', 'crosstab\\w*', 'connectby', 'xpath_table']
const escaped = /\bU&"/i
const patterns = new WeakMap<Lookup, RegExp>()

/** Matches any name, in a text, of a function that may act beyond its statement. */
function actingIn(lookup: Lookup): RegExp {
  const known = patterns.get(lookup)
  if (known !== undefined) return known
  const names = [
    ...handedOn,
    ...lookup.catalogue.acting.names.map((name) => name.replace(/\W/g, '\\$&')),
  ]
  const pattern = new RegExp(`\\b(${names.join('|')})\\b`, 'i')
  patterns.set(lookup, pattern)
  return pattern
}

interface Following {
  readonly lookup: Lookup
  readonly found: {
    readonly views: Set<Relation>
    readonly functions: Set<DatabaseFunction>
    readonly tables: Set<Relation>
  }
}

/** Checks of domains run for whatever casts to one, which a relation need not say. */
const anyRelation = 0

function followRelation(relation: Relation, following: Following): void {
  const { lookup, found } = following
  const seen = relation.kind === 'v' ? found.views : found.tables
  if (seen.has(relation)) return
  seen.add(relation)
  // What lies below it is read with it, and planned with its own indexes and checks.
  const below = lookup.catalogue.relations
    .filter(({ parents }) => parents.includes(relation.oid))
    .map(({ oid }) => oid)
  for (const oid of [...relation.reads, ...readByPolicies(relation, lookup), ...below]) {
    const next = lookup.relation(oid)
    if (next !== null) followRelation(next, following)
  }
  for (const { relation: oid, function: called } of lookup.catalogue.calledByRelations) {
    const next = oid === relation.oid || oid === anyRelation ? lookup.function(called) : null
    if (next !== null) followFunction(next, following)
  }
}

function readByPolicies(relation: Relation, { catalogue }: Lookup): readonly number[] {
  return catalogue.readByPolicies
    .filter(({ relation: oid }) => oid === relation.oid)
    .map(({ reads }) => reads)
}

function followFunction(called: DatabaseFunction, following: Following): void {
  const { lookup, found } = following
  if (found.functions.has(called)) return
  found.functions.add(called)
  const { functions, relations, ambientFunctions } = lookup.catalogue
  const text = `${called.source}\n${called.definition ?? ''}`
  const named = mayRunAnything(called, lookup)
    ? () => true
    : ({ name }: { readonly name: string }): boolean => mentions(text, name)
  // Operators, casts and domains do not stand in a body by the name of their function.
  const ambient = new Set(ambientFunctions)
  for (const each of functions)
    if (ambient.has(each.oid) || named(each)) followFunction(each, following)
  for (const each of relations) if (named(each)) followRelation(each, following)
}

function mentions(text: string, name: string): boolean {
  return text.toLowerCase().includes(name.toLowerCase())
}

/** Whether a body may run SQL that does not stand in it, or acts beyond the transaction. */
export function mayRunAnything(
  { language, definition, source }: DatabaseFunction,
  lookup: Lookup,
): boolean {
  const text = `${source}\n${definition ?? ''}`
  if (actingIn(lookup).test(text) || escaped.test(text)) return true
  if (language === 'sql') return false
  if (language !== 'plpgsql' || definition === null) return true
  const parsed = parsePlpgsql(definition)
  return (
    parsed === null ||
    /"PLpgSQL_stmt_dyn|"dynquery"|"PLpgSQL_stmt_call"/.test(JSON.stringify(parsed))
  )
}

/** A view or function in words. */
export function describe(object: Relation | DatabaseFunction): string {
  return 'kind' in object && 'columns' in object
    ? `view ${nameOf(object)}`
    : `function ${nameOf(object)}`
}
