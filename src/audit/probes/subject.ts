/** What every probe is handed. */
import { nameOf } from '../catalogue/catalogue.ts'
import type { CloneTenant } from '../clone/tenants.ts'
import type { Marks } from '../clone/marks.ts'
import type { RowPlan } from '../clone/plan.ts'
import type { Seeding } from '../clone/seed.ts'
import type { Privileges } from '../reach/privileges.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { Lookup } from '../sql/lookup.ts'
import type { TenancyModel } from '../tenancy/model.ts'
import { cutOff, type CloneSession, type Outcome } from './clone-session.ts'
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

/** SQLSTATE of a statement that the server ended because it took too long. */
const timedOut = '57014'

/**
 * Tells of an object whose code tried to leave the session, or did not end in time: what it then
 * did, or did not do, is no answer. True when it did. What did not end in time is not tried again.
 */
export function isUnjudged(
  subject: Pick<ProbeSubject, 'abstain' | 'coverage'>,
  object: { readonly oid: number; readonly schema: string; readonly name: string },
  { error }: Outcome,
): boolean {
  if (error === null) return false
  if (error.state === timedOut || error.state === cutOff) {
    subject.coverage.slow.add(object.oid)
    subject.abstain(
      nameOf(object),
      'It takes longer than the time limit of a probe, answers too much, or changes its encoding.',
    )
    return true
  }
  if (!error.stepsOut) return false
  const said = error.text.split('\n')[0] ?? ''
  subject.abstain(
    nameOf(object),
    `Its code reaches beyond its session (${said.slice(0, 160)}), so what it does is not judged.`,
  )
  return true
}

/** Tenants that must stay unseen by A, by label. */
export function foreignIn(
  subject: Pick<ProbeSubject, 'marks'>,
  text: string,
  belongs: readonly string[],
): readonly string[] {
  return [...subject.marks.ownersIn(text)].filter(
    (owner) => owner !== 'global' && owner !== 'shared' && !belongs.includes(owner),
  )
}

/** Foreign owners of marks in a text that the statement itself did not hold. */
export function unsaidOwners(
  { marks }: Pick<ProbeSubject, 'marks'>,
  text: string,
  sql: string,
): readonly string[] {
  return [...marks.ownersBeyond(text, sql)].filter(
    (owner) => owner !== 'A' && owner !== 'global' && owner !== 'shared',
  )
}

/** A row, notices or an error as one text. */
export function textOf(rows: readonly (readonly unknown[])[]): string {
  return rows
    .map((row) =>
      row
        .map((cell) =>
          cell === null ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell),
        )
        .join(' | '),
    )
    .join('\n')
}
