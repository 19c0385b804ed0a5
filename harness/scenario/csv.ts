/** Reading a table of the user's from a file. */
import { readTable, type CsvRow, type CsvShape } from '../../src/base/csv-input.ts'
import { TenantbenchError, type Fault } from '../../src/base/errors.ts'
import { readText } from './read-text.ts'

/** Which file, and what it is. */
export interface CsvTable<T> extends CsvShape<T> {
  readonly path: string
}

/** Reads a table. Throws TB_TABLE_INVALID with every fault. */
export async function readCsv<T>(table: CsvTable<T>): Promise<readonly CsvRow<T>[]> {
  const { rows, faults } = readTable(await readText(table.path, 'TB_TABLE_INVALID'), table)
  if (rows === null) throw tableFault(table.path, faults)
  return rows
}

/** The error for faults in a table. */
export function tableFault(path: string, faults: readonly Fault[]): TenantbenchError {
  return new TenantbenchError('TB_TABLE_INVALID', {
    detail: `${faults.length} in ${path}.`,
    faults,
  })
}
