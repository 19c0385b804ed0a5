/**
 * Pages of a provider's cost API, as JSON. JSON is YAML, and read as such every value knows its
 * line and keeps its digits: an amount is never a float.
 */
import { isScalar } from 'yaml'
import { z } from 'zod'
import type { Fault } from '../../base/errors.ts'
import {
  lineAt,
  placesOf,
  readYaml,
  written,
  type Place,
  type YamlInput,
} from '../../base/yaml-input.ts'

/** A page with what is needed to say where something stands in it. */
export interface JsonPages {
  readonly pages: readonly unknown[]
  readonly root: Place
  readonly isList: boolean
  readonly input: YamlInput
  readonly path: string
}

/** Whether a text is JSON at all. */
export function looksLikeJson(text: string): boolean {
  return /^\uFEFF?\s*[[{]/.test(text)
}

/** Reads one page or a list of pages. */
export function readPages(path: string, text: string): JsonPages | readonly Fault[] {
  const input = readYaml(text.replace(/^\uFEFF/, ''))
  if (input.faults.length > 0) return input.faults.map((fault) => ({ ...fault, path }))
  const document: unknown = input.document.toJS({ maxAliasCount: 0 })
  return {
    pages: Array.isArray(document) ? document : [document],
    isList: Array.isArray(document),
    root: [],
    input,
    path,
  }
}

/** Where a value of a page stands. */
export function placeIn({ isList }: JsonPages, page: number, place: Place): Place {
  return isList ? [page, ...place] : place
}

/** The digits of a number as they are written; null where there is none. */
export function digitsAt({ input }: JsonPages, place: Place): string | null {
  const node: unknown = input.document.getIn(place, true)
  if (!isScalar(node)) return null
  return typeof node.value === 'string'
    ? node.value
    : typeof node.source === 'string'
      ? node.source
      : null
}

/** A fault at its line. */
export function faultAt({ input, path }: JsonPages, place: Place, message: string): Fault {
  return { path: `${path}: ${written(place)}`, line: lineAt(input, place), message }
}

/**
 * Checks each page against a schema; of pages that go on elsewhere that is a fault: half a bill is
 * none.
 */
export function checkedPages<T extends { readonly has_more?: boolean | undefined }>(
  pages: JsonPages,
  schema: z.ZodType<T>,
): readonly T[] | readonly Fault[] {
  const checked = pages.pages.map((page) => schema.safeParse(page))
  const faults = checked.flatMap((result, at) =>
    result.success
      ? []
      : result.error.issues
          .flatMap(placesOf)
          .map(({ place, message }) => faultAt(pages, placeIn(pages, at, place), message)),
  )
  const last = checked.at(-1)
  if (last?.success === true && last.data.has_more === true)
    faults.push(
      faultAt(
        pages,
        placeIn(pages, pages.pages.length - 1, ['has_more']),
        'there is another page: fetch all of them, and give them as one list',
      ),
    )
  return faults.length > 0
    ? faults
    : checked.flatMap((result) => (result.success ? [result.data] : []))
}

/** Whether what came back are faults. */
export function areFaults<T>(found: readonly T[] | readonly Fault[]): found is readonly Fault[] {
  const [first] = found
  return typeof first === 'object' && first !== null && 'message' in first && 'line' in first
}
