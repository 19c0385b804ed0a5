/** Views and functions over tenants' tables, and with whose rights they look. */
import type { DatabaseFunction, Relation } from '../../catalogue/catalogue.ts'
import { isExempt } from '../../reach/roles.ts'
import { bodyOf, rowScope, scopeInside } from '../../sql/lineage.ts'
import { walk } from '../../sql/parse.ts'
import { qualified } from '../../sql/quote.ts'
import { settableContext } from './context-setters.ts'
import type { Hit, RuleSubject } from '../rule.ts'
import { loginsOf } from '../support.ts'

/** Base tables of a view, through views on views. */
export function basesOf(
  { lookup }: Pick<RuleSubject, 'lookup'>,
  view: Relation,
  seen: ReadonlySet<number> = new Set(),
): readonly Relation[] {
  if (seen.has(view.oid)) return []
  const deeper = new Set([...seen, view.oid])
  return view.reads
    .flatMap((oid) => lookup.relation(oid) ?? [])
    .flatMap((each) => (each.kind === 'v' ? basesOf({ lookup }, each, deeper) : [each]))
}

/** Whether rows of tenants are below it. */
export function showsTenants(subject: RuleSubject, relations: readonly Relation[]): boolean {
  return relations.some(({ oid }) => (subject.model.tables.get(oid)?.kind ?? 'shared') !== 'shared')
}

/** A view that looks with its caller's rights. */
export function isInvoker(view: Relation): boolean {
  return view.options.some((option) => /^security_invoker=(true|on|1|yes)$/i.test(option))
}

/** Whether a role sees a table without its policies. */
export function looksPastPolicies(
  { graph, privileges }: RuleSubject,
  role: string,
  table: Relation,
): boolean {
  return (
    isExempt(graph.role(role)) ||
    !table.rowSecurity ||
    (!table.forced && privileges.owns(role, table.owner))
  )
}

/** Hits for views of a kind that tenants may use. */
export function viewHits(
  subject: RuleSubject,
  {
    kinds,
    test,
    fix,
  }: {
    readonly kinds: readonly string[]
    readonly test: (view: Relation, bases: readonly Relation[]) => string | null
    readonly fix: (view: Relation) => string
  },
): readonly Hit[] {
  return subject.lookup.catalogue.relations
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap((view) => {
      const sessions = subject.sessions.filter(({ role }) => subject.privileges.reaches(role, view))
      const bases = basesOf(subject, view)
      const detail = sessions.length > 0 && showsTenants(subject, bases) ? test(view, bases) : null
      return detail === null
        ? []
        : [
            {
              object: `${view.schema}.${view.name}`,
              oid: view.oid,
              roles: loginsOf(sessions),
              detail,
              fix: fix(view),
            },
          ]
    })
}

/** The condition under which a view compares its rows with the session, or false. */
export function filtersBySession({ lookup }: RuleSubject, view: Relation): boolean {
  return settableContext(view.definition ?? '', lookup)
}

/** Tables that a function's statements name. */
export function tablesIn(
  called: DatabaseFunction,
  { lookup }: Pick<RuleSubject, 'lookup'>,
): readonly Relation[] {
  const inside = scopeInside(called, [], rowScope(lookup, null))
  if (inside === null) return []
  const body = bodyOf(called, inside)
  const found: Relation[] = []
  const look = (value: unknown): void =>
    walk(value, ({ kind, fields }) => {
      const range = kind === 'RangeVar' ? fields : ((fields['relation'] ?? {}) as typeof fields)
      if (typeof range['relname'] !== 'string') return
      const relation = lookup.relationNamed(
        range['relname'],
        typeof range['schemaname'] === 'string' ? range['schemaname'] : null,
      )
      if (relation !== null) found.push(relation)
    })
  for (const { statement } of body.statements) look(statement)
  for (const { value } of body.expressions) look({ [value.kind]: value.fields })
  if (body.dynamic)
    for (const relation of lookup.catalogue.relations)
      if (called.source.includes(relation.name)) found.push(relation)
  return [...new Set(found)]
}

/**
 * Definer functions that a tenant's session may call, with the tables they touch. Helpers of
 * policies are left out: what they give is the context.
 */
export function definerFunctions(subject: RuleSubject): readonly {
  readonly called: DatabaseFunction
  readonly tables: readonly Relation[]
  readonly roles: readonly string[]
}[] {
  const helpers = new Set(
    subject.model.policies
      .flatMap(({ using, check }) => [using, check])
      .flatMap((each) => each?.lineage.functions ?? [])
      .map(({ oid }) => oid),
  )
  return subject.lookup.catalogue.functions
    .filter(
      ({ definer, kind, returns, returnsSet, oid }) =>
        definer &&
        !(helpers.has(oid) && !returnsSet) &&
        (kind === 'f' || kind === 'p') &&
        returns !== 'trigger' &&
        returns !== 'event_trigger',
    )
    .flatMap((called) => {
      const sessions = subject.sessions.filter(({ role }) =>
        subject.privileges.canExecute(role, called),
      )
      return sessions.length === 0
        ? []
        : [{ called, tables: tablesIn(called, subject), roles: loginsOf(sessions) }]
    })
}

/** ALTER FUNCTION with its arguments. */
export function functionSql(called: DatabaseFunction): string {
  return `${called.kind === 'p' ? 'PROCEDURE' : 'FUNCTION'} ${qualified(called)}(${called.identityArguments})`
}
