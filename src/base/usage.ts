/** What a provider call used, as physical facts. Never money: that is derived in src/cost. */

/** Which kind of call. */
const operations = ['chat', 'embed', 'query', 'upsert', 'rerank', 'store'] as const
/** A kind of provider call. */
export type Operation = (typeof operations)[number]

/**
 * Units in which providers measure. All are whole numbers, and the token units are disjoint: what
 * was cached is not input as well.
 */
export const usageUnits = [
  'input-tokens',
  'cached-input-tokens',
  'cache-write-tokens',
  'cache-write-1h-tokens',
  'output-tokens',
  'embedding-tokens',
  'rerank-tokens',
  'rerank-requests',
  'requests',
  'queries',
  'namespace-bytes',
  'upsert-requests',
  'upsert-bytes',
  'byte-hours',
] as const
/** A unit of usage. */
export type UsageUnit = (typeof usageUnits)[number]

/**
 * How an attempt ended, and whether it is billed for it. Work that was done is: also when the
 * stream broke off or nobody waited for the answer any more. What was refused before work began,
 * and what our own cache answered, is not.
 */
export const outcomes = {
  completed: true,
  aborted: true,
  'timed-out': true,
  refused: false,
  'cache-hit': false,
} as const satisfies Readonly<Record<string, boolean>>
/** How an attempt ended. */
export type Outcome = keyof typeof outcomes

/**
 * What one attempt of one call used. An attempt that was refused before work began uses nothing,
 * and need not be listed.
 */
export interface ProviderUsage {
  readonly operation: Operation
  readonly provider: string
  /** The model or product as the provider names it on its bill. */
  readonly sku: string
  /** Counted from 1; attempts of one call are billed one by one. */
  readonly attempt: number
  readonly outcome: Outcome
  /** True when the provider did not say and the quantities are our own count. */
  readonly estimated: boolean
  /** The provider's service tier; standard where it is left out. */
  readonly service?: 'standard' | 'batch' | 'flex' | 'priority'
  readonly quantities: Readonly<Partial<Record<UsageUnit, number>>>
}

/** Every answer of a provider carries what it used, attempts that broke off included. */
export interface Metered {
  readonly usage: readonly ProviderUsage[]
}

/**
 * Attempts of a request that failed and could be repeated, whatever came of the request in the end.
 */
export interface FailedAttempts {
  /** Answered 429. */
  readonly throttled: number
  /** Answered with another status that may be repeated: 408, 5xx. */
  readonly refused: number
  /** Not answered at all. */
  readonly unanswered: number
}
