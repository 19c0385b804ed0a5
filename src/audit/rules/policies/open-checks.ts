/** WITH CHECK expressions that do not bind the tenant. */
import type { Hit, RuleSubject } from '../rule.ts'
import { commandsReached, policyHit } from '../support.ts'

/** A hit, and whether its policy is for INSERT alone. */
export type OpenCheck = Hit & { readonly insertOnly: boolean }

/** `always`: nothing is checked. `other`: something is, but not the tenant. */
export function openChecks(subject: RuleSubject, wanted: 'always' | 'other'): readonly OpenCheck[] {
  return subject.model.policies.flatMap((judged) => {
    const { policy, relation, check } = judged
    const table = subject.model.tables.get(relation.oid)
    if (check === null || !policy.permissive || !relation.rowSecurity || table === undefined || table.kind === 'shared') return []
    if (!commandsReached(subject, judged).some((command) => command === 'a' || command === 'w')) return []
    const open = check.branches.filter(({ bound, vector, atoms }) => !bound && vector !== null && vector !== 'opaque' && !atoms.some((atom) => atom.kind === 'row' && atom.vector === 'B18'))
    const isAlways = open.some(({ vector }) => vector === 'B01')
    // A table that others' policies look at: who may join is a vector of its own.
    const binds = check.branches.every(({ bound }) => bound) || (table.decides && check.branches.every(({ weaknesses, bound }) => bound || weaknesses.length > 0))
    if (open.length === 0 || binds || isAlways !== (wanted === 'always')) return []
    return [{ ...policyHit(subject, { judged, expression: check }), insertOnly: policy.command === 'a' }]
  })
}
