/**
 * The rows of a trace's file, CSV or JSON Lines by its ending, under one name for each thing
 * whatever the file calls it.
 */
import { csvHeader, readTable } from '../../../../src/base/csv-input.ts'
import { messageOf, type Fault } from '../../../../src/base/errors.ts'
import { z } from 'zod'

/** What a trace says of an arrival, by our names; the files of others have theirs. */
const names = {
  time: ['time', 'timeSeconds', 'TIMESTAMP'],
  tenant: ['tenant'],
  question: ['question'],
  promptTokens: ['promptTokens', 'ContextTokens'],
  completionTokens: ['completionTokens', 'GeneratedTokens'],
} as const

/** A thing that a row may say. */
export type TraceKey = keyof typeof names

/** A value as written, and the name that it is written under. */
export interface WrittenValue {
  readonly name: string
  readonly value: unknown
}

/** A row. What is empty is not there. */
export interface TraceRow {
  readonly line: number
  readonly values: ReadonlyMap<TraceKey, WrittenValue>
}

/** Rows, and what is wrong with those that could not be read. */
export interface TraceRows {
  readonly rows: readonly TraceRow[]
  readonly faults: readonly Fault[]
}

const keyOf = new Map<string, TraceKey>(
  (Object.keys(names) as TraceKey[]).flatMap((key) =>
    names[key].map((name) => [name, key] as const),
  ),
)
const row = z.record(z.string(), z.string())

/** Reads the rows of a file's text. */
export function traceRows(text: string, path: string): TraceRows {
  return path.toLowerCase().endsWith('.jsonl') ? fromLines(text) : fromTable(text)
}

function fromTable(text: string): TraceRows {
  const header = csvHeader(text)
  const wanted = names.time.find((name) => header.includes(name)) ?? names.time[0]
  const { rows, faults } = readTable(text, { columns: [wanted], optional: [...keyOf.keys()], row })
  const twice = doubled(header).map((path): Fault => ({
    path,
    line: 1,
    message: 'this is there already under another name',
  }))
  return rows === null
    ? { rows: [], faults: [...faults, ...twice] }
    : { rows: rows.map(({ line, data }) => rowOf(line, data)), faults: twice }
}

function fromLines(text: string): TraceRows {
  const read = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : [fromLine(line, at + 1)]))
  if (read.length === 0)
    return { rows: [], faults: [{ path: '', line: null, message: 'there is no line in it' }] }
  return { rows: read.flatMap(({ rows }) => rows), faults: read.flatMap(({ faults }) => faults) }
}

function fromLine(text: string, line: number): TraceRows {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { rows: [], faults: [{ path: '', line, message: 'not an object' }] }
    const keys = Object.keys(value)
    const faults = [
      ...keys
        .filter((name) => !keyOf.has(name))
        .map((path) => ({ path, line, message: 'unknown key' })),
      ...doubled(keys).map((path) => ({
        path,
        line,
        message: 'this is there already under another name',
      })),
    ]
    return { rows: [rowOf(line, value)], faults }
  } catch (error) {
    return { rows: [], faults: [{ path: '', line, message: messageOf(error) }] }
  }
}

/** Names for a thing that has another name before them. */
function doubled(written: readonly string[]): readonly string[] {
  const keys = written.map((name) => keyOf.get(name))
  return written.filter(
    (name, at) =>
      keys[at] !== undefined && keys.indexOf(keys[at]) < at && written.indexOf(name) === at,
  )
}

function rowOf(line: number, value: object): TraceRow {
  const values = new Map<TraceKey, WrittenValue>()
  for (const [name, each] of Object.entries(value)) {
    const key = keyOf.get(name)
    if (key !== undefined && each !== '' && each !== null) values.set(key, { name, value: each })
  }
  return { line, values }
}
