/** Reading a month of the user's own: usage as CSV, and the bills for it. */
import { z } from 'zod'
import {
  billedUnits,
  readBill,
  type Bill,
  type BilledUnit,
  type PriceBook,
} from '../../src/index.ts'
import { readCsv } from './csv.ts'
import { readText } from './read-text.ts'

const usageRow = z.strictObject({
  occurredAt: z.iso
    .datetime({ offset: true, error: 'a time as in 2026-10-31T23:59:59Z' })
    .transform((text) => Date.parse(text)),
  tenant: z.string().min(1),
  provider: z.string().min(1),
  sku: z.string().min(1),
  unit: z.enum(billedUnits),
  quantity: z
    .string()
    .regex(/^\d{1,18}$/, 'a whole number')
    .transform(BigInt),
})

/** One line of usage. */
export interface ReadUsage {
  readonly occurredAtMs: number
  readonly tenant: string
  readonly provider: string
  readonly sku: string
  readonly unit: BilledUnit
  readonly quantity: bigint
}

/** Reads usage: occurredAt, tenant, provider, sku, unit, quantity. Throws TB_TABLE_INVALID. */
export async function readUsageFile(path: string): Promise<readonly ReadUsage[]> {
  const rows = await readCsv({
    path,
    columns: ['occurredAt', 'tenant', 'provider', 'sku', 'unit', 'quantity'],
    row: usageRow,
  })
  return rows.map(({ data: { occurredAt, ...rest } }) => ({ occurredAtMs: occurredAt, ...rest }))
}

/**
 * Reads the files of a bill, in whatever form: what they are is told by src/cost/bills. Throws
 * TB_BILL_INVALID.
 */
export async function readBillFiles(paths: readonly string[], book: PriceBook): Promise<Bill> {
  return readBill(
    await Promise.all(
      paths.map(async (path) => ({ path, text: await readText(path, 'TB_BILL_INVALID') })),
    ),
    book,
  )
}
