/**
 * What the tenants of a group use in a month: sums by tenant and segment, and by the side of each
 * price cliff, so that pricing sums is pricing every query.
 */

/** The fields of a sum. */
export const usageFields = {
  embedded: 0,
  retrieved: 1,
  reranks: 2,
  chatCalls: 3,
  promptTokens: 4,
  answerTokens: 5,
  retried: 6,
} as const
/** How many fields there are. */
export const usageFieldCount = 7

/** Sums of a month. All are whole numbers, exact up to 2^53. */
export interface UsageSums {
  readonly values: Float64Array
  readonly segments: number
  readonly sides: number
  /** Prompt lengths at which another side begins. */
  readonly cliffs: readonly number[]
}

/** Empty sums. */
export function usageSums(tenants: number, segments: number, cliffs: readonly number[]): UsageSums {
  const sides = cliffs.length + 1
  return {
    values: new Float64Array(tenants * segments * sides * usageFieldCount),
    segments,
    sides,
    cliffs,
  }
}

/**
 * Where the sums of a tenant (a position in its group), a segment and the near side of all cliffs
 * begin.
 */
export function sumsAt({ segments, sides }: UsageSums, tenant: number, segment: number): number {
  return (tenant * segments + segment) * sides * usageFieldCount
}

/** How much further the sums of a prompt's side are: 0 unless it is longer than a cliff. */
export function sideOf({ cliffs }: UsageSums, promptTokens: number): number {
  let side = 0
  while (side < cliffs.length && promptTokens > (cliffs[side] ?? Infinity)) side++
  return side * usageFieldCount
}
