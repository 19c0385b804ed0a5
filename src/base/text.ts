/**
 * User text is data wherever it goes: the one place that makes a text safe to print on a terminal
 * or to name in a message.
 */
import { stripVTControlCharacters } from 'node:util'

// C0 and C1 controls, line and paragraph separators, and the marks that reverse the direction of
// what follows.
const unprintable =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

// JSON escapes C0 controls itself, but for line breaks between its parts.
const steering = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

// `##[error]` and `##vso[...]` are commands to a CI runner wherever they stand in a line;
// `::error::` only at its beginning.
const runnerCommand = /##(?=\[|vso\[)|^(\s*):(?=:)/gi

/** A text on one line, without anything a terminal, a log reader or a CI runner would act on. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(unprintable, ' ')
    .replace(runnerCommand, (_found, blanks: string | undefined) =>
      blanks === undefined ? '# #' : `${blanks}: `,
    )
}

/**
 * JSON in which everything that a terminal would act on is escaped; a program reads the same from
 * it.
 */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(
    steering,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Whether a line holds what nobody sees or what steers a terminal; commands to a CI runner are
 * plain text, and seen.
 */
export function hidesSomething(line: string): boolean {
  return stripVTControlCharacters(line).replace(unprintable, ' ') !== line
}

/** A text cut to so many characters, with an ellipsis where something was cut. */
export function clip(text: string, characters: number): string {
  if (text.length <= characters) return text
  const cut = text.slice(0, characters - 1)
  // Half of a surrogate pair is no character.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

/** A text without what hides a value in it: width, case and runs of blanks are folded. */
export function foldText(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').toLowerCase()
}

/**
 * Whether a text holds a value as a whole: `31 days` is not in `131 days`, nor `$1,234` in
 * `$1,234,000`.
 */
export function holdsValue(text: string, value: string): boolean {
  return foldedHolds(foldText(text), value)
}

/** The same for a text that is folded already: folding a whole corpus once is enough. */
export function foldedHolds(folded: string, value: string): boolean {
  const plain = foldText(value).trim()
  // Most texts do not hold it anywhere, and that is found out much faster.
  if (plain === '' || !folded.includes(plain)) return false
  const wanted = plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(
    `(?<![\\p{L}\\p{N}]|\\p{N}[.,])${wanted}(?![\\p{L}\\p{N}]|[.,]\\p{N})`,
    'u',
  ).test(folded)
}
