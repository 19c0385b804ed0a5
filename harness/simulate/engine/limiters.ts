/** The rate limits of all providers: requests and tokens a minute, each a bucket of its own. */
import type { PlannedLimits } from '../plan.ts'
import { tokenBucket, type TokenBucket } from './token-bucket.ts'

/** Whose limits. */
export type ProviderName = PlannedLimits['providers'][number]['provider']

/** One provider's limits. */
export interface Limiter {
  /**
   * Takes a request of so many tokens and returns 0; or takes nothing and returns the milliseconds
   * until it could.
   */
  take(nowMs: number, tokens: number): number
}

/** By provider; null is without limit. */
export type Limiters = Readonly<Record<ProviderName, Limiter | null>>

/** Full buckets. */
export function openLimiters({ providers }: PlannedLimits, startMs: number): Limiters {
  const limiterOf = (name: ProviderName): Limiter | null => {
    const found = providers.find(({ provider }) => provider === name)
    const bucket = (perMinute: number | null): TokenBucket | null =>
      perMinute === null ? null : tokenBucket(perMinute, startMs)
    return found === undefined
      ? null
      : limiter(bucket(found.requestsPerMinute), bucket(found.tokensPerMinute))
  }
  return {
    openai: limiterOf('openai'),
    anthropic: limiterOf('anthropic'),
    pinecone: limiterOf('pinecone'),
  }
}

function limiter(requests: TokenBucket | null, tokens: TokenBucket | null): Limiter {
  return {
    take(nowMs, count) {
      const forRequests = requests?.take(nowMs, 1) ?? 0
      const forTokens =
        forRequests > 0 || tokens === null || count === 0 ? 0 : tokens.take(nowMs, count)
      // One limit that refuses takes nothing from the other.
      if (forTokens > 0) requests?.giveBack(1)
      return Math.max(forRequests, forTokens)
    },
  }
}
