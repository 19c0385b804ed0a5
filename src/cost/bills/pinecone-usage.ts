/**
 * Pinecone: the usage export as CSV, a row a day and SKU, dates in UTC. Projects, indexes and tags
 * are passed over.
 */
import { dayMs } from '../../base/clock.ts'
import { z } from 'zod'
import { csvHeader, readTable } from '../../base/csv-input.ts'
import type { BilledUnit } from '../prices/price-book.ts'
import { componentOf, type BillCategory, type BillReader } from './bill.ts'
import { currencyCell, faultsIn, quantityCell, timeCell, usdCell } from './table.ts'

const provider = 'pinecone'
const columns = ['date', 'sku', 'quantity', 'amount', 'currency'] as const
const row = z.object({
  date: timeCell,
  sku: z.string().min(1),
  quantity: quantityCell,
  amount: usdCell,
  currency: currencyCell,
})
/**
 * What the names of SKUs say. The minimum's top-up and what is no use come as SKUs of their own.
 */
const skus: readonly (readonly [RegExp, BilledUnit | null, BillCategory])[] = [
  [/minimum|commitment/i, null, 'minimum'],
  [/\btax|\bvat/i, null, 'tax'],
  [/credit|discount/i, null, 'credit'],
  [/read/i, 'read-units', 'usage'],
  [/write/i, 'write-units', 'usage'],
  [/storage/i, 'storage-gb-months', 'usage'],
  [/rerank/i, 'rerank-requests', 'usage'],
]

/** The reader. */
export const pineconeUsage: BillReader = {
  id: 'pinecone-usage',
  recognises: ({ text }) => {
    const header = csvHeader(text)
    return header.includes('sku') && header.includes('date')
  },
  read({ path, text, book }) {
    const table = readTable(text, { columns, isOpen: true, row })
    if (table.rows === null) return faultsIn(path, table)
    const lines = table.rows.map(({ line, data: { date, sku, quantity, amount } }) => {
      const [, unit = null, category = 'usage' as const] =
        skus.find(([pattern]) => pattern.test(sku)) ?? []
      const component =
        category === 'usage'
          ? componentOf(book, { provider, sku: null, unit, atMs: date })
          : `${provider}.${category}`
      return {
        provider,
        component,
        category,
        sku: unit === null || unit === 'rerank-requests' ? null : 'serverless',
        unit,
        fromMs: date,
        toMs: date === null ? null : date + dayMs,
        quantity,
        amount,
        place: `${path}:${line}: ${sku}`,
      }
    })
    return { lines, requests: [] }
  },
}
