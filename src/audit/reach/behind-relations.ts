/**
 * What reading a relation may run with rights of somebody else's: views, and functions of policies and views, followed through
 * whatever they call. Where a body puts its SQL together at run time, it may call everything; labels of volatility say nothing.
 */
import { nameOf, type DatabaseFunction, type Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { parsePlpgsql } from '../sql/parse.ts'

/** What may run. */
export interface Behind {
  readonly views: ReadonlySet<Relation>
  readonly functions: ReadonlySet<DatabaseFunction>
  /** What of it may do something that does not stand in it, or that acts beyond the transaction, in words. */
  readonly unforeseeable: readonly string[]
}

/** Follows a relation. */
export function behind(relation: Relation, lookup: Lookup): Behind {
  const found = { views: new Set<Relation>(), functions: new Set<DatabaseFunction>(), tables: new Set<Relation>() }
  followRelation(relation, { lookup, found })
  const unforeseeable = [
    ...[...found.functions].filter(isUnforeseeable).map(describe),
    ...[...found.tables, ...found.views].filter((each) => textsOf(each, lookup).some((text) => acting.test(text))).map(nameOf),
  ]
  return { ...found, unforeseeable }
}

/**
 * Functions of the system and of its extensions that run SQL handed to them as text, end sessions, or leave something behind that a
 * rollback does not take away; and names written in escapes.
 */
const acting =
  /\b(pg_(terminate|cancel)_backend|(query|cursor|table|schema|database)_to_xml\w*|ts_stat|ts_rewrite|dblink\w*|crosstab\w*|connectby|pg_notify|pg_logical_emit_message|pg_(try_)?advisory_lock\w*)\b|\bU&"/i

/** The conditions of a relation's policies, and a view's query. */
function textsOf({ oid, definition }: Relation, { catalogue }: Lookup): readonly string[] {
  const conditions = catalogue.policies.filter(({ table }) => table === oid).flatMap(({ using, check }) => [using, check])
  return [...conditions, definition].filter((text) => text !== null)
}

interface Following {
  readonly lookup: Lookup
  readonly found: {
    readonly views: Set<Relation>
    readonly functions: Set<DatabaseFunction>
    readonly tables: Set<Relation>
  }
}

function followRelation(relation: Relation, following: Following): void {
  const { lookup, found } = following
  const seen = relation.kind === 'v' ? found.views : found.tables
  if (seen.has(relation)) return
  seen.add(relation)
  for (const oid of [...relation.reads, ...readByPolicies(relation, lookup)]) {
    const next = lookup.relation(oid)
    if (next !== null) followRelation(next, following)
  }
  for (const { relation: oid, function: called } of lookup.catalogue.calledByRelations) {
    const next = oid === relation.oid ? lookup.function(called) : null
    if (next !== null) followFunction(next, following)
  }
}

function readByPolicies(relation: Relation, { catalogue }: Lookup): readonly number[] {
  return catalogue.readByPolicies.filter(({ relation: oid }) => oid === relation.oid).map(({ reads }) => reads)
}

function followFunction(called: DatabaseFunction, following: Following): void {
  const { lookup, found } = following
  if (found.functions.has(called)) return
  found.functions.add(called)
  const { functions, relations, ambientFunctions } = lookup.catalogue
  const text = `${called.source}\n${called.definition ?? ''}`
  const named = isUnforeseeable(called) ? () => true : ({ name }: { readonly name: string }): boolean => mentions(text, name)
  // Operators, casts and domains do not stand in a body by the name of their function.
  const ambient = new Set(ambientFunctions)
  for (const each of functions) if (ambient.has(each.oid) || named(each)) followFunction(each, following)
  for (const each of relations) if (named(each)) followRelation(each, following)
}

function mentions(text: string, name: string): boolean {
  return text.toLowerCase().includes(name.toLowerCase())
}

/** Whether a body may run SQL that does not stand in it, or acts beyond the transaction. */
function isUnforeseeable({ language, definition, source }: DatabaseFunction): boolean {
  if (acting.test(`${source}\n${definition ?? ''}`)) return true
  if (language === 'sql') return false
  if (language !== 'plpgsql' || definition === null) return true
  const parsed = parsePlpgsql(definition)
  return parsed === null || /"PLpgSQL_stmt_dyn|"dynquery"|"PLpgSQL_stmt_call"/.test(JSON.stringify(parsed))
}

/** A view or function in words. */
export function describe(object: Relation | DatabaseFunction): string {
  return 'kind' in object && 'columns' in object ? `view ${nameOf(object)}` : `function ${nameOf(object)}`
}
