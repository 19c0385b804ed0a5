/** What a provider call used, as physical facts. Never money: that is derived in src/cost. */

/** Which kind of call. */
const operations = ['chat', 'embed', 'query', 'upsert', 'rerank'] as const
/** A kind of provider call. */
export type Operation = (typeof operations)[number]

/** Units in which providers measure. All are whole numbers. */
const usageUnits = ['input-tokens', 'output-tokens', 'embedding-tokens', 'queries', 'upsert-requests', 'upsert-bytes', 'rerank-requests', 'namespace-bytes'] as const
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
  readonly quantities: Readonly<Partial<Record<UsageUnit, number>>>
}

/** Every answer of a provider carries what it used, attempts that broke off included. */
export interface Metered {
  readonly usage: readonly ProviderUsage[]
}
