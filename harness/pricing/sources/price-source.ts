/**
 * Where prices come from, whatever it is: tenants as a book prices them, and what that rests on.
 */
import type { PriceBook } from '../../../src/index.ts'
import type { PriceReport } from '../../../reports/price/price-report.ts'
import type { MonteCarloOptions } from '../monte-carlo.ts'
import type { Economics } from '../economics.ts'

/** Where tenants and their costs come from. */
export interface PriceSource {
  readonly kind: PriceReport['source']['kind']
  readonly runId: string
  readonly scenario: string
  /** The book that its costs are by. */
  readonly book: PriceBook
  /** What its figures rest on, in sentences. */
  readonly assumptions: readonly string[]
  /**
   * How often vendors book late, and streams break off so that usage is our own count: what its
   * scenario says of them.
   */
  readonly meter: Required<Pick<MonteCarloOptions, 'lateShare' | 'unknownShare'>>
  /** The tenants, as a book prices them. Throws TB_PRICE_MISSING where that book cannot. */
  economics(book: PriceBook): Economics
}

/** The meter of a scenario's vendors. */
export function meterOf({
  providerFaults,
}: {
  readonly providerFaults: { readonly lateEvents: number; readonly abortedStreams: number }
}): PriceSource['meter'] {
  return { lateShare: providerFaults.lateEvents, unknownShare: providerFaults.abortedStreams }
}
