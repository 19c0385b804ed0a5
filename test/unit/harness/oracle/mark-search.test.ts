import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchForAll } from '../../../../harness/oracle/mark-search.ts'

describe('looking for many words at once', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcß字 .'), maxLength: 60 })
  const words = fc.uniqueArray(
    fc.string({ unit: fc.constantFrom(...'abcß字'), minLength: 1, maxLength: 9 }),
    { maxLength: 12 },
  )

  it('finds in any text the words that it holds, and no others', () => {
    fc.assert(
      fc.property(words, letters, fc.nat(), (wanted, text, place) => {
        const planted = `${text}${wanted[place % Math.max(1, wanted.length)] ?? ''}${text}`
        expect([...searchForAll(wanted)(planted)].sort()).toEqual(
          wanted.filter((word) => planted.includes(word)).sort(),
        )
      }),
    )
  })

  it.each([
    ['nothing wanted', [], 'text', []],
    ['an empty word', [''], 'text', []],
    ['a text shorter than every word', ['abcdef'], 'abc', []],
    ['words that overlap', ['abcd', 'cdef'], 'abcdef', ['abcd', 'cdef']],
    ['a word inside another', ['abcdef', 'bcd'], 'abcdef', ['abcdef', 'bcd']],
    ['a word twice', ['abcd'], 'abcd abcd', ['abcd']],
    ['very long words', ['a'.repeat(70_000)], 'a'.repeat(70_001), ['a'.repeat(70_000)]],
  ] as const)('%s', (_case, wanted, text, found) =>
    expect([...searchForAll(wanted)(text)].sort()).toEqual([...found].sort()),
  )
})
