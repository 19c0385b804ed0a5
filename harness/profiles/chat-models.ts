/**
 * What a chat model takes in time and words, and how well we assume it reads. Times are medians
 * from the Artificial Analysis payload of 2026-07-05 (one location, provider routing; good for
 * order of magnitude); their spread is the shape of the LLMPerf raw data of December 2023. Reading
 * quality is assumed, never measured here: it follows the curve of "Lost in the Middle" (Liu et
 * al., TACL 2024), scaled by model generation, and every recommendation that rests on it says so.
 */

/** One chat model. */
export interface ChatModelProfile {
  readonly model: string
  readonly provider: 'openai' | 'anthropic'
  /** Largest prompt plus answer, in the vendor's tokens. */
  readonly windowTokens: number
  readonly firstTokenMedianMs: number
  readonly firstTokenSigma: number
  readonly tokensPerSecond: number
  readonly tokensPerSecondSigma: number
  readonly answerMedianTokens: number
  readonly answerSigma: number
  /**
   * Vendor tokens per cl100k token; not 1 only where there is no public tokenizer, and then its
   * counts are estimated.
   */
  readonly tokenFactor: number
  /** Assumed: how often the model gives the fact when the passage with it comes first. */
  readonly assumedAccuracy: number
  /** Assumed: how much of that is lost when the passage stands in the middle of ten or more. */
  readonly assumedMiddleLoss: number
}

const shape = {
  firstTokenSigma: 0.25,
  tokensPerSecondSigma: 0.1,
  answerMedianTokens: 250,
  answerSigma: 0.35,
} as const
const openai = { provider: 'openai', tokenFactor: 1, ...shape } as const
// cl100k times this factor; the ratio of Claude's tokens to cl100k's is not published.
const anthropic = { provider: 'anthropic', tokenFactor: 1.15, ...shape } as const

/** All models that the local services know. */
export const chatModelProfiles: readonly ChatModelProfile[] = [
  {
    ...openai,
    model: 'gpt-4',
    windowTokens: 8_192,
    firstTokenMedianMs: 880,
    tokensPerSecond: 44,
    assumedAccuracy: 0.95,
    assumedMiddleLoss: 0.1,
  },
  {
    ...openai,
    model: 'gpt-4-turbo',
    windowTokens: 128_000,
    firstTokenMedianMs: 1_280,
    tokensPerSecond: 38,
    assumedAccuracy: 0.96,
    assumedMiddleLoss: 0.06,
  },
  {
    ...openai,
    model: 'gpt-4o',
    windowTokens: 128_000,
    firstTokenMedianMs: 570,
    tokensPerSecond: 108,
    assumedAccuracy: 0.96,
    assumedMiddleLoss: 0.05,
  },
  {
    ...openai,
    model: 'gpt-4o-mini',
    windowTokens: 128_000,
    firstTokenMedianMs: 600,
    tokensPerSecond: 74,
    assumedAccuracy: 0.93,
    assumedMiddleLoss: 0.08,
  },
  {
    ...openai,
    model: 'gpt-3.5-turbo',
    windowTokens: 16_385,
    firstTokenMedianMs: 610,
    tokensPerSecond: 146,
    assumedAccuracy: 0.86,
    assumedMiddleLoss: 0.25,
  },
  {
    ...openai,
    model: 'gpt-3.5-turbo-16k',
    windowTokens: 16_385,
    firstTokenMedianMs: 610,
    tokensPerSecond: 146,
    assumedAccuracy: 0.86,
    assumedMiddleLoss: 0.25,
  },
  {
    ...anthropic,
    model: 'claude-haiku-4-5',
    windowTokens: 200_000,
    firstTokenMedianMs: 630,
    tokensPerSecond: 97,
    assumedAccuracy: 0.95,
    assumedMiddleLoss: 0.05,
  },
  {
    ...anthropic,
    model: 'claude-sonnet-4-5',
    windowTokens: 200_000,
    firstTokenMedianMs: 1_260,
    tokensPerSecond: 46,
    assumedAccuracy: 0.97,
    assumedMiddleLoss: 0.04,
  },
]

/** The profile of a model, or undefined. */
export function chatModelProfile(model: string): ChatModelProfile | undefined {
  return chatModelProfiles.find((profile) => profile.model === model)
}

/**
 * Assumed probability that a passage's fact is read, given where it stands: worst in the middle,
 * the more so the more there are.
 */
export function assumedReading(
  profile: ChatModelProfile,
  position: number,
  passages: number,
): number {
  const depth = passages <= 1 ? 0 : Math.sin((Math.PI * position) / (passages - 1))
  const crowding = Math.min(1, passages / 10)
  return profile.assumedAccuracy - profile.assumedMiddleLoss * depth * crowding
}
