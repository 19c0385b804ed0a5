/**
 * From a corpus profile to the tokens of a query: of its prompt under a configuration, and of its
 * question as it is embedded.
 */
import { constantTable, tableOf, type QuantileTable } from '../models/quantile-table.ts'
import type { CorpusProfile, QuestionProfile } from './corpus-profile.ts'

/** The configuration, as far as it makes prompts longer or shorter. */
export interface PromptOptions {
  readonly topK: number
  readonly rerank: boolean
  /** Vendor tokens per cl100k token; see `vendorFactor`. */
  readonly tokenFactor: number
  /** Mean tokens of guard, template and tags. */
  readonly frameTokens: number
}

/**
 * Prompt tokens of a query, in whole vendor tokens. Each question is equally likely, as a run asks
 * them, and brings the same chunks each time: the nearest top_k, or the best top_k of those that a
 * reranker is shown. Fewer chunks than top_k are all of them.
 */
export function promptTable(profile: CorpusProfile, options: PromptOptions): QuantileTable {
  const { tokenFactor, frameTokens, topK } = options
  const billed = (tokens: number): number => Math.round(tokenFactor * (frameTokens + tokens))
  if (profile.questions.length === 0)
    return constantTable(
      billed(Math.min(topK, profile.passageTokens.length) * meanOf(profile.passageTokens)),
    )
  return tableOf(
    profile.questions.map((question) =>
      billed(
        question.tokens +
          passagesOf(question, options).reduce(
            (sum, chunk) => sum + (profile.passageTokens[chunk] ?? 0),
            0,
          ),
      ),
    ),
  )
}

/**
 * With reranking, so many times top_k are retrieved, within Pinecone's 100 documents; as
 * src/rag/answer.ts does.
 */
const rerankPool = 4

function passagesOf(
  { nearest, rerankPlaces }: QuestionProfile,
  { topK, rerank }: PromptOptions,
): readonly number[] {
  if (!rerank) return nearest.slice(0, topK)
  const pool = nearest
    .slice(0, topK * rerankPool)
    .map((chunk, at) => ({ chunk, place: rerankPlaces[at] ?? at }))
  return pool
    .sort((one, other) => one.place - other.place)
    .slice(0, topK)
    .map(({ chunk }) => chunk)
}

/** Mean tokens of a question, as billed for embedding it; 0 without questions. */
export function embeddingTokensMean({ questions }: CorpusProfile): number {
  return meanOf(questions.map(({ tokens }) => tokens))
}

// OpenAI's published encodings: gpt-4o and later use o200k_base, everything before cl100k_base.
const o200kModels = /^(?:gpt-4o|gpt-4\.1|gpt-5|o\d)/

/**
 * Vendor tokens per cl100k token of this corpus: the model's own factor, and what another
 * vocabulary makes of these texts.
 */
export function vendorFactor(
  { o200kPerCl100k }: CorpusProfile,
  { model, tokenFactor }: { readonly model: string; readonly tokenFactor: number },
): number {
  return tokenFactor * (o200kModels.test(model) ? o200kPerCl100k : 1)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
