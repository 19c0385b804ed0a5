/**
 * A running total of what answers cost, for progress; the books are closed from the ledger, not
 * from this.
 */
import type { Clock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import { picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import type { ProviderUsage } from '../../src/base/usage.ts'
import { costOfUsage, type PriceBook } from '../../src/index.ts'
import type { AnswerObserver } from '../execute/observe.ts'

/** The total, and the observer that feeds it. */
export interface Spend {
  readonly observe: AnswerObserver
  total(): PicoUsd
}

/** Starts at nothing. */
export function startSpend(book: PriceBook, clock: Clock): Spend {
  let total = zeroUsd
  const atMs = clock.nowMs()
  return {
    observe: (_query, { usage }) =>
      void (total = picoUsd(total + sumUsd(usage.map((each) => costOfUsage(each, book, atMs))))),
    total: () => total,
  }
}

/** What a chat of so many tokens costs; null where the book has no price for the model. */
export function costOfChat(
  book: PriceBook,
  model: string,
  told: { readonly promptTokens: number; readonly completionTokens: number; readonly atMs: number },
): PicoUsd | null {
  const usage: ProviderUsage = {
    operation: 'chat',
    provider: model.startsWith('claude-') ? 'anthropic' : 'openai',
    sku: model,
    attempt: 1,
    outcome: 'completed',
    estimated: false,
    quantities: { 'input-tokens': told.promptTokens, 'output-tokens': told.completionTokens },
  }
  try {
    return costOfUsage(usage, book, told.atMs)
  } catch (error) {
    if (error instanceof TenantbenchError && error.code === 'TB_PRICE_MISSING') return null
    throw error
  }
}
