/**
 * Hits of rules and evidence of probes together: what is proven, what is possible, what a probe
 * refuted.
 */
import { createHash } from 'node:crypto'
import { atLeast, type Finding, type ThreatModel } from '../../base/finding.ts'
import {
  coverageKey,
  type Evidence,
  type EvidenceKind,
  type ProbeCoverage,
} from '../probes/evidence.ts'
import type { Hit, Rule, RuleSubject } from '../rules/rule.ts'
import { ruleFor } from '../rules/rules.ts'
import { attribute } from './attribute.ts'

/** What is merged. `coverage` is null when nothing was probed. */
export interface Merging {
  readonly subject: RuleSubject
  readonly hits: readonly { readonly rule: Rule; readonly hit: Hit }[]
  readonly evidence: readonly Evidence[]
  readonly coverage: ProbeCoverage | null
  readonly threatModel: ThreatModel
}

/** A finding with the evidence that proves it, for those who go on with it. */
export interface MergedFinding {
  readonly finding: Finding
  readonly evidence: Evidence | null
}

/** Merges; findings come in the order of severity, then vector and object. */
export function mergeFindings(merging: Merging): readonly MergedFinding[] {
  const used = new Set<Evidence>()
  const fromRules = merging.hits.flatMap(({ rule, hit }) => fromHit(rule, hit, { merging, used }))
  const unexplained = merging.evidence.filter(
    (each) => !used.has(each) && !isExplained(each, { fromRules, merging }),
  )
  const fromProbes = mostTelling(unexplained).flatMap((each) => fromEvidence(each, merging))
  const unique = new Map<string, MergedFinding>()
  for (const each of [...fromRules, ...fromProbes]) {
    const before = unique.get(each.finding.key)
    if (
      before === undefined ||
      (before.finding.status !== 'proven' && each.finding.status === 'proven')
    )
      unique.set(each.finding.key, each)
  }
  return [...unique.values()]
}

/** Of several things seen at one object, the one in the plainest state: the others say the same. */
function mostTelling(evidence: readonly Evidence[]): readonly Evidence[] {
  const rank = ({ state, connection }: Evidence): number =>
    state === 'own' ? 0 : state === 'none' ? (connection === 'recycled' ? 1 : 2) : 3
  const groups = Map.groupBy(evidence, (each) =>
    JSON.stringify([
      each.object,
      readings.has(each.kind),
      each.kind === 'stale-plan' || each.kind === 'mixed-cursor' || each.kind === 'join'
        ? each.kind
        : '',
      each.owners.every((owner) => owner === 'global'),
    ]),
  )
  return [...groups.values()].flatMap((group) =>
    group.toSorted((one, other) => rank(one) - rank(other)).slice(0, 1),
  )
}

interface Using {
  readonly merging: Merging
  readonly used: Set<Evidence>
}

function fromHit(rule: Rule, hit: Hit, { merging, used }: Using): readonly MergedFinding[] {
  if (!Array.isArray(rule.shownBy))
    return [
      {
        finding: findingOf(
          {
            rule,
            hit,
            status: rule.shownBy === 'catalogue' ? 'proven' : 'possible',
            witness: witnessOf(hit, null),
          },
          merging,
        ),
        evidence: null,
      },
    ]
  const kinds: readonly EvidenceKind[] = rule.shownBy
  const matching = merging.evidence.filter(
    (each) =>
      each.oid === hit.oid &&
      kinds.includes(each.kind) &&
      (hit.evidenceDetail === undefined || each.detail === hit.evidenceDetail),
  )
  const shown = matching.find((each) => fitsState(rule.id, each)) ?? matching[0]
  if (shown !== undefined) {
    for (const each of matching) used.add(each)
    return [
      {
        finding: findingOf(
          { rule, hit, status: 'proven', witness: witnessOf(hit, shown) },
          merging,
        ),
        evidence: shown,
      },
    ]
  }
  if (hit.oid !== null && wasProbed(hit.oid, kinds, merging)) return []
  return [
    {
      finding: findingOf({ rule, hit, status: 'possible', witness: witnessOf(hit, null) }, merging),
      evidence: null,
    },
  ]
}

/** Evidence in the state that a vector is about tells more than another. */
function fitsState(vector: string, { state, connection }: Evidence): boolean {
  if (vector === 'B04') return state === 'none' && connection === 'fresh'
  if (vector === 'B05') return state === 'none' && connection === 'recycled'
  if (vector === 'B07') return state === 'switch'
  if (vector === 'B30') return state === 'list'
  return state === 'own'
}

/** Whether a probe that could have shown it was made and had a clear outcome. */
function wasProbed(
  oid: number,
  kinds: readonly EvidenceKind[],
  { coverage, subject: { sessions } }: Merging,
): boolean {
  if (coverage === null) return false
  return sessions.some((session) =>
    kinds.some((kind) => coverage.tried.has(coverageKey(oid, session, kind))),
  )
}

function witnessOf(hit: Hit, shown: Evidence | null): string {
  if (shown === null)
    return hit.shows === undefined || hit.shows === '' ? hit.detail : `${hit.detail}\n${hit.shows}`
  return `${shown.seen}${shown.detail === null ? '' : ` [${shown.detail}]`}\n${hit.detail}\n${shown.sql}`
}

interface Making {
  readonly rule: Pick<Rule, 'id' | 'title' | 'severities' | 'explanation'>
  readonly hit: Hit
  readonly status: Finding['status']
  readonly witness: string
}

/**
 * Builds a finding; its key is made of vector, object and what of it, and of no text that changes.
 */
function findingOf(
  { rule, hit, status, witness }: Making,
  { threatModel }: Pick<Merging, 'threatModel'>,
): Finding {
  const severities = hit.severities ?? rule.severities
  const key = createHash('sha256')
    .update(JSON.stringify([rule.id, hit.object, hit.evidenceDetail ?? '']))
    .digest('hex')
    .slice(0, 12)
  return {
    key: `${rule.id}-${key}`,
    vector: rule.id,
    title: rule.title,
    severity: severities[threatModel],
    severities,
    status,
    object: hit.object,
    roles: hit.roles ?? [],
    witness,
    fix: hit.fix,
    explanation: rule.explanation,
    fixCheck: null,
    reason: null,
  }
}

/**
 * Evidence at an object for which something is proven already, or that only passes on what another
 * object leaks.
 */
function isExplained(
  evidence: Evidence,
  {
    fromRules,
    merging,
  }: { readonly fromRules: readonly MergedFinding[]; readonly merging: Merging },
): boolean {
  const provenAt = (object: string): boolean =>
    fromRules.some(
      ({ finding, evidence: shown }) =>
        finding.status === 'proven' &&
        finding.object === object &&
        shown !== null &&
        (shown.kind === evidence.kind ||
          (atLeast(finding.severities.M3, 'high') &&
            (sameSort(shown, evidence) || /^[AB]/.test(finding.vector)))),
    )
  return provenAt(evidence.object) || passesOn(evidence, merging)
}

const readings = new Set<Evidence['kind']>([
  'read',
  'call',
  'call-with-key',
  'volume',
  'peek',
  'stale-plan',
  'mixed-cursor',
  'error',
  'join',
])

function sameSort(one: Evidence, other: Evidence): boolean {
  return readings.has(one.kind) === readings.has(other.kind)
}

/** What a table leaks is seen in views, functions, partitions and satellites that look at it. */
function passesOn(evidence: Evidence, { evidence: all, subject }: Merging): boolean {
  const { lookup, model } = subject
  const relation = lookup.relation(evidence.oid)
  const called = lookup.function(evidence.oid)
  const below = new Set<number>()
  if (relation !== null) {
    const add = (oids: readonly number[]): void => {
      for (const oid of oids)
        if (!below.has(oid) && oid !== evidence.oid) {
          below.add(oid)
          const inner = lookup.relation(oid)
          if (inner !== null) add([...inner.reads, ...(inner.parents ?? [])])
        }
    }
    add([...relation.reads, ...relation.parents])
    for (const { relation: each, using, check } of model.policies) {
      if (each.oid !== relation.oid) continue
      add(
        [using, check]
          .flatMap((expression) => expression?.comparisons ?? [])
          .flatMap(({ left, right }) => [
            ...left.columns,
            ...right.columns,
            ...left.looksUp,
            ...right.looksUp,
          ])
          .map((use) => use.relation.oid),
      )
    }
    for (const child of lookup.catalogue.relations)
      if (child.parents.includes(relation.oid)) below.add(child.oid)
  }
  if (called !== null)
    for (const each of lookup.catalogue.relations)
      if (called.source.includes(each.name)) below.add(each.oid)
  return all.some(
    (each) =>
      below.has(each.oid) &&
      sameSort(each, evidence) &&
      each.owners.some((owner) => evidence.owners.includes(owner)) &&
      (each.state === evidence.state || each.state === 'own'),
  )
}

function fromEvidence(evidence: Evidence, merging: Merging): readonly MergedFinding[] {
  const found = attribute(evidence, merging.subject)
  const rule = found === null ? undefined : ruleFor(found.vector)
  if (found === null || rule === undefined) return []
  const hit: Hit = {
    object: evidence.object,
    oid: evidence.oid,
    roles: [evidence.session.login],
    detail: found.why,
    fix: found.fix,
    ...(found.severities === undefined ? {} : { severities: found.severities }),
  }
  return [
    {
      finding: findingOf(
        { rule, hit, status: 'proven', witness: witnessOf(hit, evidence) },
        merging,
      ),
      evidence,
    },
  ]
}
