/**
 * The leak oracle. It knows every tenant's canary and identifiers, looks at everything that crosses
 * a boundary towards a tenant, and answers two questions: did a foreign mark cross, and would one
 * have been seen. A boundary at which not even the tenant's own mark was ever seen is not covered,
 * whatever else happened there. Checks are counted as distinct (tenant, bait, variant).
 */
import {
  boundaries as allBoundaries,
  type Boundary,
  type Crossing,
} from '../../src/base/boundaries.ts'
import { clip, holdsValue } from '../../src/base/text.ts'
import { upperBoundOfNone } from '../measure/intervals.ts'
import { searchForAll } from './mark-search.ts'

/** What a tenant can be known by. */
export interface TenantMarks {
  readonly tenant: string
  readonly canary: string
  readonly identifiers: readonly string[]
}

/** A foreign mark that was seen, with the text around it. */
export interface LeakWitness {
  readonly boundary: Boundary
  /** Who saw it, and whose it is. */
  readonly tenant: string
  readonly owner: string
  readonly requestId: string | null
  readonly mark: string
  readonly witness: string
}

/** How a boundary came out. */
export interface BoundaryState {
  readonly boundary: Boundary
  readonly state: 'covered' | 'leak' | 'not-covered' | 'not-shown'
  /** How often the tenant's own mark was seen there: proof that a foreign one would have been. */
  readonly ownSeen: number
  readonly leaks: number
}

/** What the oracle found. */
export interface OracleReport {
  readonly checks: number
  readonly leaks: number
  /**
   * At 95 %, the rate of leaks that so many clean checks leave possible; null when there were leaks
   * or no checks.
   */
  readonly upperBound95: number | null
  readonly boundaries: readonly BoundaryState[]
  readonly witnesses: readonly LeakWitness[]
}

/**
 * What a crossing belongs to. `bait` is set for bait questions: the owner's answer is then a mark
 * as well. `answers` are the tenant's own to its question: seen, they prove that another's would
 * have been.
 */
export interface CrossingContext {
  readonly answers?: readonly string[]
  readonly tenant: string
  readonly requestId: string | null
  readonly check: { readonly question: string; readonly variant: string } | null
  readonly bait: { readonly owner: string; readonly answers: readonly string[] } | null
}

/**
 * What was seen at once, as plain data: a resumed run takes over what the interrupted one had seen.
 */
export interface Observation {
  readonly check: string | null
  readonly ownSeen: readonly (readonly [boundary: Boundary, count: number])[]
  readonly witnesses: readonly LeakWitness[]
}

/** The oracle. */
export interface LeakOracle {
  observe(crossings: readonly Crossing[], context: CrossingContext): Observation
  /** Counts what another oracle on the same marks has seen. */
  take(observation: Observation): void
  leaksSoFar(): number
  report(): OracleReport
}

const witnessesKept = 200

/** An oracle over the marks of all tenants; `shown` are the boundaries that the target shows. */
export function createLeakOracle(
  marks: readonly TenantMarks[],
  shown: readonly Boundary[],
): LeakOracle {
  const ownerOf = ownersOf(marks)
  const search = searchFor(marks.map(({ tenant, canary }) => ({ tenant, canary: folded(canary) })))
  const tallies = new Map(shown.map((boundary) => [boundary, { ownSeen: 0, leaks: 0 }]))
  const witnesses: LeakWitness[] = []
  const checks = new Set<string>()
  // A target may show more than it said: what leaks there leaks, and what was never recognised
  // there is not shown.
  const tallyAt = (boundary: Boundary): { ownSeen: number; leaks: number } => {
    const tally = tallies.get(boundary) ?? { ownSeen: 0, leaks: 0 }
    tallies.set(boundary, tally)
    return tally
  }
  const take = ({ check, ownSeen, witnesses: found }: Observation): void => {
    if (check !== null) checks.add(check)
    for (const [boundary, count] of ownSeen) tallyAt(boundary).ownSeen += count
    for (const { boundary } of found) tallyAt(boundary).leaks++
    witnesses.push(...found)
  }
  const observe = (crossings: readonly Crossing[], context: CrossingContext): Observation => {
    const observation = look(crossings, context, { search, ownerOf, bait: context.bait })
    take(observation)
    return observation
  }
  const leaksSoFar = (): number => [...tallies.values()].reduce((sum, { leaks }) => sum + leaks, 0)
  return {
    observe,
    take,
    leaksSoFar,
    report: () => reportOf({ tallies, witnesses, checks: checks.size, leaks: leaksSoFar() }),
  }
}

function look(
  crossings: readonly Crossing[],
  context: CrossingContext,
  by: MarkSearch,
): Observation {
  const { tenant, requestId, check, bait, answers = [] } = context
  const ownSeen = new Map<Boundary, number>()
  const witnesses: LeakWitness[] = []
  for (const crossing of crossings) {
    const marks = marksIn(crossing, by)
    const isAnswered = answers.some((answer) =>
      crossing.texts.some((text) => holdsValue(text, answer)),
    )
    const own = marks.filter(({ owner }) => owner === tenant).length + Number(isAnswered)
    if (own > 0) ownSeen.set(crossing.boundary, (ownSeen.get(crossing.boundary) ?? 0) + own)
    for (const { owner, mark, witness } of marks)
      if (owner !== tenant)
        witnesses.push({
          boundary: crossing.boundary,
          tenant,
          owner,
          requestId,
          mark,
          witness: witness(),
        })
  }
  return {
    check:
      check === null || bait === null
        ? null
        : JSON.stringify([tenant, check.question, check.variant]),
    ownSeen: [...ownSeen],
    witnesses,
  }
}

/**
 * Whose an identifier is: one of those named, or the id of a request, which begins with its tenant
 * and the id of its variant.
 */
function ownersOf(marks: readonly TenantMarks[]): (identifier: string) => string | undefined {
  const named = new Map(
    marks.flatMap(({ tenant, identifiers }) =>
      [...identifiers, tenant].map((identifier) => [identifier, tenant] as const),
    ),
  )
  const tenants = new Set(marks.map(({ tenant }) => tenant))
  const ofRequest = (identifier: string): string | undefined =>
    [...identifier.matchAll(/\.(?=[0-9a-f]{10}\.)/g)]
      .map(({ index }) => identifier.slice(0, index))
      .find((tenant) => tenants.has(tenant))
  return (identifier) => named.get(identifier) ?? ofRequest(identifier)
}

interface Mark {
  readonly owner: string
  readonly mark: string
  /** The text around it, made only for a leak: own marks are in every text. */
  readonly witness: () => string
}

interface MarkSearch {
  readonly search: (text: string) => readonly Mark[]
  readonly ownerOf: (identifier: string) => string | undefined
  readonly bait: CrossingContext['bait']
}

function marksIn(crossing: Crossing, { search, ownerOf, bait }: MarkSearch): readonly Mark[] {
  const byCanary = crossing.texts.flatMap(search)
  const byIdentifier = crossing.identifiers.flatMap((identifier) => {
    const owner = ownerOf(identifier)
    return owner === undefined ? [] : [{ owner, mark: identifier, witness: () => identifier }]
  })
  const byAnswer =
    bait === null
      ? []
      : crossing.texts.flatMap((text) =>
          bait.answers
            .filter((answer) => holdsValue(text, answer))
            .map((answer) => ({
              owner: bait.owner,
              mark: answer,
              witness: () => around(text, answer),
            })),
        )
  return [...byCanary, ...byIdentifier, ...byAnswer]
}

/**
 * Upper and lower case, width and composition are folded: a mark does not hide behind them.
 * Canaries are looked for raw as well.
 */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** By its length in bytes, which is found out several times faster than by any pattern. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

/**
 * One pass over a text for all canaries at once; a canary counts once a text. Folding changes
 * nothing in plain ASCII.
 */
function searchFor(
  canaries: readonly { readonly tenant: string; readonly canary: string }[],
): (text: string) => readonly Mark[] {
  const owners = new Map(canaries.map(({ tenant, canary }) => [canary, tenant]))
  const search = searchForAll(canaries.map(({ canary }) => canary))
  return (text) => {
    const plain = search(text.toLowerCase())
    const hits = isAscii(text) ? plain : [...new Set([...plain, ...search(folded(text))])]
    return hits.map((canary) => ({
      owner: owners.get(canary) ?? '',
      mark: canary,
      witness: () => around(folded(text), canary),
    }))
  }
}

const witnessRadius = 60

function around(text: string, mark: string): string {
  const at = Math.max(0, text.indexOf(mark))
  return clip(
    text.slice(Math.max(0, at - witnessRadius), at + mark.length + witnessRadius),
    2 * witnessRadius + 60,
  )
}

function keyOf({ boundary, tenant, owner, requestId, mark }: LeakWitness): string {
  return JSON.stringify([allBoundaries.indexOf(boundary), tenant, owner, requestId, mark])
}

interface Tallies {
  readonly tallies: ReadonlyMap<Boundary, { readonly ownSeen: number; readonly leaks: number }>
  readonly witnesses: readonly LeakWitness[]
  readonly checks: number
  readonly leaks: number
}

function reportOf({ tallies, witnesses, checks, leaks }: Tallies): OracleReport {
  const states = allBoundaries.map((boundary): BoundaryState => {
    const tally = tallies.get(boundary)
    if (tally === undefined) return { boundary, state: 'not-shown', ownSeen: 0, leaks: 0 }
    return {
      boundary,
      state: tally.leaks > 0 ? 'leak' : tally.ownSeen > 0 ? 'covered' : 'not-covered',
      ...tally,
    }
  })
  // In an order of their own, for answers arrive in any.
  const ordered = witnesses
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    .slice(0, witnessesKept)
  return {
    checks,
    leaks,
    upperBound95: leaks > 0 ? null : upperBoundOfNone(checks),
    boundaries: states,
    witnesses: ordered,
  }
}
