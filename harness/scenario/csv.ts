/** Reading a table of the user's: CSV with a header, every row checked, all faults at once with their lines. */
import { readFile } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { messageOf, TenantbenchError, type Fault } from '../../src/base/errors.ts'

/** A row with its line in the file. */
export interface CsvRow<T> {
  readonly line: number
  readonly data: T
}

/** Which file, and what each of its rows is. Every key of the schema is a column; another column is a fault. */
export interface CsvTable<T> {
  readonly path: string
  readonly columns: readonly string[]
  readonly row: z.ZodType<T>
}

/** Reads a table. Throws TB_TABLE_INVALID with every fault. A byte order mark is no part of the first column's name. */
export async function readCsv<T>(table: CsvTable<T>): Promise<readonly CsvRow<T>[]> {
  const { header, rows } = parsed(table.path, await readText(table.path))
  const faults = [
    ...header.filter((name) => !table.columns.includes(name)).map((name) => ({ path: name, line: 1, message: 'unknown column' })),
    ...header.filter((name, at) => header.indexOf(name) !== at).map((name) => ({ path: name, line: 1, message: 'this column is there twice' })),
    ...table.columns.filter((name) => !header.includes(name)).map((name) => ({ path: name, line: 1, message: 'this column is missing' })),
  ]
  if (faults.length > 0) throw tableFault(table.path, faults)
  if (rows.length === 0) throw tableFault(table.path, [{ path: '', line: null, message: 'there is no row below the header' }])
  const checked = rows.map(({ line, record }) => ({ line, result: table.row.safeParse(record) }))
  const wrong = checked.flatMap(({ line, result }) => (result.success ? [] : result.error.issues.map((issue): Fault => ({ path: issue.path.join('.'), line, message: issue.message }))))
  if (wrong.length > 0) throw tableFault(table.path, wrong)
  return checked.flatMap(({ line, result }) => (result.success ? [{ line, data: result.data }] : []))
}

/** The error for faults in a table. */
export function tableFault(path: string, faults: readonly Fault[]): TenantbenchError {
  return new TenantbenchError('TB_TABLE_INVALID', { detail: `${faults.length} in ${path}.`, faults })
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw new TenantbenchError('TB_TABLE_INVALID', { detail: `${path}: ${messageOf(error)}.`, cause: error })
  }
}

interface ParsedRow {
  readonly info: { readonly lines: number }
  readonly record: readonly string[]
}

function parsed(path: string, text: string): { readonly header: readonly string[]; readonly rows: readonly { readonly line: number; readonly record: Readonly<Record<string, string>> }[] } {
  try {
    const [first, ...rest] = parse(text, { info: true, trim: true, skip_empty_lines: true }) as unknown as readonly ParsedRow[]
    const header = first?.record ?? []
    return { header, rows: rest.map(({ info, record }) => ({ line: info.lines, record: Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])) })) }
  } catch (error) {
    throw tableFault(path, [{ path: '', line: error instanceof CsvError && typeof error['lines'] === 'number' ? error['lines'] : null, message: messageOf(error) }])
  }
}
