/**
 * Looking for many words at once in one pass (Wu and Manber 1994): the last three letters under a
 * window as long as the shortest word say how far the window may move on. Most texts hold none of
 * the words, and most windows move by nearly a word.
 */

/** Where in a text which words stand; each word once, in the order of its first place. */
export type MarkSearch = (text: string) => readonly string[]

const block = 3
const slots = 1 << 15

/** A slot for three letters; letters that share one cost time and nothing else. */
function slotOf(text: string, last: number): number {
  return (
    ((text.charCodeAt(last - 2) << 10) ^ (text.charCodeAt(last - 1) << 5) ^ text.charCodeAt(last)) &
    (slots - 1)
  )
}

/** Prepares the search. Words shorter than three letters are looked for one by one. */
export function searchForAll(words: readonly string[]): MarkSearch {
  const long = words.filter(({ length }) => length >= block)
  const short = words.filter(({ length }) => length > 0 && length < block)
  const search = long.length === 0 ? () => [] : searchForLong(long)
  return short.length === 0
    ? search
    : (text) => [...search(text), ...short.filter((word) => text.includes(word))]
}

function searchForLong(words: readonly string[]): MarkSearch {
  const window = Math.min(...words.map(({ length }) => length))
  const moves = new Uint16Array(slots).fill(Math.min(window - block + 1, 65_535))
  const ending = new Map<number, string[]>()
  for (const word of words) {
    for (let last = block - 1; last < window; last++) {
      const slot = slotOf(word, last)
      moves[slot] = Math.min(moves[slot] ?? 0, window - 1 - last)
    }
    const slot = slotOf(word, window - 1)
    ending.set(slot, [...(ending.get(slot) ?? []), word])
  }
  return (text) => {
    const found = new Set<string>()
    for (let last = window - 1; last < text.length;) {
      const slot = slotOf(text, last)
      const move = moves[slot] ?? 1
      if (move === 0)
        for (const word of ending.get(slot) ?? [])
          if (text.startsWith(word, last - window + 1)) found.add(word)
      last += Math.max(1, move)
    }
    return [...found]
  }
}
