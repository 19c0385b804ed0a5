/** A running total of what answers cost, for progress; the books are closed from the ledger, not from this. */
import type { Clock } from '../../src/base/clock.ts'
import { picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import { costOfUsage, type PriceBook } from '../../src/index.ts'
import type { AnswerObserver } from '../execute/drive.ts'

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
    observe: (_query, { usage }) => void (total = picoUsd(total + sumUsd(usage.map((each) => costOfUsage(each, book, atMs))))),
    total: () => total,
  }
}
