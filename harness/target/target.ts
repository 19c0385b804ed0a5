/**
 * The system under test behind one port: our reference modules, a user's module, a service over
 * HTTP. It says which boundaries it shows; what it does not show is reported as not shown, never as
 * clean.
 */
import type { Boundary, Crossing } from '../../src/base/boundaries.ts'
import type { ErrorCode } from '../../src/base/errors.ts'
import type { TargetConfig } from '../../src/base/target-module.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { StageTimes } from '../../src/base/stages.ts'
import type { FailedAttempts, ProviderUsage } from '../../src/base/usage.ts'
import type { NewTenantConfig, SourceDocument, WrittenTemplate } from '../../src/index.ts'

/** A tenant to be created. */
export interface NewTenant {
  readonly id: TenantId
  readonly name: string
  readonly tier: string
  readonly config: NewTenantConfig
  /** The configuration in force, its tier's defaults included. */
  readonly current?: TargetConfig
  /** A prompt template of its own, by the name under which its configuration finds it. */
  readonly template?: { readonly name: string; readonly written: WrittenTemplate | null }
}

/**
 * What a target reports of an ingest. Null is what it does not say. `marked` counts the chunks that
 * carry the tenant's canary.
 */
export interface IngestReport {
  readonly documents: number
  readonly words: number
  readonly chunks: number | null
  readonly chunkTokens: number | null
  readonly marked: number | null
  /** Ids by which what was taken in can be known again: of chunks, of documents. */
  readonly chunkIds: readonly string[]
}

/**
 * A question to the target, under a configuration to try; null is the one that the tenant has at
 * that moment.
 */
export interface TargetQuestion {
  readonly tenantId: TenantId
  readonly requestId: string
  readonly text: string
  readonly variant: {
    readonly model: string
    readonly topK: number
    readonly rerank: boolean
  } | null
}

/** What came back, and everything that crossed a boundary on the way. */
export type TargetAnswer = {
  readonly crossings: readonly Crossing[]
  /** What the request used so far as the target says; for a running total, not for the books. */
  readonly usage: readonly ProviderUsage[]
  /** Real milliseconds by stage; left out by a target that does not show them. */
  readonly stagesMs?: StageTimes
  /** Left out by a target that does not tell. */
  readonly failedAttempts?: FailedAttempts
} & (
  | {
      readonly outcome: 'answered'
      readonly text: string
      /** Null when the target does not show sources. */
      readonly sourceDocuments: readonly string[] | null
      /** Null when the target does not say. */
      readonly promptTokens: number | null
      readonly completionTokens: number | null
      readonly tokensEstimated: boolean
      /** The configuration that answered and its state; null when the target does not say. */
      readonly configuration: {
        readonly version: string | null
        readonly model: string
        readonly topK: number
        readonly rerank: boolean
      } | null
    }
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly message: string }
)

/** The system under test. */
export interface Target extends AsyncDisposable {
  readonly subject: { readonly kind: 'reference' | 'module' | 'http'; readonly name: string }
  readonly shows: readonly Boundary[]
  signUp(tenant: NewTenant): Promise<void>
  ingest(
    tenantId: TenantId,
    documents: readonly SourceDocument[],
    canary: string,
  ): Promise<IngestReport>
  /** Never throws for what the target does wrong: a failure is an answer too. */
  ask(question: TargetQuestion): Promise<TargetAnswer>
  /**
   * Everything a tenant reaches without asking for anything in particular: rows, errors, notices,
   * cost lines.
   */
  probe(tenantId: TenantId): Promise<readonly Crossing[]>
}
