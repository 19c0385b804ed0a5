/**
 * A role for each tenant, written out: one policy to each role, with that tenant's key as a
 * constant. The role is the context then.
 */
import type { ColumnUse, Source } from '../sql/lineage.ts'
import type { JudgedBranch, JudgedExpression, JudgedPolicy } from './policy-logic.ts'

/** The context of a session that is told by its role. */
export const roleSource: Source = { setting: 'role', path: [] }

/** Keys by role, and the name of the column that holds them. */
export interface RoleConstants {
  readonly column: string
  readonly keyOf: ReadonlyMap<string, string>
}

interface Naming {
  readonly role: string
  readonly use: ColumnUse
  readonly key: string
}

/**
 * Reads the keys off the policies; null where fewer than two tenants are told apart so, or where
 * the session's state chooses the rows too.
 */
export function roleConstantsOf(policies: readonly JudgedPolicy[]): RoleConstants | null {
  const namings = policies.flatMap((judged) => namingsOf(judged))
  const grouped = [...Map.groupBy(namings, ({ use }) => use.column.toLowerCase())].toSorted(
    ([, one], [, other]) => other.length - one.length,
  )
  for (const [column, found] of grouped) {
    if (policies.some((judged) => isBoundTo(judged, column))) continue
    const keys = [...Map.groupBy(found, ({ role }) => role)].map(
      ([role, ofRole]) => [role, likeliestKey(ofRole, found)] as const,
    )
    if (new Set(keys.map(([, key]) => key)).size > 1) return { column, keyOf: new Map(keys) }
  }
  return null
}

/**
 * Where policies disagree about a role, one of them is a mistake: the key counts that most of them
 * name, and fewest other roles.
 */
function likeliestKey(ofRole: readonly Naming[], all: readonly Naming[]): string {
  const times = (key: string): number => ofRole.filter((each) => each.key === key).length
  const claimants = (key: string): number =>
    new Set(all.filter((each) => each.key === key).map(({ role }) => role)).size
  const [likeliest] = [...new Set(ofRole.map(({ key }) => key))].toSorted(
    (one, other) => times(other) - times(one) || claimants(one) - claimants(other),
  )
  return likeliest ?? ''
}

/** The policies with those conditions taken for what they are: ties of the row to the role. */
export function boundByRole(
  policies: readonly JudgedPolicy[],
  constants: RoleConstants,
): readonly JudgedPolicy[] {
  return policies.map((judged) => {
    const [role] = judged.policy.roles
    const own = namingsOf(judged).find(({ use }) => use.column.toLowerCase() === constants.column)
    if (own === undefined || role === undefined || constants.keyOf.get(role) !== own.key)
      return judged
    return {
      ...judged,
      using: boundExpression(judged.using, own),
      check: boundExpression(judged.check, own),
    }
  })
}

function boundExpression(
  expression: JudgedExpression | null,
  own: Naming,
): JudgedExpression | null {
  if (expression === null || !expression.branches.every((branch) => namesKey(branch, own)))
    return expression
  const branches = expression.branches.map((branch): JudgedBranch => ({
    atoms: [
      ...branch.atoms,
      { kind: 'bound', columns: [own.use], weakness: null, sources: [roleSource] },
    ],
    bound: true,
    vector: null,
    weaknesses: [],
  }))
  return {
    ...expression,
    branches,
    lineage: { ...expression.lineage, sources: [...expression.lineage.sources, roleSource] },
  }
}

function namesKey({ atoms }: JudgedBranch, { use, key }: Naming): boolean {
  return atoms.some(
    (atom) =>
      atom.kind === 'row' &&
      atom.constant === key &&
      atom.columns.some(({ column }) => column === use.column),
  )
}

/**
 * What a permissive policy to one role says of its tenant: the constants that its only branch
 * compares columns with.
 */
function namingsOf({ policy, using, check }: JudgedPolicy): readonly Naming[] {
  const [role, ...others] = policy.roles
  const expression = using ?? check
  const [branch, ...further] = expression?.branches ?? []
  if (
    !policy.permissive ||
    role === undefined ||
    role === 'public' ||
    others.length > 0 ||
    branch === undefined ||
    further.length > 0
  )
    return []
  return branch.atoms.flatMap((atom) => {
    const [use, ...more] = atom.kind === 'row' ? atom.columns : []
    if (
      atom.kind !== 'row' ||
      atom.constant === null ||
      use === undefined ||
      more.length > 0 ||
      /^(true|false)$/.test(atom.constant)
    )
      return []
    return [{ role, use, key: atom.constant }]
  })
}

function isBoundTo({ using, check }: JudgedPolicy, column: string): boolean {
  return [using, check].some(
    (each) =>
      each?.branches.some(({ atoms }) =>
        atoms.some(
          (atom) =>
            atom.kind === 'bound' &&
            atom.columns.some((use) => use.column.toLowerCase() === column),
        ),
      ) === true,
  )
}
