/** Questions that several rules ask. */
import { nameOf, type Policy, type PolicyCommand, type Relation } from '../catalogue/catalogue.ts'
import type { TablePrivilege } from '../reach/privileges.ts'
import type { RoleGraph } from '../reach/roles.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import { comment, qualified, quoted } from '../sql/quote.ts'
import type { JudgedBranch, JudgedExpression, JudgedPolicy } from '../tenancy/policy-logic.ts'
import type { Hit, RuleSubject } from './rule.ts'

/** Tables whose rows belong to tenants. */
export function tenantTables({ model }: Pick<RuleSubject, 'model'>): readonly Relation[] {
  return [...model.tables.values()]
    .filter(
      ({ kind, relation }) => kind !== 'shared' && (relation.kind === 'r' || relation.kind === 'p'),
    )
    .map(({ relation }) => relation)
}

/** Sessions of tenants that hold a privilege on a relation. */
export function sessionsWith(
  { sessions, privileges }: RuleSubject,
  relation: Relation,
  wanted: readonly TablePrivilege[],
): readonly JudgedSession[] {
  return sessions.filter(({ role }) =>
    wanted.some((privilege) =>
      privilege === 'SELECT' || privilege === 'INSERT' || privilege === 'UPDATE'
        ? privileges.columns(role, relation, privilege).length > 0
        : privileges.onTable(role, relation, privilege),
    ),
  )
}

/** Logins, each once. */
export function loginsOf(sessions: readonly JudgedSession[]): readonly string[] {
  return [
    ...new Set(sessions.map(({ login, role }) => (login === role ? login : `${login} as ${role}`))),
  ]
}

/** Whether a policy applies to a role. */
export function appliesTo(policy: Policy, role: string, graph: RoleGraph): boolean {
  return policy.roles.length === 0 || policy.roles.some((each) => graph.inherited(role).has(each))
}

const privilegeFor = { r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE' } as const

/** Commands of a policy that some tenant's session may run at all. */
export function commandsReached(
  subject: RuleSubject,
  { policy, relation }: JudgedPolicy,
): readonly ('r' | 'a' | 'w' | 'd')[] {
  const commands = policy.command === '*' ? (['r', 'a', 'w', 'd'] as const) : [policy.command]
  return commands.filter((command) =>
    sessionsWith(subject, relation, [privilegeFor[command]]).some(({ role }) =>
      appliesTo(policy, role, subject.graph),
    ),
  )
}

/** A branch of a policy that was found, with where it stands. */
export interface FoundBranch {
  readonly judged: JudgedPolicy
  readonly expression: JudgedExpression
  readonly branch: JudgedBranch
  readonly commands: readonly ('r' | 'a' | 'w' | 'd')[]
  /** Other permissive ways to the same command: branches of this policy or other policies. */
  readonly alone: boolean
}

/** Branches of permissive USING expressions on tenants' tables that some tenant's session meets. */
export function usingBranches(subject: RuleSubject): readonly FoundBranch[] {
  const before = branchesOfSubject.get(subject)
  if (before !== undefined) return before
  const found = findBranches(subject)
  branchesOfSubject.set(subject, found)
  return found
}

/** Many rules ask for the same branches. */
const branchesOfSubject = new WeakMap<RuleSubject, readonly FoundBranch[]>()

function findBranches(subject: RuleSubject): readonly FoundBranch[] {
  return subject.model.policies.flatMap((judged) => {
    const { policy, relation, using } = judged
    if (
      using === null ||
      !policy.permissive ||
      !relation.rowSecurity ||
      (subject.model.tables.get(relation.oid)?.kind ?? 'shared') === 'shared'
    )
      return []
    const commands = commandsReached(subject, judged).filter((command) => command !== 'a')
    if (commands.length === 0) return []
    const others = subject.lookup
      .policiesOf(relation)
      .filter(
        (each) =>
          each !== policy &&
          each.permissive &&
          (each.command === '*' || policy.command === '*' || each.command === policy.command) &&
          subject.sessions.some(({ role }) => appliesTo(each, role, subject.graph)),
      )
    return using.branches.map((branch) => ({
      judged,
      expression: using,
      branch,
      commands,
      alone: using.branches.length === 1 && others.length === 0,
    }))
  })
}

/** The column that says whose a row is. */
export function axisOf({ model }: Pick<RuleSubject, 'model'>, relation: Relation): string | null {
  return model.tables.get(relation.oid)?.axis[0] ?? null
}

/** A hit about a policy, with the policy dropped and written anew as its mend. */
export function policyHit(
  subject: RuleSubject,
  { judged, expression }: Pick<FoundBranch, 'judged' | 'expression'>,
  detail = '',
): Hit {
  const { policy, relation } = judged
  return {
    object: nameOf(relation),
    oid: relation.oid,
    roles: loginsOf(subject.sessions.filter(({ role }) => appliesTo(policy, role, subject.graph))),
    detail: `policy "${policy.name}": ${expression.text}${detail === '' ? '' : ` (${detail})`}`,
    fix: mendedPolicy(subject, judged),
  }
}

const commandWords: Readonly<Record<PolicyCommand, string>> = {
  '*': 'ALL',
  r: 'SELECT',
  a: 'INSERT',
  w: 'UPDATE',
  d: 'DELETE',
}

/** The policy as it should be: the tenant's key equal to the session's, in USING and WITH CHECK. */
export function mendedPolicy(subject: RuleSubject, { policy, relation }: JudgedPolicy): string {
  const condition = tenantCondition(subject, relation)
  if (condition === null)
    return comment(
      `State whose a row of ${nameOf(relation)} is, then tie it to the session by equality.`,
    )
  const to = policy.roles.length === 0 ? 'PUBLIC' : policy.roles.map(quoted).join(', ')
  const clauses =
    policy.command === 'a'
      ? `WITH CHECK (${condition})`
      : policy.command === 'r' || policy.command === 'd'
        ? `USING (${condition})`
        : `USING (${condition}) WITH CHECK (${condition})`
  return (
    `DROP POLICY ${quoted(policy.name)} ON ${qualified(relation)};\nCREATE POLICY ` +
    `${quoted(policy.name)} ON ${qualified(relation)} FOR ${commandWords[policy.command]} ` +
    `TO ${to} ${clauses};`
  )
}

/**
 * The condition that ties a table's rows to the session, taken from a sound policy of the database
 * where there is one.
 */
export function tenantCondition(subject: RuleSubject, relation: Relation): string | null {
  const { model, lookup } = subject
  const axis = axisOf(subject, relation)
  if (axis === null) return null
  const column = lookup.columnOf(relation, axis)
  const source = model.keySources.find(
    ({ keyClass, source: each }) =>
      each.setting !== 'role' && keyClass === model.classes.classOf(`${relation.oid}.${axis}`),
  )?.source
  if (source === undefined || column === null) return null
  const setting = `current_setting('${source.setting.replaceAll("'", "''")}', true)`
  const value = source.path.reduce(
    (so, key, position) =>
      `(${so} ${position === source.path.length - 1 ? '->>' : '->'} '${key.replaceAll("'", "''")}')`,
    source.path.length === 0 ? setting : `nullif(${setting}, '')::jsonb`,
  )
  const isText = /^(text|character varying)$/.test(column.baseType)
  return isText
    ? `${quoted(axis)}::text = (SELECT nullif(${value}, ''))`
    : `${quoted(axis)} = (SELECT nullif(${value}, '')::${column.type})`
}
