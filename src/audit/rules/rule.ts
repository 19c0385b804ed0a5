/**
 * What a rule is: data about one vector, and where in a structure it may be. Probes then show it,
 * or show that it is not so.
 */
import type { Severities } from '../../base/finding.ts'
import type { EvidenceKind } from '../probes/evidence.ts'
import type { Privileges } from '../reach/privileges.ts'
import type { RoleGraph } from '../reach/roles.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { Lookup } from '../sql/lookup.ts'
import type { TenancyModel } from '../tenancy/model.ts'

/** What rules look at. */
export interface RuleSubject {
  readonly lookup: Lookup
  readonly model: TenancyModel
  readonly graph: RoleGraph
  readonly privileges: Privileges
  /** Sessions of tenants: neither exempt from row security nor operators. */
  readonly sessions: readonly JudgedSession[]
  /** All that were judged, exempt ones and operators too. */
  readonly allSessions: readonly JudgedSession[]
}

/** A place where a vector may be. */
export interface Hit {
  readonly object: string
  /** The relation or function that probes show it at; null where the catalogue alone decides. */
  readonly oid: number | null
  readonly roles?: readonly string[]
  readonly detail: string
  /** SQL that mends it. */
  readonly fix: string
  /** SQL that shows it, where no probe did. */
  readonly shows?: string
  /** Narrows the evidence, e.g. to one constraint. */
  readonly evidenceDetail?: string
  /** In place of the rule's own, for a milder or worse case. */
  readonly severities?: Severities
}

/** A vector as data. */
export interface Rule {
  readonly id: string
  readonly title: string
  readonly severities: Severities
  readonly explanation: string
  /** Where this is documented. */
  readonly source: string
  /**
   * `catalogue`: the structure decides. A list: a probe of one of these kinds at the hit's object
   * proves it, and a probe that was made and saw nothing refutes it. `unprobed`: no probe can tell,
   * so it stays possible.
   */
  readonly shownBy: 'catalogue' | 'unprobed' | readonly EvidenceKind[]
  find(subject: RuleSubject): readonly Hit[]
}

/** The same severity under every threat model. */
export function always(severity: Severities['M1']): Severities {
  return { M1: severity, M2: severity, M3: severity }
}

/** A severity that counts only when a tenant can run SQL. */
export function withSql(severity: Severities['M3']): Severities {
  return { M1: 'low', M2: 'low', M3: severity }
}
