/**
 * Templates of requests: JSON values, paths and headers in which `{{question}}` and the like stand
 * for a value. A template is filled in one pass and what is put in is never read again, so a text
 * of a user can neither break out of its place nor name another one.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'

/** Every name that may stand between double braces. */
export const placeholders = [
  'tenant',
  'name',
  'tier',
  'model',
  'topK',
  'rerank',
  'question',
  'requestId',
  'document.id',
  'document.title',
  'document.text',
] as const
/** A name between double braces. */
export type Placeholder = (typeof placeholders)[number]

/** Values by name. */
export type Filling = Readonly<Partial<Record<Placeholder, string | number | boolean>>>

const place = /\{\{\s*([^{}]*?)\s*\}\}/g
const onlyPlace = /^\{\{\s*([^{}]*?)\s*\}\}$/

/**
 * The names in a template, known or not: of a text, or of every text in a JSON value. Keys of
 * objects are texts too.
 */
export function namesIn(template: unknown): readonly string[] {
  if (typeof template === 'string')
    return [...template.matchAll(place)].map(([, name = '']) => name)
  if (typeof template !== 'object' || template === null) return []
  return Object.entries(template).flatMap(([key, value]) => [
    ...(Array.isArray(template) ? [] : namesIn(key)),
    ...namesIn(value),
  ])
}

/**
 * A JSON value with its places filled: a text that is nothing but a place becomes the value itself,
 * so a number stays one.
 */
export function fillBody(template: unknown, filling: Filling): unknown {
  if (typeof template === 'string') {
    const only = onlyPlace.exec(template)?.[1]
    return only === undefined ? fillText(template, filling, String) : valueOf(only, filling)
  }
  if (Array.isArray(template)) return template.map((each) => fillBody(each, filling))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillBody(value, filling)]),
  )
}

/**
 * A path with its places filled, each value encoded as one segment or one part of the query. Throws
 * TB_TARGET_FAILED when a value would make a segment of dots alone: URLs know no encoding for
 * those.
 */
export function fillPath(template: string, filling: Filling): string {
  const path = fillText(template, filling, (value) => encodeURIComponent(wellFormed(String(value))))
  const segments = path.split('?')[0]?.split('/') ?? []
  if (segments.some((segment) => /^\.{1,2}$/.test(segment)))
    throw new TenantbenchError('TB_TARGET_FAILED', {
      detail: `The path ${template} cannot hold a value of dots alone, so nothing was sent.`,
    })
  return path
}

/** A header with its places filled. What a header cannot hold is encoded as in a URL. */
export function fillHeader(template: string, filling: Filling): string {
  return fillText(template, filling, (value) =>
    /^[\x20-\x7e]*$/.test(String(value))
      ? String(value)
      : encodeURIComponent(wellFormed(String(value))),
  )
}

function fillText(
  template: string,
  filling: Filling,
  write: (value: string | number | boolean) => string,
): string {
  return template.replace(place, (_found, name: string) => write(valueOf(name, filling)))
}

function valueOf(name: string, filling: Filling): string | number | boolean {
  const value = (filling as Readonly<Record<string, string | number | boolean | undefined>>)[name]
  // Names are checked before the first request.
  if (value === undefined)
    throw new TenantbenchError('TB_BUG', {
      detail: `A template names ${JSON.stringify(name)}, which has no value here.`,
    })
  return value
}

/** Half a surrogate pair has no encoding. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}
