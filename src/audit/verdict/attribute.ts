/**
 * The vector of evidence that no rule foresaw: by the state in which it was seen, and by what kind
 * of object it was seen at.
 */
import type { Severities } from '../../base/finding.ts'
import type { Evidence } from '../probes/evidence.ts'
import { isInvoker } from '../rules/objects/views.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { mendedPolicy } from '../rules/support.ts'

/** A vector with its reason. */
export interface Attribution {
  readonly vector: string
  readonly why: string
  readonly fix: string
  readonly severities?: Severities
}

/** Attributes; null for evidence that by itself is no finding. */
export function attribute(evidence: Evidence, subject: RuleSubject): Attribution | null {
  const vector = vectorOf(evidence, subject)
  if (vector === null) return null
  const judged = subject.model.policies.find(
    ({ relation, policy }) => relation.oid === evidence.oid && policy.permissive,
  )
  const fix =
    judged === undefined
      ? '-- Tie what it shows to the session, by equality with the tenant.'
      : mendedPolicy(subject, judged)
  return { vector, why: 'seen by a probe; no rule explains it', fix }
}

function vectorOf(
  { kind, oid, state, connection, owners }: Evidence,
  subject: RuleSubject,
): string | null {
  const relation = subject.lookup.relation(oid)
  if (kind === 'call' || kind === 'side-write') return relation === null ? 'C08' : 'C12'
  if (kind === 'call-with-key') return 'C09'
  // A function that sets a context which anybody may set tells nothing new.
  if (kind === 'call-sets-context') return null
  if (kind === 'stale-plan') return 'B25'
  if (kind === 'mixed-cursor') return 'B26'
  if (kind === 'join') return 'B19'
  if (kind === 'peek') return null
  if (kind === 'error') return 'D17'
  if (
    kind === 'conflict' ||
    kind === 'silent-conflict' ||
    kind === 'reference' ||
    kind === 'grant-self'
  )
    return null
  if (relation?.kind === 'v') return viewVector(kind, { invoker: isInvoker(relation) })
  if (relation?.kind === 'm') return 'C05'
  // What may be written into a table without row security is told by the rules, or is a log that
  // may only be appended to.
  if (kind !== 'read' && relation?.rowSecurity === false) return null
  if (kind === 'null-insert') return 'B18'
  if (kind === 'insert' || kind === 'move') return 'B14'
  if (owners.every((owner) => owner === 'global')) return kind === 'read' ? null : 'B18'
  if (kind === 'update' || kind === 'delete') return 'B15'
  return readVector(state, connection, owners)
}

function viewVector(kind: Evidence['kind'], { invoker }: { readonly invoker: boolean }): string {
  if (kind === 'read' || kind === 'volume') return invoker ? 'C16' : 'C01'
  return kind === 'insert' || kind === 'move' ? 'C04' : 'C14'
}

const lookAlikes = new Set(['upper', 'padded'])

function readVector(
  state: Evidence['state'],
  connection: Evidence['connection'],
  owners: readonly string[],
): string {
  switch (state) {
    case 'none':
      return connection === 'fresh' ? 'B04' : 'B05'
    case 'garbage':
      return 'B09'
    case 'wildcard':
    case 'prefix':
      return 'B11'
    case 'case':
      return 'B12'
    case 'list':
      return 'B30'
    case 'switch':
      return 'B07'
    default:
      if (owners.every((owner) => lookAlikes.has(owner))) return 'B12'
      if (owners.every((owner) => owner === 'longer')) return 'B11'
      if (owners.every((owner) => owner.startsWith('literal'))) return 'B10'
      return 'B03'
  }
}
