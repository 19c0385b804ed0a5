/** User text is data wherever it goes: the one place that makes a text safe to print on a terminal or to name in a message. */
import { stripVTControlCharacters } from 'node:util'

// C0 and C1 controls, line and paragraph separators, and the marks that reverse the direction of what follows.
// oxlint-disable-next-line no-control-regex -- control characters are what it is about.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** A text on one line, without anything a terminal or a log reader would act on. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(unprintable, ' ')
}

/** A text cut to so many characters, with an ellipsis where something was cut. */
export function clip(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`
}
