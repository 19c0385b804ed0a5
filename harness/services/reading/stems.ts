/**
 * Words as features: lower case, no stop words, Porter stems. What embedding, reranking and
 * answering all start from.
 */
import { stemmer } from 'stemmer'

const stopWords = new Set(
  (
    'a an and are as at be been but by can did do does for from had has have how i if in into is ' +
    'it its may of on or our shall should than that the their them there these they this to ' +
    'under was we were what when where which who whom whose why will with within would you your'
  ).split(' '),
)
const known = new Map<string, string>()
const stemsKept = 50_000

/** The stem of a lower-case word. */
function stemOf(word: string): string {
  const remembered = known.get(word)
  if (remembered !== undefined) return remembered
  const stem = stemmer(word)
  if (known.size < stemsKept) known.set(word, stem)
  return stem
}

/** The stems of a text in order, stop words left out. */
export function stemsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return words.filter((word) => !stopWords.has(word)).map(stemOf)
}
