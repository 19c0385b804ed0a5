/** Shapes of policies that are no holes, or that have a name of their own. */
import type { JudgedBranch, JudgedPolicy } from '../../tenancy/policy-logic.ts'
import type { RuleSubject } from '../rule.ts'

/**
 * A directory: the table of the users themselves, which its owner opened for reading on purpose.
 */
export function isDirectory(
  { lookup, model }: RuleSubject,
  { relation, policy }: JudgedPolicy,
): boolean {
  const axis = model.tables.get(relation.oid)?.axis ?? []
  return (
    policy.command === 'r' &&
    /user|profile|member|person|people|employee|author|staff/i.test(relation.name) &&
    lookup
      .constraintsOf(relation)
      .some(
        ({ kind, columns }) =>
          kind === 'p' && columns.length === 1 && axis.includes(columns[0] ?? ''),
      )
  )
}

/** A branch that compares the tenant's column with a constant. */
export function isLiteralTenant(
  { model }: RuleSubject,
  { relation }: JudgedPolicy,
  branch: JudgedBranch,
): boolean {
  const axis = model.tables.get(relation.oid)?.axis ?? []
  return branch.atoms.some(
    (atom) =>
      atom.kind === 'row' &&
      atom.constant !== null &&
      atom.columns.some(({ column }) => axis.includes(column)),
  )
}

/**
 * A branch that shares rows on purpose: a flag or a state of the row itself, tested for being so.
 */
export function isSharing(branch: JudgedBranch): boolean {
  return branch.atoms.every(
    (atom) => atom.kind === 'row' && (atom.constant !== null || atom.vector === 'B18'),
  )
}

/**
 * A branch that asks for claims of a token, which its issuer signs, and not for a plain setting.
 */
export function isClaim(branch: JudgedBranch): boolean {
  return branch.atoms.some(
    (atom) => atom.kind === 'session' && atom.sources.every(({ path }) => path.length > 0),
  )
}

/**
 * A policy for UPDATE or DELETE beside one that ties reading to the tenant: that asymmetry has a
 * name of its own.
 */
export function isWriteBesideRead(
  { model }: RuleSubject,
  { relation, policy }: JudgedPolicy,
): boolean {
  if (policy.command !== 'w' && policy.command !== 'd') return false
  return model.policies.some(
    (other) =>
      other.relation.oid === relation.oid &&
      (other.policy.command === 'r' || other.policy.command === '*') &&
      other.using?.branches.every(({ bound }) => bound) === true,
  )
}
