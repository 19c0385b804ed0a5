/** Any bill as CSV: a component and dollars, and as much beside them as is known. */
import { z } from 'zod'
import { csvHeader, readTable } from '../../base/csv-input.ts'
import { billedUnits } from '../prices/price-book.ts'
import { billCategories, type BillCategory, type BillReader } from './bill.ts'
import { currencyCell, faultsIn, quantityCell, timeCell, usdCell } from './table.ts'

const row = z.object({
  component: z.string().min(1),
  usd: usdCell,
  category: z.union([z.literal('').transform(() => null), z.enum(billCategories)]).default(null),
  product: z.string().default(''),
  unit: z.union([z.literal('').transform(() => null), z.enum(billedUnits)]).default(null),
  from: timeCell.default(null),
  to: timeCell.default(null),
  quantity: quantityCell.default(null),
  requests: z
    .union([
      z.literal('').transform(() => null),
      z
        .string()
        .regex(/^\d{1,15}$/, 'a whole number')
        .transform(BigInt),
    ])
    .default(null),
  currency: currencyCell.default('USD'),
})

/** Without a category a component's last word tells it: `pinecone.minimum`, `openai.credit`. */
function categoryOf(component: string): BillCategory {
  return billCategories.find((category) => component.endsWith(`.${category}`)) ?? 'usage'
}

/** The reader. Its last row of requests for a product and time counts for all rows of them. */
export const genericBill: BillReader = {
  id: 'generic',
  recognises: ({ text }) =>
    csvHeader(text).includes('component') || csvHeader(text).includes('usd'),
  read({ path, text }) {
    const table = readTable(text, {
      columns: ['component', 'usd'],
      optional: ['category', 'product', 'unit', 'from', 'to', 'quantity', 'requests', 'currency'],
      row,
    })
    if (table.rows === null) return faultsIn(path, table)
    const reversed = table.rows.filter(
      ({ data }) => data.from !== null && data.to !== null && data.to <= data.from,
    )
    if (reversed.length > 0)
      return reversed.map(({ line }) => ({
        path: `${path}: to`,
        line,
        message: 'not after `from`',
      }))
    const lines = table.rows.map(
      ({ line, data: { component, usd, category, product, unit, from, to, quantity } }) => {
        return {
          provider: component.split('.')[0] ?? component,
          component,
          category: category ?? categoryOf(component),
          sku: product === '' ? null : product,
          unit,
          fromMs: from,
          toMs: to,
          quantity,
          amount: usd,
          place: `${path}:${line}`,
        }
      },
    )
    const requests = table.rows.flatMap(
      ({ data: { component, product, from, to, requests: count } }) =>
        count === null || product === '' || from === null || to === null
          ? []
          : [
              {
                provider: component.split('.')[0] ?? component,
                sku: product,
                fromMs: from,
                toMs: to,
                requests: count,
              },
            ],
    )
    return {
      lines,
      requests: [
        ...new Map(
          requests.map((each) => [`${each.sku} ${each.fromMs} ${each.toMs}`, each]),
        ).values(),
      ],
    }
  },
}
