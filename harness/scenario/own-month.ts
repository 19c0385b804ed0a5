/** Reading a month of the user's own: usage and bill, each a CSV file. */
import { z } from 'zod'
import { parseUsd, type PicoUsd } from '../../src/base/money.ts'
import { billedUnits, type BilledUnit } from '../../src/index.ts'
import { readCsv } from './csv.ts'

const usageRow = z.strictObject({
  occurredAt: z.iso.datetime({ offset: true, error: 'a time as in 2026-10-31T23:59:59Z' }).transform((text) => Date.parse(text)),
  tenant: z.string().min(1),
  provider: z.string().min(1),
  sku: z.string().min(1),
  unit: z.enum(billedUnits),
  quantity: z.string().regex(/^\d{1,18}$/, 'a whole number').transform(BigInt),
})
const billRow = z.strictObject({ component: z.string().min(1), usd: z.string().regex(/^-?\d+(\.\d{1,12})?$/, 'dollars as a decimal number').transform(parseUsd) })

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
  const rows = await readCsv({ path, columns: ['occurredAt', 'tenant', 'provider', 'sku', 'unit', 'quantity'], row: usageRow })
  return rows.map(({ data: { occurredAt, ...rest } }) => ({ occurredAtMs: occurredAt, ...rest }))
}

/** Reads a bill: component, usd. Throws TB_TABLE_INVALID. */
export async function readBillFile(path: string): Promise<readonly { readonly component: string; readonly amount: PicoUsd }[]> {
  const rows = await readCsv({ path, columns: ['component', 'usd'], row: billRow })
  return rows.map(({ data: { component, usd } }) => ({ component, amount: usd }))
}
