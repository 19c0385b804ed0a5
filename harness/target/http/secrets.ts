/**
 * Values that come from the environment must not come out again: not in an error, not in a record,
 * also when a server sends them back in another writing. What is found is masked; what is only
 * found after decoding takes the whole text with it.
 */
import { printable } from '../../../src/base/text.ts'

/** Masks secrets in texts. */
export interface Mask {
  text(text: string): string
  /** Every text inside a JSON value, keys included. */
  value(value: unknown): unknown
}

const masked = '[masked]'
const wholly = '[masked: this text repeats a value from the environment]'

/** Shorter values cannot be told from ordinary text. */
export const shortestSecret = 6

/** A mask over some secrets. */
export function maskFor(secrets: readonly string[]): Mask {
  // The longest first, or a part of it would be masked and the rest shown.
  const forms = [...new Set(secrets.flatMap(formsOf))].sort(
    (one, other) => other.length - one.length,
  )
  const pattern = new RegExp(forms.join('|') || '(?!)', 'gi')
  const text = (given: string): string => {
    const replaced = given.replace(pattern, masked)
    return [replaced, ...readings(replaced)].some((reading) =>
      secrets.some((secret) => holds(reading, secret)),
    )
      ? wholly
      : replaced
  }
  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given)
    if (Array.isArray(given)) return given.map(value)
    if (typeof given !== 'object' || given === null) return given
    return Object.fromEntries(
      Object.entries(given).map(([key, inner]) => [text(key), value(inner)]),
    )
  }
  return secrets.length === 0
    ? { text: (given) => given, value: (given) => given }
    : { text, value }
}

/** The ways in which a server writes a value back, as patterns. */
function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const bytes = Buffer.from(secret)
  const plain = [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    encodeURIComponent(secret),
    encodeURI(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    bytes.toString('hex'),
  ]
  // Of the characters beside it, each may hold some bits of the value.
  const beside = '[A-Za-z0-9+/_-]?'
  return [
    ...plain.map(escaped),
    ...base64Forms(bytes).map((certain) => `${beside}${escaped(certain)}${beside}={0,2}`),
  ]
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/**
 * Base64 at each of the three offsets that a value can have in what is encoded, without the
 * characters that its neighbours share.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + bytes.length) * 8) / 6)
    const certain = encoded.slice(first, last)
    return certain.length < shortestSecret
      ? []
      : [certain, certain.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/**
 * The text as others would read it: percent-encoding and JSON escapes undone, twice, and as a
 * terminal shows it.
 */
function readings(text: string): readonly string[] {
  const once = [percentDecoded(text), unescaped(text), printable(text), entitiesDecoded(text)]
  return [...once, ...once.flatMap((each) => [percentDecoded(each), unescaped(each)])]
}

function holds(text: string, secret: string): boolean {
  return text.toLowerCase().includes(secret.toLowerCase())
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_found, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/\\(["\\/])/g, '$1')
}

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function entitiesDecoded(text: string): string {
  return text.replace(/&(#x?[0-9a-f]{1,7}|[a-z]+);/gi, (found, name: string) => {
    if (!name.startsWith('#')) return namedEntities[name.toLowerCase()] ?? found
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10_ffff ? String.fromCodePoint(code) : found
  })
}
