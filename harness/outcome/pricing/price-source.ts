/** Where prices come from, whatever it is: tenants as a book prices them, and what that rests on. */
import type { PriceBook } from '../../../src/index.ts'
import type { PriceReport } from '../../../reports/price/price-report.ts'
import type { Economics } from '../../check/pricing/economics.ts'

/** Where tenants and their costs come from. */
export interface PriceSource {
  readonly kind: PriceReport['source']['kind']
  readonly runId: string
  readonly scenario: string
  /** The book that its costs are by. */
  readonly book: PriceBook
  /** What its figures rest on, in sentences. */
  readonly assumptions: readonly string[]
  /** The tenants, as a book prices them. Throws TB_PRICE_MISSING where that book cannot. */
  economics(book: PriceBook): Economics
}
