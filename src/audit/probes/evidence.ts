/** What a probe saw: facts, without a judgement. */
import type { JudgedSession } from '../reach/sessions.ts'

/** The session state under which something was seen. */
export type ContextState =
  'none' | 'own' | 'garbage' | 'wildcard' | 'prefix' | 'case' | 'list' | 'switch' | 'literal'

/** How it was seen. */
export type EvidenceKind =
  | 'read'
  | 'error'
  | 'insert'
  | 'null-insert'
  | 'update'
  | 'move'
  | 'delete'
  | 'join'
  | 'stale-plan'
  | 'mixed-cursor'
  | 'conflict'
  | 'silent-conflict'
  | 'reference'
  | 'call'
  | 'call-with-key'
  | 'call-sets-context'
  | 'peek'
  | 'volume'
  | 'side-write'
  | 'grant-self'

/** One thing that was seen. */
export interface Evidence {
  readonly kind: EvidenceKind
  /** The relation or function it was seen at. */
  readonly oid: number
  readonly object: string
  readonly session: JudgedSession
  readonly state: ContextState
  /** On a connection that had no context before; the other is one that had. */
  readonly connection: 'fresh' | 'recycled'
  /** Whose rows: labels of tenants, `global`. */
  readonly owners: readonly string[]
  /** What was seen, short, and the SQL that shows it again. */
  readonly seen: string
  readonly sql: string
  /** The setting that was switched, or the constraint, where there is one. */
  readonly detail: string | null
}

/** What was probed and could have shown something: a control. */
export interface ProbeCoverage {
  /** object + session + kind: it was tried, could have shown something, and had a clear outcome. */
  readonly tried: Set<string>
  /** Relations that outlived the timeout: they are not read again. */
  readonly slow: Set<number>
  probes: number
  readonly states: Set<string>
}

/** The key of a coverage entry. */
export function coverageKey(oid: number, session: JudgedSession, kind: EvidenceKind): string {
  return `${oid} ${session.login} ${session.role} ${kind}`
}
