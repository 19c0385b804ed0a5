/** CSV that people hand in: a header, every row checked, all faults at once with their lines. */
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { messageOf, type Fault } from './errors.ts'

/** A row with its line in the file. */
export interface CsvRow<T> {
  readonly line: number
  readonly data: T
}

/**
 * What a table is: the columns it must have, those it may have, and each row. Of a table that is
 * open, other columns are passed over.
 */
export interface CsvShape<T> {
  readonly columns: readonly string[]
  readonly optional?: readonly string[]
  readonly isOpen?: boolean
  readonly row: z.ZodType<T>
}

/** Rows, or what is wrong with them: never both. */
export type CsvResult<T> =
  | { readonly rows: readonly CsvRow<T>[]; readonly faults: readonly [] }
  | { readonly rows: null; readonly faults: readonly Fault[] }

interface ParsedRow {
  readonly info: { readonly lines: number }
  readonly record: readonly string[]
}

/** The names in the first line of a text; none where it cannot be read. */
export function csvHeader(text: string): readonly string[] {
  try {
    const [first] = parse(text, {
      to: 1,
      trim: true,
      skip_empty_lines: true,
      bom: true,
      relax_column_count: true,
    }) as unknown as readonly (readonly string[])[]
    return first ?? []
  } catch {
    return []
  }
}

/** Reads a table. A byte order mark is no part of the first column's name. */
export function readTable<T>(text: string, shape: CsvShape<T>): CsvResult<T> {
  const found = parsed(text)
  if ('fault' in found) return { rows: null, faults: [found.fault] }
  const { header, rows } = found
  const known = new Set([...shape.columns, ...(shape.optional ?? [])])
  const faults: Fault[] = [
    ...(shape.isOpen === true
      ? []
      : header
          .filter((name) => !known.has(name))
          .map((name) => ({ path: name, line: 1, message: 'unknown column' }))),
    ...header
      .filter((name, at) => header.indexOf(name) !== at)
      .map((name) => ({ path: name, line: 1, message: 'this column is there twice' })),
    ...shape.columns
      .filter((name) => !header.includes(name))
      .map((name) => ({ path: name, line: 1, message: 'this column is missing' })),
  ]
  if (faults.length > 0) return { rows: null, faults }
  if (rows.length === 0)
    return {
      rows: null,
      faults: [{ path: '', line: null, message: 'there is no row below the header' }],
    }
  const checked = rows.map(({ line, record }) => ({
    line,
    result: shape.row.safeParse(
      Object.fromEntries(Object.entries(record).filter(([name]) => known.has(name))),
    ),
  }))
  const wrong = checked.flatMap(({ line, result }) =>
    result.success
      ? []
      : result.error.issues.map((issue): Fault => ({
          path: issue.path.join('.'),
          line,
          message: issue.message,
        })),
  )
  if (wrong.length > 0) return { rows: null, faults: wrong }
  return {
    rows: checked.flatMap(({ line, result }) =>
      result.success ? [{ line, data: result.data }] : [],
    ),
    faults: [],
  }
}

function parsed(text: string):
  | {
      readonly header: readonly string[]
      readonly rows: readonly {
        readonly line: number
        readonly record: Readonly<Record<string, string>>
      }[]
    }
  | { readonly fault: Fault } {
  try {
    const [first, ...rest] = parse(text, {
      info: true,
      trim: true,
      skip_empty_lines: true,
      bom: true,
    }) as unknown as readonly ParsedRow[]
    const header = first?.record ?? []
    return {
      header,
      rows: rest.map(({ info, record }) => ({
        line: info.lines,
        record: Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])),
      })),
    }
  } catch (error) {
    return {
      fault: {
        path: '',
        line:
          error instanceof CsvError && typeof error['lines'] === 'number' ? error['lines'] : null,
        message: messageOf(error),
      },
    }
  }
}
