/**
 * The shape of an audit's answer: findings, what was abstained from, what was covered (DESIGN
 * section 5, `audit`).
 */

/**
 * M1: the application forgets a filter. M2: a tenant influences values. M3: a tenant can run SQL.
 */
export const threatModels = ['M1', 'M2', 'M3'] as const

/** One of the three. */
export type ThreatModel = (typeof threatModels)[number]

/** From worst to least. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const

/** How bad a finding is. */
export type Severity = (typeof severities)[number]

/** A severity for each threat model: the same hole is another matter when a tenant can run SQL. */
export type Severities = Readonly<Record<ThreatModel, Severity>>

/**
 * `proven`: shown on a clone or decided by the catalogue. `possible`: seen at rest only.
 * `accepted`: allowed by the user, with a reason.
 */
export type FindingStatus = 'proven' | 'possible' | 'accepted'

/** A hole, with what shows it and what mends it. */
export interface Finding {
  /** Stable from audit to audit: made of vector, object and role, not of text that changes. */
  readonly key: string
  /** The vector's id in docs/vectors.md, e.g. `B05`, or a CVE. */
  readonly vector: string
  readonly title: string
  readonly severity: Severity
  readonly severities: Severities
  readonly status: FindingStatus
  /** The object with its schema, e.g. `public.doc`. */
  readonly object: string
  /** Login roles for which it holds; empty when it is the object's or the server's own. */
  readonly roles: readonly string[]
  /** What was seen, and the SQL that shows it again. */
  readonly witness: string
  /** SQL that mends it, or a sentence where no SQL does. */
  readonly fix: string
  readonly explanation: string
  /**
   * Whether the mend was applied on a clone and probed again, and how that went; null when it was
   * not.
   */
  readonly fixCheck: 'mended' | 'not-mended' | 'not-applicable' | null
  /** Why an accepted finding is accepted. */
  readonly reason: string | null
}

/** Something that could not be judged, and why. Never counted as clean. */
export interface Abstention {
  readonly object: string
  readonly reason: string
}

/** What the answer rests on. */
export interface AuditCoverage {
  readonly serverVersion: string
  readonly probe: 'clone' | 'template' | 'readonly' | 'off'
  readonly roles: readonly {
    readonly role: string
    readonly how: 'login' | 'impersonation' | 'assumed'
  }[]
  /** Logins that were taken for operators' or maintenance, and so not judged as tenants'. */
  readonly operators: readonly string[]
  /** How a session becomes a tenant, in words. */
  readonly context: string
  readonly tables: {
    readonly tenant: number
    readonly shared: number
    readonly unreachable: number
    readonly unknown: number
  }
  readonly probes: number
  readonly statesProbed: readonly string[]
  readonly rules: number
  /**
   * What a reader should know of how it was probed: whether the clone was confined, what its roles
   * lack.
   */
  readonly notes: readonly string[]
}

/** The whole answer. */
export interface AuditResult {
  readonly verdict: 'isolated' | 'leak' | 'inconclusive'
  readonly exitCode: 0 | 1 | 3 | 4
  /** The verdict in a sentence. */
  readonly statement: string
  readonly threatModel: ThreatModel
  readonly findings: readonly Finding[]
  readonly abstained: readonly Abstention[]
  readonly coverage: AuditCoverage
}

/** Whether a severity is at least as bad as a limit. */
export function atLeast(severity: Severity, limit: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(limit)
}
