/**
 * The vendors' side of a simulated month: what they book of each call, with the fault that is
 * planted, and beside it the same books with what our meter heard, at the same list and formulas.
 * The difference between the two is what the reconciler has to find; it never goes through the
 * reconciler, nor through the price book under test (DESIGN law 4).
 */
import { monthBounds } from '../../../src/base/clock.ts'
import { parseUsd, sumUsd, type PicoUsd } from '../../../src/base/money.ts'
import { randomFor } from '../../../src/base/random.ts'
import { billOf, openBooks, type BookedUse } from '../../services/books/books.ts'
import { usageTotal, type BillFault } from '../../services/books/bill-faults.ts'
import { documentsOf, type BillDocument, type InvoiceLine } from '../../services/books/documents.ts'
import { priced } from '../../services/books/statement.ts'
import { listTerms } from '../../services/books/terms.ts'
import type { PlannedCall } from '../../workload/billing-month.ts'

/** A month's bill, and what is known about it beforehand. */
export interface VendorBill {
  readonly documents: readonly BillDocument[]
  /** By component, use and minimum: by what we heard, and as billed. */
  readonly components: readonly {
    readonly component: string
    readonly heard: PicoUsd
    readonly billed: PicoUsd
  }[]
  /** All of the bill, taxes and credits too. */
  readonly billedTotal: PicoUsd
  readonly heardTotal: PicoUsd
}

/** Vendors that listen in on a month. */
export interface VendorSide {
  hear(call: PlannedCall): void
  bill(): VendorBill
}

/** Late events are real: one in a thousand is booked in the month after. */
const lateShare = 0.001

/** Opens the books of a month. */
export function openVendorSide({
  month,
  seed,
  fault,
}: {
  readonly month: string
  readonly seed: number
  readonly fault: BillFault | null
}): VendorSide {
  const bounds = monthBounds(month)
  const terms = fault?.terms?.(listTerms, bounds) ?? listTerms
  const [books, heard] = [openBooks(terms), openBooks(listTerms)]
  const random = randomFor([seed, 'vendor-side'])
  return {
    hear(call) {
      const [late, draw] = [random.unit() < lateShare, random.unit()]
      const booking = {
        use: useOf(call, call.used),
        atMs: call.atMs,
        attempt: call.attempt,
        late: late && call.atMs >= bounds.fromMs && call.atMs < bounds.toMs,
      }
      for (const { use, atMs, late: isLate } of fault?.bookings?.(booking, draw, bounds) ?? [
        booking,
      ])
        books.book(use, { nowMs: atMs, late: isLate })
      heard.book(useOf(call, call.metered), { nowMs: call.atMs, late: false })
    },
    bill() {
      const exact = books.statement(month).map((line) => priced(line, terms))
      const lines = fault?.lines?.(exact, bounds) ?? exact
      const usage = billOf(books.statement(month), terms)
      const minimum = usage
        .filter(({ component }) => component.endsWith('.minimum'))
        .map(({ component, usd }): InvoiceLine => ({
          component,
          category: 'minimum',
          usd: parseUsd(usd),
        }))
      const invoice = fault?.invoice?.(minimum, usageTotal(lines)) ?? minimum
      const billed = [...lines, ...invoice.filter(({ category }) => category === 'minimum')]
      const ours = billOf(heard.statement(month), listTerms)
      const names = [...new Set([...billed, ...ours].map(({ component }) => component))].sort()
      return {
        documents: documentsOf(lines, invoice),
        components: names.map((component) => ({
          component,
          heard: sumUsd(
            ours.filter((line) => line.component === component).map(({ usd }) => parseUsd(usd)),
          ),
          billed: sumUsd(
            billed.filter((line) => line.component === component).map(({ usd }) => usd),
          ),
        })),
        billedTotal: sumUsd([...lines, ...invoice].map(({ usd }) => usd)),
        heardTotal: sumUsd(ours.map(({ usd }) => parseUsd(usd))),
      }
    },
  }
}

function useOf({ operation, sku }: PlannedCall, used: PlannedCall['used']): BookedUse {
  switch (operation) {
    case 'embed':
      return { kind: 'embedding', model: sku, tokens: used['embedding-tokens'] ?? 0 }
    case 'query':
      return { kind: 'read', namespaceBytes: used['namespace-bytes'] ?? 0 }
    case 'rerank':
      return { kind: 'rerank' }
    case 'upsert':
      return { kind: 'write', bytes: used['upsert-bytes'] ?? 0 }
    case 'store':
      return { kind: 'store', bytes: (used['byte-hours'] ?? 0) / 24, hours: 24 }
    default:
      return {
        kind: 'chat',
        model: sku,
        inputTokens: used['input-tokens'] ?? 0,
        outputTokens: used['output-tokens'] ?? 0,
        cachedTokens: used['cached-input-tokens'] ?? 0,
      }
  }
}
