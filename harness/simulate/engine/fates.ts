/**
 * What can become of a query beside an answer, the same at every grain: the service's own cache, a
 * wait before another attempt, and whom it is put down to.
 */
import type { SimulationPlan } from '../plan.ts'
import { drawn, type DrawKeys } from './draws.ts'
import type { Account } from './request.ts'
import { sideOf, sumsAt, usageFields as field, type UsageSums } from './usage-sums.ts'

/** Whether the service's own cache has the answer: a draw of its own. */
export function isAnsweredFromCache(
  { keys, number }: { readonly keys: DrawKeys; readonly number: number },
  below: number,
): boolean {
  return below > 0 && drawn(keys[5] as number, keys[4] as number, number) >>> 0 < below
}

const firstWaitMs = 200

/**
 * What is waited before another attempt: 200 ms, doubled with each, less up to a quarter, as
 * src/providers waits. `unit` is in [0, 1).
 */
export function repeatWaitMs(attempt: number, unit: number): number {
  return firstWaitMs * 2 ** (attempt - 1) * (0.75 + 0.25 * unit)
}

/**
 * Attempts at the model that a query makes on average: each that goes wrong brings another, up to
 * the limit.
 */
export function attemptsOf({ rates, limits }: Pick<SimulationPlan, 'rates' | 'limits'>): number {
  const wrong = rates.abortedStreams + rates.unavailable
  return wrong >= 1 ? limits.attempts : (1 - wrong ** limits.attempts) / (1 - wrong)
}

/** Adds to the sums of a tenant (a position in its group) in a segment. */
export function accountOf(sums: UsageSums, tenant: number, segment: number): Account {
  const at = sumsAt(sums, tenant, segment)
  const { values } = sums
  const add = (place: number, amount: number): void => {
    values[place] = (values[place] as number) + amount
  }
  return {
    embedded: () => add(at + field.embedded, 1),
    retrieved: () => add(at + field.retrieved, 1),
    reranked: () => add(at + field.reranks, 1),
    chatted({ promptTokens, answerTokens, isRepeated }) {
      const side = at + sideOf(sums, promptTokens)
      add(side + field.chatCalls, 1)
      add(side + field.promptTokens, promptTokens)
      add(side + field.answerTokens, answerTokens)
      if (isRepeated) add(side + field.retried, 1)
    },
  }
}
