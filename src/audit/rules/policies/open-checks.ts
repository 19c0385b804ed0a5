/** WITH CHECK expressions that do not bind the tenant. */
import type { JudgedBranch } from '../../tenancy/policy-logic.ts'
import type { Hit, RuleSubject } from '../rule.ts'
import { commandsReached, policyHit } from '../support.ts'

/** A hit, and whether its policy is for INSERT alone. */
export type OpenCheck = Hit & { readonly insertOnly: boolean }

/**
 * Whether a branch ties the column that says whose the row is; another key of the session, such as
 * the user's, does not.
 */
function bindsAxis({ atoms, bound, weaknesses }: JudgedBranch, axis: string | undefined): boolean {
  if (axis === undefined) return bound || weaknesses.length > 0
  return atoms.some(
    (atom) => atom.kind === 'bound' && atom.columns.some(({ column }) => column === axis),
  )
}

/** `always`: nothing is checked. `other`: something is, but not the tenant. */
export function openChecks(subject: RuleSubject, wanted: 'always' | 'other'): readonly OpenCheck[] {
  return subject.model.policies.flatMap((judged) => {
    const { policy, relation, check } = judged
    const table = subject.model.tables.get(relation.oid)
    // Where reading is open already, writing is told with it.
    if (
      judged.using?.branches.some(
        ({ bound, vector }) => !bound && vector !== null && vector !== 'opaque',
      ) === true &&
      policy.command === '*'
    )
      return []
    if (
      check === null ||
      !policy.permissive ||
      !relation.rowSecurity ||
      table === undefined ||
      table.kind === 'shared'
    )
      return []
    if (!commandsReached(subject, judged).some((command) => command === 'a' || command === 'w'))
      return []
    const axis = table.axis[0]
    const open = check.branches
      .filter((branch) => !bindsAxis(branch, axis))
      .filter(
        ({ vector, atoms }) =>
          vector !== 'opaque' &&
          !atoms.some(
            ({ kind }) => kind === 'opaque' || kind === 'never' || kind === 'role-check',
          ) &&
          !atoms.some((atom) => atom.kind === 'row' && atom.vector === 'B18'),
      )
    const isAlways = open.some(({ vector }) => vector === 'B01')
    // A table that others' policies look at: who may join is a vector of its own.
    const joins =
      table.decides &&
      check.branches.every(({ weaknesses, bound }) => bound || weaknesses.length > 0)
    if (open.length === 0 || joins || isAlways !== (wanted === 'always')) return []
    return [
      { ...policyHit(subject, { judged, expression: check }), insertOnly: policy.command === 'a' },
    ]
  })
}
