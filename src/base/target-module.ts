/**
 * What a module of yours exports as `target` to be the system under test (docs/targets.md). Five
 * functions, of which the last two may be left out; texts and ids are those that the run made up,
 * and nothing else of the run is told.
 */
import type { Boundary } from './boundaries.ts'

/** A configuration of a tenant, as the scenario names it. */
export interface TargetConfig {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
}

/**
 * A tenant to be created. The id is new in every run, so that no tenant of yours is ever touched.
 */
export interface TargetTenant {
  readonly id: string
  readonly name: string
  readonly tier: string
  readonly config: TargetConfig
}

/**
 * A document of a tenant. Each paragraph of the text begins with the title, so that every chunk can
 * be told by it.
 */
export interface TargetDocument {
  readonly id: string
  readonly title: string
  readonly text: string
}

/** A question of a tenant, under the configuration that the cell is about. */
export interface TargetQuery {
  readonly tenantId: string
  readonly requestId: string
  readonly question: string
  readonly config: TargetConfig
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** Tokens that a query used, as the target counts them. */
export interface ToldTokens {
  readonly promptTokens: number
  readonly completionTokens: number
}

/**
 * What the target answers. What it does not know it leaves out; nothing is guessed in its place.
 */
export interface ToldAnswer {
  readonly answer: string
  /** Ids or titles of the documents that the answer rests on, the best first. */
  readonly sources?: readonly string[]
  readonly usage?: ToldTokens
  /** The configuration that really answered. */
  readonly config?: TargetConfig
  /**
   * What crossed boundaries further in: ids or texts, e.g. of the rows read, or the prompt as it
   * was sent.
   */
  readonly seen?: Readonly<Partial<Record<Boundary, readonly string[]>>>
}

/** What the target says of an ingest. */
export interface ToldIngest {
  readonly chunks?: number
  /** Ids of the chunks: seen by another tenant, they are a leak. */
  readonly chunkIds?: readonly string[]
}

/** A line of usage as the tenant is shown it. */
export interface ToldUsage extends ToldTokens {
  readonly tenantId: string
  readonly requestId: string
}

/**
 * A system under test. What a function throws is a failure of the request, and its message is
 * searched like an answer.
 */
export interface TargetModule {
  readonly name?: string
  /**
   * Boundaries that can be seen from outside; `answer` and `sources` when left out, with
   * `cost-lines` where there is `usage`.
   */
  readonly shows?: readonly Boundary[]
  provision(tenant: TargetTenant): Promise<void> | void
  ingest(
    tenantId: string,
    documents: readonly TargetDocument[],
  ): Promise<ToldIngest | void> | ToldIngest | void
  query(query: TargetQuery): Promise<ToldAnswer> | ToldAnswer
  /** The usage that a tenant is shown as its own: it is searched for lines of others. */
  usage?(tenantId: string): Promise<readonly ToldUsage[]> | readonly ToldUsage[]
  /**
   * Removes a tenant with all it has. Called for every tenant at the end of a run, however it ends.
   */
  deprovision?(tenantId: string): Promise<void> | void
}
