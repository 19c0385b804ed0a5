/** Relations whose rows a judged session can come to: itself, below a view, or by a function. */
import { basesOf, definerFunctions } from '../rules/objects/views.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { mayRunAnything } from '../reach/behind-relations.ts'

/** Their numbers. A definer function that may run anything reaches all of them. */
export function reachedRelations(subject: RuleSubject): ReadonlySet<number> {
  const { lookup, sessions, privileges } = subject
  const { relations } = lookup.catalogue
  const definers = definerFunctions(subject)
  if (definers.some(({ called }) => mayRunAnything(called, lookup)))
    return new Set(relations.map(({ oid }) => oid))
  const direct = relations.filter((relation) =>
    sessions.some(({ role }) => privileges.reaches(role, relation)),
  )
  const below = direct.flatMap((view) => basesOf({ lookup }, view))
  const used = definers.flatMap(({ tables }) => tables)
  const underUsed = used.flatMap((view) => basesOf({ lookup }, view))
  return new Set([...direct, ...below, ...used, ...underUsed].map(({ oid }) => oid))
}
