/**
 * The vendors' own account of what was used, and the bill they make of it. Written apart from src/cost: other data, other
 * formulas. An event may be booked late, as real ones are: it then shows on the next month's bill.
 */
import { monthOf } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { divideHalfEven, formatUsd, picoUsd, type PicoUsd } from '../../../src/base/money.ts'
import { chatPerMillion, embeddingPerMillion, pineconePrices } from './prices.ts'

/** A line of a bill. Exact; the invoice's total is rounded to cents by whoever pays it. */
export interface BillLine {
  readonly component: string
  readonly usd: string
}

/** What can be booked. */
export type BookedUse =
  | { readonly kind: 'chat'; readonly model: string; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly kind: 'embedding'; readonly model: string; readonly tokens: number }
  | { readonly kind: 'read'; readonly namespaceBytes: number }
  | { readonly kind: 'write'; readonly bytes: number }
  | { readonly kind: 'rerank' }

/** The books of all vendors. */
export interface Books {
  /** Books a use at a time; `late` books it in the month after. */
  book(use: BookedUse, at: { readonly nowMs: number; readonly late: boolean }): void
  /** The bill of a month in which so many bytes are held to its end. */
  bill(month: string, storedBytes: number): readonly BillLine[]
}

const million = 1_000_000n

/** Opens empty books. */
export function openBooks(): Books {
  const months = new Map<string, Map<string, bigint>>()
  return {
    book(use, at) {
      const month = at.late ? monthAfter(monthOf(at.nowMs)) : monthOf(at.nowMs)
      const lines = months.get(month) ?? new Map<string, bigint>()
      months.set(month, lines)
      const { component, amount } = lineOf(use)
      lines.set(component, (lines.get(component) ?? 0n) + amount)
    },
    bill(month, storedBytes) {
      const lines = new Map(months.get(month) ?? [])
      // Held for the whole month: bytes / 10^9 x price.
      if (storedBytes > 0) lines.set('pinecone.storage', divideHalfEven(BigInt(storedBytes) * pineconePrices.perGigabyteMonth, 1_000_000_000n))
      const pinecone = [...lines].filter(([component]) => component.startsWith('pinecone.')).reduce((sum, [, amount]) => sum + amount, 0n)
      if (pinecone < pineconePrices.monthlyMinimum) lines.set('pinecone.minimum', pineconePrices.monthlyMinimum - pinecone)
      return [...lines].sort(([one], [other]) => (one < other ? -1 : 1)).map(([component, amount]) => ({ component, usd: formatUsd(picoUsd(amount)) }))
    },
  }
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

function lineOf(use: BookedUse): { readonly component: string; readonly amount: bigint } {
  switch (use.kind) {
    case 'chat': {
      const [input, output] = priced(chatPerMillion, use.model)
      const vendor = use.model.startsWith('claude-') ? 'anthropic' : 'openai'
      return { component: `${vendor}.chat`, amount: divideHalfEven(BigInt(use.inputTokens) * input + BigInt(use.outputTokens) * output, million) }
    }
    case 'embedding':
      return { component: 'openai.embeddings', amount: divideHalfEven(BigInt(use.tokens) * priced(embeddingPerMillion, use.model), million) }
    case 'read':
      // A quarter unit at least, a unit a decimal gigabyte beyond.
      return { component: 'pinecone.read', amount: perUnit(pineconePrices.perMillionReadUnits, Math.max(0.25, use.namespaceBytes / 1e9)) }
    case 'write':
      return { component: 'pinecone.write', amount: perUnit(pineconePrices.perMillionWriteUnits, Math.max(5, Math.ceil(use.bytes / 1_000))) }
    case 'rerank':
      return { component: 'pinecone.rerank', amount: pineconePrices.perThousandReranks / 1_000n }
  }
}

/** A price of the list; the vendors sell nothing without one. */
function priced<T>(list: Readonly<Record<string, T>>, model: string): T {
  const price = list[model]
  if (price === undefined) throw new TenantbenchError('TB_PRICE_MISSING', { detail: `${model}, in the books of the local vendors.` })
  return price
}

/** Units times a price per million, by way of whole micro-units. */
function perUnit(perMillion: PicoUsd, units: number): bigint {
  return divideHalfEven(perMillion * BigInt(Math.round(units * 1e6)), million * million)
}
