/** What every probe is handed. */
import type { CloneTenant } from '../clone/tenants.ts'
import type { Marks } from '../clone/marks.ts'
import type { RowPlan } from '../clone/plan.ts'
import type { Seeding } from '../clone/seed.ts'
import type { Privileges } from '../reach/privileges.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { Lookup } from '../sql/lookup.ts'
import type { TenancyModel } from '../tenancy/model.ts'
import type { CloneSession } from './clone-session.ts'
import type { Contexts } from './contexts.ts'
import type { Evidence, ProbeCoverage } from './evidence.ts'

/** The clone, who is judged, and where to write down what is seen. */
export interface ProbeSubject {
  readonly lookup: Lookup
  readonly model: TenancyModel
  readonly privileges: Privileges
  readonly marks: Marks
  readonly plan: RowPlan
  readonly seeding: Seeding
  readonly tenants: readonly CloneTenant[]
  readonly contexts: Contexts
  readonly session: JudgedSession
  /** Tenant A's session: another role where the role is the context. */
  readonly clone: CloneSession
  readonly coverage: ProbeCoverage
  saw(evidence: Evidence): void
  abstain(object: string, reason: string): void
}

/** Tenants that must stay unseen by A, by label. */
export function foreignIn(subject: Pick<ProbeSubject, 'marks'>, text: string, belongs: readonly string[]): readonly string[] {
  return [...subject.marks.ownersIn(text)].filter((owner) => owner !== 'global' && owner !== 'shared' && !belongs.includes(owner))
}

/** Foreign owners of marks in a text that the statement itself did not hold. */
export function unsaidOwners({ marks }: Pick<ProbeSubject, 'marks'>, text: string, sql: string): readonly string[] {
  return [...marks.ownersBeyond(text, sql)].filter((owner) => owner !== 'A' && owner !== 'global' && owner !== 'shared')
}

/** A row, notices or an error as one text. */
export function textOf(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map((cell) => (cell === null ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell))).join(' | ')).join('\n')
}
