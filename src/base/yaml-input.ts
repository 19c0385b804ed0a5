/**
 * YAML that people write: read with the line of every value, so that each fault can be told at its
 * place.
 */
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { Fault } from './errors.ts'

/** Keys from the root to a value. */
export type Place = readonly (string | number)[]

/** A document with its lines. `faults` is empty where it could be read. */
export interface YamlInput {
  readonly document: Document
  readonly lines: LineCounter
  readonly faults: readonly Fault[]
}

/** What a schema says is wrong, as zod does. */
export interface SchemaIssue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

/** Reads a text. Syntax errors and keys given twice are faults. */
export function readYaml(text: string): YamlInput {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const faults = document.errors.map((error): Fault => ({
    path: '',
    line: error.linePos?.[0].line ?? null,
    message: error.message.split('\n')[0] ?? error.code,
  }))
  return { document, lines, faults }
}

/** A place as it is written in messages: `prices[2].usd`. */
export function written(place: Place): string {
  return place
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`))
    .join('')
}

/** The line of a value; of the nearest value around it when it is missing. */
export function lineAt(
  { document, lines }: Pick<YamlInput, 'document' | 'lines'>,
  place: Place,
): number | null {
  for (let length = place.length; length >= 0; length--) {
    const node: unknown =
      length === 0 ? document.contents : document.getIn(place.slice(0, length), true)
    const range =
      typeof node === 'object' && node !== null && 'range' in node
        ? (node.range as readonly number[] | null | undefined)
        : null
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line
  }
  return null
}

/**
 * Where an issue of a schema is, and what it says. An unknown key is told at the key itself, one
 * fault each.
 */
export function placesOf(
  issue: SchemaIssue,
): readonly { readonly place: Place; readonly message: string }[] {
  const place = issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key))
  if (issue.code !== 'unrecognized_keys') return [{ place, message: issue.message }]
  return (issue.keys ?? []).map((key) => ({ place: [...place, key], message: 'unknown key' }))
}
