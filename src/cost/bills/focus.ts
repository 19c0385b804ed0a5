/**
 * FOCUS 1.2 and later (FinOps Open Cost and Usage Specification), as CSV: any provider that exports
 * it.
 */
import { z } from 'zod'
import { csvHeader, readTable } from '../../base/csv-input.ts'
import { billedUnits, type BilledUnit } from '../prices/price-book.ts'
import { componentOf, type BillCategory, type BillReader } from './bill.ts'
import { currencyCell, faultsIn, quantityCell, timeCell, usdCell } from './table.ts'

const words = z.string().default('')
const row = z.object({
  BilledCost: usdCell,
  BillingCurrency: currencyCell,
  ChargeCategory: z.enum(['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  ChargePeriodStart: timeCell,
  ChargePeriodEnd: timeCell,
  ChargeDescription: words,
  ProviderName: words,
  ServiceProviderName: words,
  SkuId: words,
  SkuMeter: words,
  ConsumedQuantity: quantityCell.default(null),
  ConsumedUnit: words,
})
const required = [
  'BilledCost',
  'BillingCurrency',
  'ChargeCategory',
  'ChargePeriodStart',
  'ChargePeriodEnd',
] as const

/**
 * The reader. The unit is SkuMeter or ConsumedUnit where they name one of ours; a Purchase is a
 * minimum.
 */
export const focusBill: BillReader = {
  id: 'focus',
  recognises: ({ text }) => csvHeader(text).includes('BilledCost'),
  read({ path, text, book }) {
    const table = readTable(text, {
      columns: required,
      optional: Object.keys(row.shape),
      isOpen: true,
      row,
    })
    if (table.rows === null) return faultsIn(path, table)
    const lines = table.rows.map(({ line, data }) => {
      const provider = (data.ServiceProviderName || data.ProviderName).toLowerCase() || 'unknown'
      const unit = unitOf(data.SkuMeter) ?? unitOf(data.ConsumedUnit)
      const sku = data.SkuId === '' ? null : data.SkuId
      const category = categories[data.ChargeCategory]
      const component =
        category === 'usage'
          ? componentOf(book, { provider, sku, unit, atMs: data.ChargePeriodStart })
          : `${provider}.${category}`
      return {
        provider,
        component,
        category,
        sku,
        unit,
        fromMs: data.ChargePeriodStart,
        toMs: data.ChargePeriodEnd,
        quantity: data.ConsumedQuantity,
        amount: data.BilledCost,
        place: `${path}:${line}: ${data.ChargeDescription}`,
      }
    })
    return { lines, requests: [] }
  },
}

const categories: Readonly<Record<z.infer<typeof row>['ChargeCategory'], BillCategory>> = {
  Usage: 'usage',
  Purchase: 'minimum',
  Tax: 'tax',
  Credit: 'credit',
  Adjustment: 'adjustment',
}

function unitOf(text: string): BilledUnit | null {
  return billedUnits.find((unit) => unit === text) ?? null
}
