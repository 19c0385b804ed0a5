/**
 * A provider's rate limit: a bucket that holds a minute's worth and fills evenly. What does not fit
 * is refused and told when it would, as `Retry-After` tells it (OpenAI, "Rate limits": limits are
 * enforced over shorter times than the minute they are named by).
 */

/** A limit. */
export interface TokenBucket {
  /**
   * Takes so much and returns 0; or takes nothing and returns the milliseconds until there would be
   * as much.
   */
  take(nowMs: number, amount: number): number
  /** Gives back what was taken for a request that another limit then refused. */
  giveBack(amount: number): void
}

const minuteMs = 60_000

/** A full bucket. An amount above the whole bucket waits for a full one, and then empties it. */
export function tokenBucket(perMinute: number, startMs: number): TokenBucket {
  let [level, filledMs] = [perMinute, startMs]
  return {
    take(nowMs, amount) {
      level = Math.min(perMinute, level + ((nowMs - filledMs) * perMinute) / minuteMs)
      filledMs = nowMs
      const wanted = Math.min(amount, perMinute)
      // A hair of rounding must not cost a whole second more.
      if (level >= wanted - 1e-6) {
        level = Math.max(0, level - wanted)
        return 0
      }
      return ((wanted - level) * minuteMs) / perMinute
    },
    giveBack(amount) {
      level = Math.min(perMinute, level + Math.min(amount, perMinute))
    },
  }
}
