/** What a provider call used, as physical facts. Never money: that is derived in src/cost. */

/** Which kind of call. */
const operations = ['chat', 'embed', 'query', 'upsert', 'rerank'] as const
/** A kind of provider call. */
export type Operation = (typeof operations)[number]

/** Units in which providers measure. All are whole numbers, and the token units are disjoint: what was cached is not input as well. */
const usageUnits = ['input-tokens', 'cached-input-tokens', 'cache-write-tokens', 'cache-write-1h-tokens', 'output-tokens', 'embedding-tokens', 'rerank-tokens', 'rerank-requests', 'requests', 'queries', 'namespace-bytes', 'upsert-requests', 'upsert-bytes'] as const
/** A unit of usage. */
export type UsageUnit = (typeof usageUnits)[number]

/** What one attempt of one call used. An attempt that was refused before work began uses nothing and is not listed. */
export interface ProviderUsage {
  readonly operation: Operation
  readonly provider: string
  /** The model or product as the provider names it on its bill. */
  readonly sku: string
  /** Counted from 1; attempts of one call are billed one by one. */
  readonly attempt: number
  readonly outcome: 'completed' | 'aborted'
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
