/**
 * What was not judged although tenants' sessions reach it: it keeps the verdict open (DESIGN law
 * 13).
 */
import type { Abstention } from '../../base/finding.ts'
import { nameOf } from '../catalogue/catalogue.ts'
import { signatureOf } from '../clone/structure.ts'
import type { Exception } from '../options.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { reachedRelations } from './reached-relations.ts'

/**
 * Abstentions that keep the verdict open: of what is reached, or may be, and that nobody accepted
 * by name.
 */
export function openAbstentions(
  abstained: readonly Abstention[],
  subject: RuleSubject,
  exceptions: readonly Exception[],
): readonly Abstention[] {
  const accepted = new Set(exceptions.map(({ key }) => key))
  const reached = reachedRelations(subject)
  return abstained.filter(
    ({ object }) => !accepted.has(object) && isReached(object, { subject, reached }),
  )
}

interface Reached {
  readonly subject: RuleSubject
  readonly reached: ReadonlySet<number>
}

/**
 * Whether a session that is judged reaches an object; what is no relation or function of the
 * catalogue may be reached.
 */
function isReached(object: string, { subject, reached }: Reached): boolean {
  const { lookup, sessions, privileges } = subject
  const { relations, functions, triggers } = lookup.catalogue
  const relation = relations.find((each) => nameOf(each) === object)
  if (relation !== undefined && reached.has(relation.oid)) return true
  const called = functions.filter((each) => nameOf(each) === object || signatureOf(each) === object)
  if (called.length === 0) return relation === undefined
  const fired = new Set(triggers.map(({ function: oid }) => oid))
  return called.some(
    (each) => fired.has(each.oid) || sessions.some(({ role }) => privileges.canExecute(role, each)),
  )
}

/** The objects in words: the first few, and how many more. */
export function namesOfOpen(open: readonly Abstention[], max = 3): string {
  const names = [...new Set(open.map(({ object }) => object))]
  const more = names.length - max
  return more > 0 ? `${names.slice(0, max).join(', ')} and ${more} more` : names.join(', ')
}
