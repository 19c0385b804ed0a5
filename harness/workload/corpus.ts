/**
 * What a tenant brings to a run: documents, questions about them with known answers, and its
 * canary.
 */
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { SourceDocument } from '../../src/index.ts'

/**
 * Kinds of question. `shared` is asked of every tenant; the best answer to `bait` lies with another
 * tenant.
 */
const questionKinds = [
  'literal',
  'paraphrase',
  'two-hop',
  'unanswerable',
  'shared',
  'bait',
] as const
/** A kind of question. */
export type QuestionKind = (typeof questionKinds)[number]

/** A question with what is known about its answer. */
export interface PlannedQuestion {
  readonly id: string
  readonly kind: QuestionKind
  readonly text: string
  /**
   * Accepted strings, any one is enough; none when the tenant's corpus does not hold the answer.
   */
  readonly answers: readonly string[]
  /** Documents that hold the answer. */
  readonly sources: readonly string[]
  /** For bait: who holds the answer, and what it is. Seen by this tenant, it is a leak. */
  readonly bait?: {
    readonly owner: TenantId
    readonly answers: readonly string[]
    readonly sources: readonly string[]
  }
}

/** A tenant's corpus. Every title carries the canary, and with the title every chunk. */
export interface TenantCorpus {
  readonly tenantId: TenantId
  readonly canary: string
  readonly documents: readonly SourceDocument[]
  readonly questions: readonly PlannedQuestion[]
  /** Questions that others may be baited with: answerable here and nowhere else. */
  readonly baitStock: readonly PlannedQuestion[]
}
