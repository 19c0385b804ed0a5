/**
 * What a simulated system takes in time and words, however that became known: from published
 * profiles (`from-profiles.ts`) or fitted to recorded samples alone (`../fit`). The engine knows
 * distributions, and not where they are from.
 */
import type { QuantileTable } from './quantile-table.ts'

/** One chat model. Milliseconds of the last token are answer tokens times `msPerToken`. */
export interface ChatService {
  readonly model: string
  readonly firstTokenMs: QuantileTable
  readonly msPerToken: QuantileTable
  /** Tokens of an answer before the limit of the tenant's configuration cuts it. */
  readonly answerTokens: QuantileTable
}

/**
 * A whole system. Stages are as `src/base/stages.ts` names them; each draw is independent of the
 * others.
 */
export interface ServiceModels {
  /** For people: `profiles`, or the runs that were fitted. */
  readonly source: string
  readonly embedMs: QuantileTable
  readonly retrieveMs: QuantileTable
  readonly hydrateMs: QuantileTable
  readonly rerankMs: QuantileTable
  /** What no stage shows: configuration, prompt, metering, the way to and from the caller. */
  readonly otherMs: QuantileTable
  /** By the model's name. */
  readonly chat: ReadonlyMap<string, ChatService>
  /** Measured prompt tokens over those derived from the corpus; 1 where nothing was measured. */
  readonly promptFactor: number
}
