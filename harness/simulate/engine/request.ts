/**
 * A request under way, and the slots in which requests are kept: slots are used again, so that
 * years of traffic take the memory of a minute.
 */
import type { PlannedVariant } from '../plan.ts'
import { drawn, type DrawKeys } from './draws.ts'
import type { SeriesTally } from './tally.ts'

/**
 * Where usage goes: a tenant's sums in a segment. Told of every call that a provider accepts,
 * repeated ones too.
 */
export interface Account {
  embedded(): void
  retrieved(): void
  reranked(): void
  chatted(use: {
    readonly promptTokens: number
    readonly answerTokens: number
    readonly isRepeated: boolean
  }): void
}

/** Whose query it is: what all queries of a tenant in a segment have in common. */
export interface Asker {
  readonly keys: DrawKeys
  readonly variant: PlannedVariant
  readonly series: SeriesTally
  readonly account: Account
}

/** One arrival. */
export interface Arrival {
  readonly atMs: number
  /** The number of the query of its tenant: what its draws are keyed by. */
  readonly number: number
  readonly promptTokens: number
  readonly asker: Asker
}

/** The stages of a request, in their order. */
export const requestStages = {
  embed: 0,
  retrieve: 1,
  hydrate: 2,
  hydrated: 3,
  rerank: 4,
  chat: 5,
  done: 6,
} as const

/** A request. */
export interface Request {
  arrival: Arrival
  stage: number
  /** Of the call that its stage makes, from 1. */
  attempt: number
  isFailed: boolean
  /** Of the answer that came to its end; 0 until there is one. */
  answerTokens: number
  /** Since when it waits for a connection. */
  sinceMs: number
  /** Random bits for the first stages: 12 for embedding, 12 for retrieving. */
  first: number
  /** And for those in the middle: 12 for reading texts, 12 for reranking. */
  middle: number
}

/** The requests under way. */
export interface Requests {
  /** Puts a request into a free slot. */
  open(arrival: Arrival): number
  at(slot: number): Request
  close(slot: number): void
  /** When the first of those under way arrived; Infinity of none. */
  oldestMs(): number
}

/** No requests. */
export function openRequests(): Requests {
  const slots: Request[] = []
  const free: number[] = []
  return {
    open(arrival) {
      const {
        number,
        asker: { keys },
      } = arrival
      const fresh = {
        arrival,
        stage: requestStages.embed,
        attempt: 1,
        isFailed: false,
        answerTokens: 0,
        sinceMs: 0,
        first: drawn(keys[6] as number, keys[7] as number, number),
        middle: drawn(keys[8] as number, keys[9] as number, number),
      }
      const slot = free.pop() ?? slots.length
      slots[slot] = fresh
      return slot
    },
    at: (slot) => slots[slot] as Request,
    close: (slot) => void free.push(slot),
    oldestMs() {
      const isFree = new Set(free)
      return slots.reduce(
        (oldest, { arrival }, slot) => (isFree.has(slot) ? oldest : Math.min(oldest, arrival.atMs)),
        Infinity,
      )
    },
  }
}
