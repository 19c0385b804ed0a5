/**
 * What a hunt is: one way in which tenants' data has been known to cross, tried on a running
 * system.
 */
import type { Clock } from '../../../src/base/clock.ts'
import type { Random } from '../../../src/base/random.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import type { NamespaceRef, TenantDatabase } from '../../../src/index.ts'
import type { ReferenceTarget } from '../../target/reference/reference-target.ts'
import type { TargetAnswer } from '../../target/target.ts'
import type { Watch } from './watch.ts'

/**
 * A tenant that is hunted with: its marks are known, and one question that its only fact answers.
 */
export interface HuntTenant {
  readonly id: TenantId
  readonly canary: string
  readonly chunkIds: readonly string[]
  readonly documentId: string
}

/** What a new tenant of a hunt is like, where it matters. */
export interface NewHuntTenant {
  readonly id?: string
  readonly model?: string
  readonly topK?: number
  /** A prompt template of its own that carries its canary. */
  readonly template?: boolean
  readonly withoutDocuments?: boolean
}

/** The system that is hunted in, with two tenants that are there for every hunt. */
export interface HuntStage {
  readonly target: ReferenceTarget
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly tenants: readonly [HuntTenant, HuntTenant, ...HuntTenant[]]
  /** Draws for a purpose, from the seed. */
  random(purpose: string): Random
  /** Signs a tenant up and feeds it. */
  newTenant(purpose: string, like?: NewHuntTenant): Promise<HuntTenant>
  /** Takes in one more document of a tenant; its chunks are known as its own. */
  feed(tenant: HuntTenant, documentId: string): Promise<readonly string[]>
  /** Asks the question that each tenant's own fact answers, or another. */
  ask(
    tenant: HuntTenant,
    request: { readonly id: string; readonly text?: string },
  ): Promise<TargetAnswer>
  /** The ids that really lie in a namespace, past every layer. */
  idsIn(place: NamespaceRef): Promise<readonly string[]>
  /** Puts ids into a namespace, past every layer. */
  putInto(place: NamespaceRef, ids: readonly string[]): Promise<void>
  /** The tenants' database over a pool of so many connections, for the hunt alone. */
  openPool(connections: number): TenantDatabase & AsyncDisposable
}

/** A hunt. One file each; `run` tells the watch what it saw. */
export interface Hunt {
  readonly id: string
  /** Ids of the catalogue of leak vectors. */
  readonly vector: string
  readonly what: string
  run(stage: HuntStage, watch: Watch): Promise<void>
}
