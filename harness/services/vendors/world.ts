/**
 * What the local vendors share: the keyed draws for latency and faults, the log of modelled time,
 * the books. One world per run.
 */
import type { Clock } from '../../../src/base/clock.ts'
import { openLineFile, readLineFile } from '../../../src/base/line-file.ts'
import { randomFor, type Random } from '../../../src/base/random.ts'
import type { LatencyProfile } from '../../profiles/retrieval.ts'
import { openBooks, type BookedUse, type Books } from '../books/books.ts'
import { termsOf, type TermsId } from '../books/terms.ts'

/** How often the vendors misbehave, as shares of requests. */
export interface FaultRates {
  /** Streams that break off half way; billed in full. */
  readonly abortedStreams: number
  /** Billable events that are booked in the month after. */
  readonly lateEvents: number
  /** First attempts that are answered 429. */
  readonly throttled: number
}

/** How the world is set up. */
export interface WorldOptions {
  readonly seed: number
  /** Real milliseconds waited per modelled millisecond. */
  readonly timeScale: number
  readonly faults: FaultRates
  readonly namespacesPerIndex: number
  /** Indexes that the project may have; null or absent is any number. */
  readonly indexQuota?: number | null
  readonly terms?: TermsId
  readonly clock: Clock
  /** Told when the journal cannot be written; what cannot be kept is no vendor's to go on with. */
  readonly onJournalLost?: (error: unknown) => void
  /** How many times as long as they would everything takes; 1 where it is left out. */
  readonly slowdown?: number
  /**
   * A file in which the vendors keep their books, so that they outlive this process; what it holds
   * already is theirs.
   */
  readonly journal?: string | null
}

/**
 * One request as it was served. `modelledMs` is unscaled; `serverMs` is the real time it took here,
 * waiting included.
 */
export interface ServedRequest {
  readonly requestId: string
  readonly operation: string
  readonly attempt: number
  readonly modelledMs: number
  readonly serverMs: number
  /** Of a chat: the part of the modelled time up to the first word; null for other work. */
  readonly firstTokenMs: number | null
}

/** The identity of a request, from its headers. */
export interface RequestIdentity {
  readonly requestId: string
  readonly attempt: number
}

/** The world. */
export interface World {
  readonly options: WorldOptions
  readonly books: Books
  readonly served: ServedRequest[]
  readonly incidents: { abortedStreams: number; lateEvents: number }
  /** Draws for one request and one purpose. */
  random(identity: RequestIdentity, purpose: string): Random
  /** Whether a fault of that rate strikes this request. */
  strikes(identity: RequestIdentity, fault: keyof FaultRates): boolean
  book(identity: RequestIdentity, use: BookedUse): void
  /** Waits a modelled time, scaled. */
  wait(modelledMs: number): Promise<void>
  log(
    identity: RequestIdentity,
    served: {
      readonly operation: string
      readonly modelledMs: number
      readonly startedMs: number
      readonly firstTokenMs?: number
    },
  ): void
}

/** What a world remembers. */
type WorldEntry =
  | {
      readonly booked: {
        readonly use: BookedUse
        readonly at: { readonly nowMs: number; readonly late: boolean }
      }
    }
  | { readonly served: ServedRequest }
  | { readonly incident: 'abortedStreams' | 'lateEvents' }

/** Makes a world. */
export function createWorld(options: WorldOptions): World {
  const books = openBooks(termsOf(options.terms ?? 'list'))
  const served: ServedRequest[] = []
  const incidents = { abortedStreams: 0, lateEvents: 0 }
  const { slowdown = 1 } = options
  const keep = (entry: WorldEntry): void => {
    if ('booked' in entry) books.book(entry.booked.use, entry.booked.at)
    else if ('served' in entry) served.push(entry.served)
    else incidents[entry.incident]++
  }
  const journal = options.journal == null ? null : openLineFile(options.journal)
  if (options.journal != null)
    for (const entry of readLineFile(options.journal)) keep(entry as WorldEntry)
  const note = (entry: WorldEntry): void => {
    keep(entry)
    try {
      journal?.write(entry)
    } catch (error) {
      options.onJournalLost?.(error)
    }
  }
  const random: World['random'] = ({ requestId, attempt }, purpose) =>
    randomFor([options.seed, purpose, requestId, attempt])
  return {
    options,
    books,
    served,
    incidents,
    random,
    strikes(identity, fault) {
      const isStruck = random(identity, fault).unit() < options.faults[fault]
      if (isStruck && fault === 'abortedStreams') note({ incident: 'abortedStreams' })
      return isStruck
    },
    book(identity, use) {
      const late = random(identity, `lateEvents-${use.kind}`).unit() < options.faults.lateEvents
      if (late) note({ incident: 'lateEvents' })
      note({ booked: { use, at: { nowMs: options.clock.nowMs(), late } } })
    },
    wait: (modelledMs) => options.clock.sleep(modelledMs * slowdown * options.timeScale),
    log: ({ requestId, attempt }, { operation, modelledMs, startedMs, firstTokenMs = null }) =>
      note({
        served: {
          requestId,
          operation,
          attempt,
          modelledMs: modelledMs * slowdown,
          serverMs: options.clock.monotonicMs() - startedMs,
          firstTokenMs: firstTokenMs === null ? null : firstTokenMs * slowdown,
        },
      }),
  }
}

/**
 * Reads the identity that our provider adapters send; a client without it gets an identity that is
 * fixed.
 */
export function identityOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): RequestIdentity {
  const first = (value: string | string[] | undefined): string | undefined =>
    Array.isArray(value) ? value[0] : value
  return {
    requestId: first(headers['x-client-request-id']) ?? 'anonymous',
    attempt: Number(first(headers['x-client-attempt']) ?? '1') || 1,
  }
}

/** A latency drawn from a profile. */
export function drawLatency(random: Random, profile: LatencyProfile): number {
  return random.logNormal(profile.medianMs, profile.sigma)
}
