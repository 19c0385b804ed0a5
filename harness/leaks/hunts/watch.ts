/**
 * What a hunt saw. It knows the marks of every tenant of the hunt, searches whatever an attempt
 * brought, and keeps account of three things: foreign marks, facts that did not hold, and whether
 * the tenant's own mark was ever seen at the same boundary, in the same role, on a connection in
 * the same state. Without that last one an attempt proves nothing and is not counted as covered.
 */
import type { Boundary, Crossing } from '../../../src/base/boundaries.ts'
import { clip } from '../../../src/base/text.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import { searchForAll, type MarkSearch } from '../../oracle/mark-search.ts'

/** The roles that a service logs in with or could become. */
export type HuntRole = 'app' | 'operator'

/** What a connection has been through, or what a request is like. */
export type HuntState =
  | 'fresh'
  | 'recycled'
  | 'shared'
  | 'after an error'
  | 'after an abort'
  | 'after its backend was killed'
  | 'in a savepoint'
  | 'with a prepared statement'
  | 'under load'
  | 'one by one'
  | 'after a removal'
  | 'with hostile input'

/** Where and how an attempt was made; `attempt` names it among the attempts of its hunt. */
export interface Attempt {
  readonly boundary: Boundary
  readonly role: HuntRole
  readonly state: HuntState
  readonly attempt: string
}

/**
 * Whose mark a text is. An exact one is looked for as it stands; others with case and width folded.
 */
export interface Mark {
  readonly owner: TenantId
  readonly mark: string
  readonly isExact?: boolean
}

/** A breach: a foreign mark, or a fact that did not hold. */
export interface Breach extends Attempt {
  readonly kind: 'leak' | 'fail'
  readonly what: string
}

/** How one place came out. */
export interface Coverage {
  readonly boundary: Boundary
  readonly role: HuntRole
  readonly state: HuntState
  readonly covered: boolean
}

/** The account of one hunt. */
export interface Account {
  /** Distinct attempts at places where a tenant's own mark was seen. */
  readonly checks: number
  readonly breaches: readonly Breach[]
  readonly coverage: readonly Coverage[]
}

/** Keeps the account. */
export interface Watch {
  /** An attempt on behalf of a tenant, or of nobody (null), and the texts that it brought. */
  saw(reader: TenantId | null, at: Attempt, texts: readonly string[]): void
  /**
   * The crossings of a request; boundaries that are planted with foreign marks on purpose are left
   * out.
   */
  crossed(reader: TenantId, at: Omit<Attempt, 'boundary'>, crossings: readonly Crossing[]): void
  /**
   * A fact that must hold. `control` says that the attempt could have succeeded; without it nothing
   * is proved.
   */
  held(
    at: Attempt,
    fact: { readonly holds: boolean; readonly control: boolean; readonly what: string },
  ): void
  account(): Account
}

/** The marks of the tenants as they are now; more may join while a hunt goes on. */
export interface KnownMarks {
  add(marks: readonly Mark[]): void
  ownersIn(text: string): readonly Mark[]
}

/** Holds marks. */
export function knownMarks(): KnownMarks {
  const exact = new Map<string, TenantId>()
  const folded = new Map<string, TenantId>()
  let searches: { readonly exact: MarkSearch; readonly folded: MarkSearch } = {
    exact: () => [],
    folded: () => [],
  }
  return {
    add(marks) {
      for (const { owner, mark, isExact = false } of marks)
        (isExact ? exact : folded).set(isExact ? mark : mark.toLowerCase(), owner)
      searches = {
        exact: searchForAll([...exact.keys()]),
        folded: searchForAll([...folded.keys()]),
      }
    },
    ownersIn: (text) => [
      ...searches.exact(text).map((mark) => ({ owner: exact.get(mark) as TenantId, mark })),
      ...searches
        .folded(text.normalize('NFKC').toLowerCase())
        .map((mark) => ({ owner: folded.get(mark) as TenantId, mark })),
    ],
  }
}

const placeOf = ({ boundary, role, state }: Omit<Attempt, 'attempt'>): string =>
  JSON.stringify([boundary, role, state])

/** Opens an account. */
export function openWatch(marks: KnownMarks): Watch {
  const attempts = new Map<string, Set<string>>()
  const proven = new Set<string>()
  const breaches: Breach[] = []
  const tried = (at: Attempt, reader: TenantId | null): void => {
    const place = placeOf(at)
    attempts.set(
      place,
      (attempts.get(place) ?? new Set()).add(JSON.stringify([reader, at.attempt])),
    )
  }
  const saw: Watch['saw'] = (reader, at, texts) => {
    tried(at, reader)
    for (const text of texts) {
      for (const { owner, mark } of marks.ownersIn(text)) {
        if (owner === reader) proven.add(placeOf(at))
        else
          breaches.push({
            ...at,
            kind: 'leak',
            what:
              `${reader === null ? 'whoever names no tenant' : `tenant ${reader}`} saw ` +
              `${JSON.stringify(mark)} of tenant ${owner} in ${JSON.stringify(clip(text, 120))}`,
          })
      }
    }
  }
  return {
    saw,
    crossed(reader, at, crossings) {
      for (const { boundary, texts, identifiers } of crossings)
        saw(reader, { ...at, boundary }, [...texts, ...identifiers])
    },
    held(at, { holds, control, what }) {
      tried(at, null)
      if (control) proven.add(placeOf(at))
      // Where the attempt could not have succeeded something is out of order, and nobody has got at
      // anything.
      if (!holds && control) breaches.push({ ...at, kind: 'fail', what })
    },
    account() {
      const coverage = [...attempts.keys()].map((place) => {
        const [boundary, role, state] = JSON.parse(place) as [Boundary, HuntRole, HuntState]
        return { boundary, role, state, covered: proven.has(place) }
      })
      const checks = [...attempts].reduce(
        (sum, [place, all]) => sum + (proven.has(place) ? all.size : 0),
        0,
      )
      return { checks, breaches, coverage }
    },
  }
}
